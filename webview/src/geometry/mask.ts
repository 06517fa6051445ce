/** Masks: run lengths within a box, see `bands.ts`. They are moved by whole pixels. */

import { bandTriangles, bandsArea, bandsOf, isFilled, isNearBorder, maskBox } from './bands';
import type { Band } from './bands';
import { bandPaths } from './cracks';
import { held } from './linear';
import type { Point } from './point';
import type { Outline, Points, ShapeUtil } from './shapeUtil';
import { distanceToPath } from './vertices';

interface Decoded {
  readonly bands: readonly Band[];
  readonly area: number;
  outline: Outline | null;
}

/** A mask stays the same value from keyframe to keyframe, so it is decoded once. */
const known = new WeakMap<Points, Decoded>();

function decoded(points: Points): Decoded {
  let found = known.get(points);
  if (found === undefined) {
    const bands = bandsOf(points);
    found = { bands, area: bandsArea(bands), outline: null };
    known.set(points, found);
  }
  return found;
}

function outlineOf(points: Points): Outline {
  const mask = decoded(points);
  mask.outline ??= { triangles: bandTriangles(mask.bands), paths: bandPaths(mask.bands) };
  return mask.outline;
}

function borderDistance(points: Points, at: Point): number {
  return outlineOf(points).paths.reduce((least, path) => Math.min(least, distanceToPath(path.points, at, path)), Infinity);
}

export const mask: ShapeUtil = {
  type: 'mask',

  bounds: maskBox,

  hit(points, at, tolerance) {
    const { bands } = decoded(points);
    if (isNearBorder(bands, at, tolerance)) return 'border';
    return isFilled(bands, at) ? 'interior' : null;
  },

  distance: borderDistance,

  area: (points) => decoded(points).area,

  handles: () => [],

  move(points, dx, dy) {
    const box = points.length - 4;
    return points.map((value, index) => (index < box ? value : value + Math.round((index - box) % 2 === 0 ? dx : dy)));
  },

  dragHandle: (points, handle) => ({ points, handle }),

  // Its box has whole pixels and its moves stop at the image's edge.
  normalise: (points) => points,

  isDegenerate: (points) => decoded(points).area === 0,

  interpolate: held,

  outline: outlineOf,
};
