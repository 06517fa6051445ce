/** Points: flat x, y of positions that are marked one by one. */

import { boxAround } from './box';
import { linear } from './linear';
import type { ShapeUtil } from './shapeUtil';
import { distanceToVertex, dragVertex, keptInside, moved, vertexHandles } from './vertices';

export const pointSet: ShapeUtil = {
  type: 'points',

  bounds: boxAround,

  hit: (points, at, tolerance) => (distanceToVertex(points, at) <= tolerance ? 'border' : null),

  distance: distanceToVertex,

  area: () => 0,

  handles: vertexHandles,

  move: moved,

  dragHandle: dragVertex,

  normalise: keptInside,

  isDegenerate: (points) => points.length < 2,

  // A single point moves; several have no order in which they would match.
  interpolate: linear(2),

  outline: (points) => ({ triangles: [], paths: [], dots: points }),
};
