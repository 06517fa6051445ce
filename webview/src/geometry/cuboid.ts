/**
 * Cuboids on a picture: eight corners in pairs of a top and the bottom below it, at the front left, the front right, the
 * back right and the back left.
 */

import { boxAround } from './box';
import { linear } from './linear';
import { rounded } from './point';
import type { Point } from './point';
import type { Dragged, Path, Points, ShapeUtil } from './shapeUtil';
import { polygonTriangles } from './triangles';
import { distanceToPath, isWithin, moved, polygonArea, vertexHandles } from './vertices';

/** Less than this many square pixels is taken for a slip of the hand. */
const SMALLEST_AREA = 1;
const FRONT = [0, 1, 3, 2];
const TOP = [0, 2, 4, 6];
const BOTTOM = [1, 3, 5, 7];
const UPRIGHTS = [[0, 1], [2, 3], [4, 5], [6, 7]];

function corners(points: Points, chosen: readonly number[]): number[] {
  return chosen.flatMap((corner) => [points[2 * corner] ?? 0, points[2 * corner + 1] ?? 0]);
}

/** The silhouette: smallest convex polygon around the corners. */
function hullOf(points: Points): Points {
  const sorted: Point[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) sorted.push({ x: points[index] ?? 0, y: points[index + 1] ?? 0 });
  sorted.sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const at of ordered) {
      for (let b = chain.at(-1), a = chain.at(-2); a && b && (b.x - a.x) * (at.y - a.y) <= (b.y - a.y) * (at.x - a.x); b = chain.at(-1), a = chain.at(-2)) {
        chain.pop();
      }
      chain.push(at);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())].flatMap(({ x, y }) => [x, y]);
}

function pathsOf(points: Points): readonly Path[] {
  return [
    ...[TOP, BOTTOM].map((ring) => ({ points: corners(points, ring), closed: true })),
    ...UPRIGHTS.map((edge) => ({ points: corners(points, edge), closed: false })),
  ];
}

function edgeDistance(points: Points, at: Point): number {
  return Math.min(...pathsOf(points).map((path) => distanceToPath(path.points, at, path)));
}

export const cuboid: ShapeUtil = {
  type: 'cuboid',

  bounds: boxAround,

  hit(points, at, tolerance) {
    if (edgeDistance(points, at) <= tolerance) return 'border';
    return isWithin(hullOf(points), at) ? 'interior' : null;
  },

  distance: edgeDistance,

  area: (points) => polygonArea(hullOf(points)),

  handles: vertexHandles,

  move: moved,

  /** The upright edge of the corner goes along, so that it stays upright. */
  dragHandle(points, handle, to): Dragged {
    const corner = Number(handle);
    const xs = [2 * corner, 2 * (corner ^ 1)];
    return { points: points.map((value, index) => (xs.includes(index) ? to.x : index === 2 * corner + 1 ? to.y : value)), handle };
  },

  // A corner may be beside the picture: pushed onto its edge it would bend the box.
  normalise: (points) => points.map(rounded),

  isDegenerate: (points) => polygonArea(hullOf(points)) < SMALLEST_AREA,

  interpolate: linear(16),

  // The front is filled twice, which shows where it is.
  outline: (points) => ({
    triangles: [...polygonTriangles(hullOf(points)), ...polygonTriangles(corners(points, FRONT))],
    paths: pathsOf(points),
  }),
};
