/** Upright boxes in image pixels. */

import { clamp } from './point';
import type { Point, Size } from './point';

/** `minX <= maxX` and `minY <= maxY`; the edges belong to the box. */
export interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The box with two positions at opposite corners, in any order. */
export function boxBetween(a: Point, b: Point): Box {
  return { minX: Math.min(a.x, b.x), minY: Math.min(a.y, b.y), maxX: Math.max(a.x, b.x), maxY: Math.max(a.y, b.y) };
}

/** Smallest box around flat x, y positions; an empty list gives the box of the single position (0, 0). */
export function boxAround(flat: readonly number[]): Box {
  if (flat.length < 2) return { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const x = flat[index] ?? 0;
    const y = flat[index + 1] ?? 0;
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return { minX, minY, maxX, maxY };
}

export function centreOf(box: Box): Point {
  return { x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2 };
}

/** The box around a centre, given half of its width and height. */
export function boxAbout(centre: Point, halfWidth: number, halfHeight: number): Box {
  return { minX: centre.x - halfWidth, minY: centre.y - halfHeight, maxX: centre.x + halfWidth, maxY: centre.y + halfHeight };
}

/** The box with every edge moved outwards by `by` pixels. */
export function grow(box: Box, by: number): Box {
  return { minX: box.minX - by, minY: box.minY - by, maxX: box.maxX + by, maxY: box.maxY + by };
}

export function contains(box: Box, at: Point): boolean {
  return at.x >= box.minX && at.x <= box.maxX && at.y >= box.minY && at.y <= box.maxY;
}

/** True when the boxes share at least an edge point. */
export function overlap(a: Box, b: Box): boolean {
  return a.minX <= b.maxX && a.maxX >= b.minX && a.minY <= b.maxY && a.maxY >= b.minY;
}

/**
 * A move by (dx, dy) cut short where it would take the box over the image's edge. No move is always allowed: a shape that
 * already sticks out must not jump when it is touched.
 */
export function shiftInside(box: Box, dx: number, dy: number, image: Size): Point {
  return {
    x: clamp(dx, Math.min(0, -box.minX), Math.max(0, image.width - box.maxX)),
    y: clamp(dy, Math.min(0, -box.minY), Math.max(0, image.height - box.maxY)),
  };
}
