/** Triangles that fill polygons and boxes: flat x, y of their corners, three after another. */

import earcut from 'earcut';

import type { Box } from './box';
import type { Points } from './shapeUtil';

/** Two triangles for an upright box. */
export function boxTriangles({ minX, minY, maxX, maxY }: Box): readonly number[] {
  return [minX, minY, maxX, minY, maxX, maxY, minX, minY, maxX, maxY, minX, maxY];
}

/** True when a fan from the first corner fills the polygon: it always turns the same way, and only once round. */
function isConvex(points: Points): boolean {
  const count = points.length >> 1;
  let turn = 0;
  let reversals = 0;
  let before = 0;
  let first = 0;
  for (let index = 0; index < count; index += 1) {
    const b = 2 * ((index + 1) % count);
    const c = 2 * ((index + 2) % count);
    const ux = (points[b] ?? 0) - (points[2 * index] ?? 0);
    const uy = (points[b + 1] ?? 0) - (points[2 * index + 1] ?? 0);
    const vx = (points[c] ?? 0) - (points[b] ?? 0);
    const vy = (points[c + 1] ?? 0) - (points[b + 1] ?? 0);
    const cross = Math.sign(ux * vy - uy * vx);
    if (cross !== 0) {
      if (turn !== 0 && cross !== turn) return false;
      turn = cross;
    }
    const direction = Math.sign(ux);
    if (direction === 0) continue;
    if (first === 0) first = direction;
    if (before !== 0 && direction !== before) reversals += 1;
    before = direction;
  }
  if (before !== first) reversals += 1;
  return reversals <= 2;
}

/** What a convex polygon covers. */
export function fanTriangles(points: Points): readonly number[] {
  const out: number[] = [];
  const x = points[0] ?? 0;
  const y = points[1] ?? 0;
  for (let index = 2; index + 3 < points.length; index += 2) {
    out.push(x, y, points[index] ?? 0, points[index + 1] ?? 0, points[index + 2] ?? 0, points[index + 3] ?? 0);
  }
  return out;
}

/** What a polygon covers; none for fewer than three corners. */
export function polygonTriangles(points: Points): readonly number[] {
  if (points.length < 6) return [];
  if (isConvex(points)) return fanTriangles(points);
  const out: number[] = [];
  for (const corner of earcut(points.length % 2 === 0 ? points : points.slice(0, -1))) out.push(points[2 * corner] ?? 0, points[2 * corner + 1] ?? 0);
  return out;
}
