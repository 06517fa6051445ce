/** Resizing by the corners and sides of an upright box: rectangles, ellipses. */

import type { Box } from './box';
import { clamp } from './point';
import type { Point, Size } from './point';
import type { Handle } from './shapeUtil';

/** A box whose width or height is below this many pixels is taken for a slip of the hand. */
const SMALLEST_SIDE = 1;

export function boxHandles({ minX, minY, maxX, maxY }: Box): readonly Handle[] {
  const midX = (minX + maxX) / 2;
  const midY = (minY + maxY) / 2;
  return [
    { id: 'nw', x: minX, y: minY, cursor: 'nwse-resize' },
    { id: 'ne', x: maxX, y: minY, cursor: 'nesw-resize' },
    { id: 'se', x: maxX, y: maxY, cursor: 'nwse-resize' },
    { id: 'sw', x: minX, y: maxY, cursor: 'nesw-resize' },
    { id: 'n', x: midX, y: minY, cursor: 'ns-resize', minor: true },
    { id: 'e', x: maxX, y: midY, cursor: 'ew-resize', minor: true },
    { id: 's', x: midX, y: maxY, cursor: 'ns-resize', minor: true },
    { id: 'w', x: minX, y: midY, cursor: 'ew-resize', minor: true },
  ];
}

function mirrored(handle: string, across: 'x' | 'y'): string {
  const swaps: Readonly<Record<string, string>> = across === 'x' ? { w: 'e', e: 'w' } : { n: 's', s: 'n' };
  return handle.replace(/[nesw]/g, (side) => swaps[side] ?? side);
}

/** The box with a corner or side at a position. When sides cross, the handle is called by its new place. */
export function dragBox(box: Box, handle: string, to: Point): { readonly box: Box; readonly handle: string } {
  let { minX, minY, maxX, maxY } = box;
  if (handle.includes('w')) minX = to.x;
  if (handle.includes('e')) maxX = to.x;
  if (handle.includes('n')) minY = to.y;
  if (handle.includes('s')) maxY = to.y;
  let name = handle;
  if (minX > maxX) {
    [minX, maxX] = [maxX, minX];
    name = mirrored(name, 'x');
  }
  if (minY > maxY) {
    [minY, maxY] = [maxY, minY];
    name = mirrored(name, 'y');
  }
  return { box: { minX, minY, maxX, maxY }, handle: name };
}

/** The part of the box that is on the image. */
export function boxInside(box: Box, image: Size): Box {
  return {
    minX: clamp(box.minX, 0, image.width),
    minY: clamp(box.minY, 0, image.height),
    maxX: clamp(box.maxX, 0, image.width),
    maxY: clamp(box.maxY, 0, image.height),
  };
}

export function isThin(box: Box): boolean {
  return box.maxX - box.minX < SMALLEST_SIDE || box.maxY - box.minY < SMALLEST_SIDE;
}
