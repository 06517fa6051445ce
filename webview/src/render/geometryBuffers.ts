/** The scene as vertex data: triangles of all fills in one buffer, segments of all outlines in another. */

import type { Outline } from '../geometry/shapeUtil';
import { RunBuffer } from './runBuffer';
import { packColour } from './scene';
import type { SceneItem, SceneKey, ScenePart } from './scene';

/** Fill record: x, y, colour. */
export const FILL_WORDS = 3;
/**
 * Corner of a segment's quad: ax, ay, bx, by, colour, then the bytes width * 16 and dash, and as a half-precision number how
 * far from the start of its path the segment begins, in image pixels. A dot is a segment without length.
 */
export const LINE_WORDS = 6;
/**
 * A segment record is its corner four times over; the shader tells them apart by their place. Instancing would need a
 * quarter of the memory, and takes ten times as long where there is no graphics card.
 */
export const CORNERS = 4;

/** Distances along dashed paths start again here, so that half precision is enough. */
const LONGEST = 1024;

function segmentsOf({ paths, dots = [] }: Outline): number {
  let count = dots.length >> 1;
  for (const { points, closed } of paths) {
    const corners = points.length >> 1;
    count += closed && corners > 2 ? corners : Math.max(0, corners - 1);
  }
  return count;
}

/** Bits of a number from 0 to 1024 in half precision. */
export function halfBits(value: number): number {
  if (value < 2 ** -14) return 0;
  const exponent = Math.floor(Math.log2(value));
  // Rounding up to the next power of two carries into the exponent, as it should.
  return ((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024);
}

export class GeometryBuffers {
  readonly fills = new RunBuffer<SceneKey>(FILL_WORDS);
  readonly lines = new RunBuffer<SceneKey>(LINE_WORDS * CORNERS);

  /** Items in the scene. */
  get size(): number {
    return this.lines.keys;
  }

  set(key: SceneKey, item: SceneItem): void {
    const { over = [] } = item;
    let corners = item.outline.triangles.length >> 1;
    let segments = segmentsOf(item.outline);
    for (const { outline } of over) {
      corners += outline.triangles.length >> 1;
      segments += segmentsOf(outline);
    }
    let word = this.fills.set(key, corners);
    word = this.#writeFill(word, item);
    for (const part of over) word = this.#writeFill(word, part);
    word = this.lines.set(key, segments);
    word = this.#writeLines(word, item);
    for (const part of over) word = this.#writeLines(word, part);
  }

  remove(key: SceneKey): void {
    this.fills.remove(key);
    this.lines.remove(key);
  }

  clear(): void {
    this.fills.clear();
    this.lines.clear();
  }

  /** Writes from a word on and answers with the word after. */
  #writeFill(start: number, { outline, style }: ScenePart): number {
    const { triangles } = outline;
    const { floats, words } = this.fills;
    const colour = packColour(style.fill);
    let word = start;
    for (let index = 0; index + 1 < triangles.length; index += 2) {
      floats[word] = triangles[index] ?? 0;
      floats[word + 1] = triangles[index + 1] ?? 0;
      words[word + 2] = colour;
      word += FILL_WORDS;
    }
    return word;
  }

  #writeLines(start: number, { outline, style }: ScenePart): number {
    const { floats, words } = this.lines;
    const colour = packColour(style.stroke);
    let word = start;
    const linePen = penBits(style.width, style.dash);
    for (const { points, closed } of outline.paths) {
      const corners = points.length >> 1;
      const segments = closed && corners > 2 ? corners : corners - 1;
      let along = 0;
      for (let index = 0; index < segments; index += 1) {
        const next = 2 * ((index + 1) % corners);
        const ax = points[2 * index] ?? 0;
        const ay = points[2 * index + 1] ?? 0;
        const bx = points[next] ?? 0;
        const by = points[next + 1] ?? 0;
        let pen = linePen;
        if (style.dash > 0) {
          pen |= halfBits(along) << 16;
          along = (along + Math.hypot(bx - ax, by - ay)) % LONGEST;
        }
        writeSegment(floats, words, word, ax, ay, bx, by, colour, pen);
        word += LINE_WORDS * CORNERS;
      }
    }
    const { dots } = outline;
    if (dots === undefined) return word;
    const dotPen = penBits(style.dot, style.dash);
    for (let index = 0; index + 1 < dots.length; index += 2) {
      const x = dots[index] ?? 0;
      const y = dots[index + 1] ?? 0;
      writeSegment(floats, words, word, x, y, x, y, colour, dotPen);
      word += LINE_WORDS * CORNERS;
    }
    return word;
  }
}

function penBits(width: number, dash: number): number {
  return (Math.round(width * 16) & 255) | ((Math.round(dash) & 255) << 8);
}

function writeSegment(floats: Float32Array, words: Uint32Array, start: number, ax: number, ay: number, bx: number, by: number, colour: number, pen: number): void {
  for (let word = start; word < start + LINE_WORDS * CORNERS; word += LINE_WORDS) {
    floats[word] = ax;
    floats[word + 1] = ay;
    floats[word + 2] = bx;
    floats[word + 3] = by;
    words[word + 4] = colour;
    words[word + 5] = pen;
  }
}
