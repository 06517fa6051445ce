/** Cutting a picture into pieces that fit into textures. */

import type { Point, Size } from '../geometry/point';

/** A piece: `x`, `y`, `width`, `height` are shown; the texture holds `border` more pixels on the sides with neighbours. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The texture's part of the picture. */
  readonly source: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Neighbouring pieces share a pixel's border, so that smoothing sees across the seam. */
const BORDER = 1;

function cuts(extent: number, largest: number): { start: number; length: number }[] {
  if (extent <= largest) return [{ start: 0, length: extent }];
  const length = largest - 2 * BORDER;
  return Array.from({ length: Math.ceil(extent / length) }, (_, index) => ({
    start: index * length,
    length: Math.min(length, extent - index * length),
  }));
}

/** The pieces of a picture, none of whose textures has a side above `largest`. */
export function tilesOf(size: Size, largest: number): Tile[] {
  const tiles: Tile[] = [];
  for (const row of cuts(size.height, largest)) {
    for (const column of cuts(size.width, largest)) {
      const left = Math.max(0, column.start - BORDER);
      const top = Math.max(0, row.start - BORDER);
      const right = Math.min(size.width, column.start + column.length + BORDER);
      const bottom = Math.min(size.height, row.start + row.length + BORDER);
      tiles.push({
        x: column.start,
        y: row.start,
        width: column.length,
        height: row.length,
        source: { x: left, y: top, width: right - left, height: bottom - top },
      });
    }
  }
  return tiles;
}

/** Size of a picture after so many quarter turns. */
export function turnedSize({ width, height }: Size, turns: number): Size {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Where a position on a picture is after so many quarter turns counterclockwise. */
export function turned({ x, y }: Point, { width, height }: Size, turns: number): Point {
  switch (turns) {
    case 1:
      return { x: y, y: width - x };
    case 2:
      return { x: width - x, y: height - y };
    case 3:
      return { x: height - y, y: x };
    default:
      return { x, y };
  }
}
