/** The borders of masks: lines along the edges of pixels. */

import type { Band } from './bands';
import type { Path } from './shapeUtil';

/** Where a piece of the border ends that has the mask at its right hand. */
interface End {
  readonly x: number;
  readonly y: number;
}

/** The ways that a piece of the border can go, each the right turn of the one before. */
const RIGHT = 0;
const DOWN = 1;
const LEFT = 2;
const UP = 3;

/** Pieces by where they start, a table for each way. */
type Pieces = readonly Map<number, End>[];

type Put = (way: number, fromX: number, fromY: number, toX: number, toY: number) => void;

function keyOf(x: number, y: number): number {
  return y * 0x4000000 + x;
}

/** The level pieces between the row above a line and the row below it. */
function level(above: readonly number[], below: readonly number[], y: number, put: Put): void {
  let up = 0;
  let down = 0;
  let from = 0;
  while (up < above.length || down < below.length) {
    const x = Math.min(above[up] ?? Infinity, below[down] ?? Infinity);
    const isAbove = up % 2 === 1;
    const isBelow = down % 2 === 1;
    if (isBelow && !isAbove) put(RIGHT, from, y, x, y);
    if (isAbove && !isBelow) put(LEFT, x, y, from, y);
    if (above[up] === x) up += 1;
    if (below[down] === x) down += 1;
    from = x;
  }
}

function piecesOf(bands: readonly Band[]): Pieces {
  const pieces: Pieces = [new Map(), new Map(), new Map(), new Map()];
  const put: Put = (way, fromX, fromY, toX, toY) => void pieces[way]?.set(keyOf(fromX, fromY), { x: toX, y: toY });
  /** Upright pieces that may go on below: twice their x, and 1 for those with the mask at their left; to where they began. */
  let open = new Map<number, number>();
  let above: Band | null = null;
  for (const band of [...bands, null]) {
    const touches: boolean = above !== null && band?.top === above.bottom;
    const next = new Map<number, number>();
    band?.edges.forEach((x, index) => {
      const place = 2 * x + (index % 2);
      next.set(place, (touches ? open.get(place) : undefined) ?? band.top);
    });
    if (above !== null) {
      for (const [place, from] of open) {
        if (touches && next.has(place)) continue;
        const x = Math.floor(place / 2);
        if (place % 2 === 0) put(UP, x, above.bottom, x, from);
        else put(DOWN, x, from, x, above.bottom);
      }
      if (!touches) level(above.edges, [], above.bottom, put);
    }
    if (band !== null) level(touches ? (above?.edges ?? []) : [], band.edges, band.top, put);
    open = next;
    above = band;
  }
  return pieces;
}

/** Closed lines around what the bands fill and around its holes. Pixels that meet only at a corner stay apart. */
export function bandPaths(bands: readonly Band[]): readonly Path[] {
  const pieces = piecesOf(bands);
  const paths: Path[] = [];
  for (const [start, first] of pieces[RIGHT] ?? []) {
    const points: number[] = [];
    let way = RIGHT;
    let at = start;
    let piece: End | undefined = first;
    while (piece !== undefined) {
      pieces[way]?.delete(at);
      points.push(piece.x, piece.y);
      at = keyOf(piece.x, piece.y);
      const right = (way + 1) % 4;
      // The piece that this line began with is gone from the table: the line is closed.
      if (at === start && right === RIGHT) break;
      way = pieces[right]?.has(at) === true ? right : (way + 3) % 4;
      piece = pieces[way]?.get(at);
    }
    paths.push({ points, closed: true });
  }
  return paths;
}
