/** What the renderer draws: outlines with a style, under keys. It knows nothing of what they mean. */

import type { Outline } from '../geometry/shapeUtil';

/** Red, green and blue from 0 to 255, alpha from 0 to 1; not premultiplied. */
export type Rgba = readonly [number, number, number, number];

export interface Style {
  readonly fill: Rgba;
  readonly stroke: Rgba;
  /** Screen pixels, whatever the zoom; at most 15. */
  readonly width: number;
  /** Length of dashes and gaps in screen pixels; 0 draws a solid line. At most 255. Dots are rings where there are dashes. */
  readonly dash: number;
  /** Diameter of dots in screen pixels; at most 15. */
  readonly dot: number;
}

export interface ScenePart {
  readonly outline: Outline;
  readonly style: Style;
}

export interface SceneItem extends ScenePart {
  /** What is drawn over it, in styles of its own (the joints of a skeleton). */
  readonly over?: readonly ScenePart[];
}

/** Names an item within the scene. */
export type SceneKey = number | string;

/** Packed as the four bytes red, green, blue, alpha. */
export function packColour([red, green, blue, alpha]: Rgba): number {
  return ((Math.round(alpha * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
