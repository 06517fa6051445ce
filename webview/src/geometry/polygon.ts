/** Polygons: flat x, y of their corners; the last is joined to the first. */

import { boxAround } from './box';
import { curved } from './curve';
import type { ShapeUtil } from './shapeUtil';
import { polygonTriangles } from './triangles';
import { distanceToPath, dragVertex, isWithin, keptInside, moved, polygonArea, vertexHandles } from './vertices';

/** A polygon that covers less than this many square pixels is taken for a slip of the hand. */
const SMALLEST_AREA = 1;

export const polygon: ShapeUtil = {
  type: 'polygon',

  bounds: boxAround,

  hit(points, at, tolerance) {
    if (distanceToPath(points, at, { closed: true }) <= tolerance) return 'border';
    return isWithin(points, at) ? 'interior' : null;
  },

  distance: (points, at) => distanceToPath(points, at, { closed: true }),

  area: polygonArea,

  handles: vertexHandles,

  move: moved,

  dragHandle: dragVertex,

  normalise: keptInside,

  isDegenerate: (points) => points.length < 6 || polygonArea(points) < SMALLEST_AREA,

  interpolate: curved({ closed: true }),

  outline: (points) => ({ triangles: polygonTriangles(points), paths: [{ points, closed: true }] }),
};
