/** Shapes as they lie on the image: their type's geometry, turned about the centre of its box. */

import { boxAround, centreOf } from './box';
import type { Box } from './box';
import type { Point } from './point';
import { shapeUtil } from './registry';
import type { Handle, HitPart, Outline, Points } from './shapeUtil';

export interface PosedShape {
  readonly type: string;
  readonly points: Points;
  /** Degrees, clockwise on the screen (y points down), about the centre of the unturned box. */
  readonly rotation: number;
}

/** A position turned by `degrees` clockwise about a centre. */
export function turned(at: Point, centre: Point, degrees: number): Point {
  if (degrees === 0) return at;
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const dx = at.x - centre.x;
  const dy = at.y - centre.y;
  return { x: centre.x + dx * cos - dy * sin, y: centre.y + dx * sin + dy * cos };
}

function turnedFlat(flat: readonly number[], centre: Point, degrees: number): number[] {
  const out: number[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const at = turned({ x: flat[index] ?? 0, y: flat[index + 1] ?? 0 }, centre, degrees);
    out.push(at.x, at.y);
  }
  return out;
}

const NOTHING: Outline = { triangles: [], paths: [] };

/** What to draw; nothing for a type that this version does not know. */
export function posedOutline(shape: PosedShape): Outline {
  const util = shapeUtil(shape.type);
  if (util === null) return NOTHING;
  const outline = util.outline(shape.points);
  if (shape.rotation === 0) return outline;
  const centre = centreOf(util.bounds(shape.points));
  return {
    triangles: turnedFlat(outline.triangles, centre, shape.rotation),
    paths: outline.paths.map((path) => ({ ...path, points: turnedFlat(path.points, centre, shape.rotation) })),
  };
}

/** Upright box around the turned shape; null for an unknown type. */
export function posedBounds(shape: PosedShape): Box | null {
  const util = shapeUtil(shape.type);
  if (util === null) return null;
  if (shape.rotation === 0) return util.bounds(shape.points);
  return boxAround(posedOutline(shape).paths.flatMap((path) => path.points));
}

/** The part of the shape at a position, within `tolerance` image pixels. */
export function posedHit(shape: PosedShape, at: Point, tolerance: number): HitPart | null {
  const util = shapeUtil(shape.type);
  if (util === null) return null;
  const local = shape.rotation === 0 ? at : turned(at, centreOf(util.bounds(shape.points)), -shape.rotation);
  return util.hit(shape.points, local, tolerance);
}

/** Handles to drag. A turned shape has none: its box is not upright, so dragging a side would move the others. */
export function posedHandles(shape: PosedShape): readonly Handle[] {
  return shape.rotation === 0 ? (shapeUtil(shape.type)?.handles(shape.points) ?? []) : [];
}
