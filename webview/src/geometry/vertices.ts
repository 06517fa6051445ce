/** What polygons, polylines, points and cuboids have in common: vertices, flat x, y. */

import { clamp, distanceToSegment, rounded } from './point';
import type { Point, Size } from './point';
import type { Dragged, Handle, Points } from './shapeUtil';

/** Every vertex moved by (dx, dy). */
export function moved(points: Points, dx: number, dy: number): Points {
  return points.map((value, index) => value + (index % 2 === 0 ? dx : dy));
}

/** Every vertex inside the image, rounded for storing. */
export function keptInside(points: Points, image: Size): Points {
  return points.map((value, index) => rounded(clamp(value, 0, index % 2 === 0 ? image.width : image.height)));
}

/** A handle for each vertex, named by its number. */
export function vertexHandles(points: Points): readonly Handle[] {
  const handles: Handle[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    handles.push({ id: String(index / 2), x: points[index] ?? 0, y: points[index + 1] ?? 0, cursor: 'move' });
  }
  return handles;
}

/** Puts one vertex at a position. */
export function dragVertex(points: Points, handle: string, to: Point): Dragged {
  const at = Number(handle) * 2;
  return { points: points.map((value, index) => (index === at ? to.x : index === at + 1 ? to.y : value)), handle };
}

/** Distance from a position to the line through the vertices; Infinity where there is none. */
export function distanceToPath(points: Points, at: Point, { closed }: { readonly closed: boolean }): number {
  const count = points.length >> 1;
  if (count === 1) return Math.hypot(at.x - (points[0] ?? 0), at.y - (points[1] ?? 0));
  let least = Infinity;
  for (let index = closed ? 0 : 1; index < count; index += 1) {
    const from = 2 * ((index + count - 1) % count);
    const a = { x: points[from] ?? 0, y: points[from + 1] ?? 0 };
    const b = { x: points[2 * index] ?? 0, y: points[2 * index + 1] ?? 0 };
    least = Math.min(least, distanceToSegment(at, a, b));
  }
  return least;
}

/** Distance from a position to the nearest vertex; Infinity where there is none. */
export function distanceToVertex(points: Points, at: Point): number {
  let least = Infinity;
  for (let index = 0; index + 1 < points.length; index += 2) {
    least = Math.min(least, Math.hypot(at.x - (points[index] ?? 0), at.y - (points[index + 1] ?? 0)));
  }
  return least;
}

/** Length of the line through the vertices. */
export function pathLength(points: Points): number {
  let length = 0;
  for (let index = 2; index + 1 < points.length; index += 2) {
    length += Math.hypot((points[index] ?? 0) - (points[index - 2] ?? 0), (points[index + 1] ?? 0) - (points[index - 1] ?? 0));
  }
  return length;
}

/** Area within the vertices, whichever way round they go. */
export function polygonArea(points: Points): number {
  let twice = 0;
  const count = points.length >> 1;
  for (let index = 0; index < count; index += 1) {
    const next = 2 * ((index + 1) % count);
    twice += (points[2 * index] ?? 0) * (points[next + 1] ?? 0) - (points[next] ?? 0) * (points[2 * index + 1] ?? 0);
  }
  return Math.abs(twice) / 2;
}

/** True when a position is within the vertices; a part that the polygon covers twice is not. */
export function isWithin(points: Points, at: Point): boolean {
  let inside = false;
  const count = points.length >> 1;
  for (let index = 0; index < count; index += 1) {
    const next = 2 * ((index + 1) % count);
    const ax = points[2 * index] ?? 0;
    const ay = points[2 * index + 1] ?? 0;
    const bx = points[next] ?? 0;
    const by = points[next + 1] ?? 0;
    if (ay > at.y !== by > at.y && at.x < ((bx - ax) * (at.y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
