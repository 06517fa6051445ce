/** The scene as vertex data: triangles of all fills in one buffer, segments of all outlines in another. */

import type { Outline } from '../geometry/shapeUtil';
import { RunBuffer } from './runBuffer';
import { packColour } from './scene';
import type { SceneItem, SceneKey } from './scene';

/** Fill record: x, y, colour. */
export const FILL_WORDS = 3;
/** Corner of a segment's quad: ax, ay, bx, by, colour, then the bytes width * 16, dash, 0, 0. */
export const LINE_WORDS = 6;
/**
 * A segment record is its corner four times over; the shader tells them apart by their place. Instancing would need a
 * quarter of the memory, and takes ten times as long where there is no graphics card.
 */
export const CORNERS = 4;

function segmentsOf(outline: Outline): number {
  let count = 0;
  for (const { points, closed } of outline.paths) {
    const corners = points.length / 2;
    count += closed && corners > 2 ? corners : Math.max(0, corners - 1);
  }
  return count;
}

export class GeometryBuffers {
  readonly fills = new RunBuffer<SceneKey>(FILL_WORDS);
  readonly lines = new RunBuffer<SceneKey>(LINE_WORDS * CORNERS);

  /** Items in the scene. */
  get size(): number {
    return this.lines.keys;
  }

  set(key: SceneKey, item: SceneItem): void {
    this.#setFill(key, item);
    this.#setLines(key, item);
  }

  remove(key: SceneKey): void {
    this.fills.remove(key);
    this.lines.remove(key);
  }

  clear(): void {
    this.fills.clear();
    this.lines.clear();
  }

  #setFill(key: SceneKey, { outline, style }: SceneItem): void {
    const { triangles } = outline;
    let word = this.fills.set(key, triangles.length / 2);
    const { floats, words } = this.fills;
    const colour = packColour(style.fill);
    for (let index = 0; index + 1 < triangles.length; index += 2) {
      floats[word] = triangles[index] ?? 0;
      floats[word + 1] = triangles[index + 1] ?? 0;
      words[word + 2] = colour;
      word += FILL_WORDS;
    }
  }

  #setLines(key: SceneKey, { outline, style }: SceneItem): void {
    let word = this.lines.set(key, segmentsOf(outline));
    const { floats, words } = this.lines;
    const colour = packColour(style.stroke);
    const pen = (Math.round(style.width * 16) & 255) | ((Math.round(style.dash) & 255) << 8);
    for (const { points, closed } of outline.paths) {
      const corners = points.length / 2;
      const segments = closed && corners > 2 ? corners : corners - 1;
      for (let index = 0; index < segments; index += 1) {
        const next = (index + 1) % corners;
        for (let corner = 0; corner < CORNERS; corner += 1) {
          floats[word] = points[2 * index] ?? 0;
          floats[word + 1] = points[2 * index + 1] ?? 0;
          floats[word + 2] = points[2 * next] ?? 0;
          floats[word + 3] = points[2 * next + 1] ?? 0;
          words[word + 4] = colour;
          words[word + 5] = pen;
          word += LINE_WORDS;
        }
      }
    }
  }
}
