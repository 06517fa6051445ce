/** Polylines: flat x, y of their vertices. */

import { boxAround } from './box';
import { curved } from './curve';
import type { ShapeUtil } from './shapeUtil';
import { distanceToPath, dragVertex, keptInside, moved, pathLength, vertexHandles } from './vertices';

/** A line shorter than this many pixels is taken for a slip of the hand. */
const SHORTEST = 1;

export const polyline: ShapeUtil = {
  type: 'polyline',

  bounds: boxAround,

  hit: (points, at, tolerance) => (distanceToPath(points, at, { closed: false }) <= tolerance ? 'border' : null),

  distance: (points, at) => distanceToPath(points, at, { closed: false }),

  area: () => 0,

  handles: vertexHandles,

  move: moved,

  dragHandle: dragVertex,

  normalise: keptInside,

  isDegenerate: (points) => points.length < 4 || pathLength(points) < SHORTEST,

  interpolate: curved({ closed: false }),

  outline: (points) => ({ triangles: [], paths: [{ points, closed: false }] }),
};
