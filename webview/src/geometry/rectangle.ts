/** Rectangles: `[x1, y1, x2, y2]`, two opposite corners; stored with x1 <= x2 and y1 <= y2. */

import { boxAbout, boxBetween, centreOf, contains } from './box';
import type { Box } from './box';
import { boxHandles, boxInside, dragBox, isThin } from './boxHandles';
import { linear } from './linear';
import { clamp, rounded } from './point';
import type { Point, Size } from './point';
import type { Points, ShapeUtil } from './shapeUtil';
import { boxTriangles } from './triangles';

function boundsOf(points: Points): Box {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = points;
  return boxBetween({ x: x1, y: y1 }, { x: x2, y: y2 });
}

function pointsOf(box: Box): Points {
  return [box.minX, box.minY, box.maxX, box.maxY];
}

/** Distance to the border, from the inside or the outside. */
function borderDistance(box: Box, at: Point): number {
  if (contains(box, at)) return Math.min(at.x - box.minX, box.maxX - at.x, at.y - box.minY, box.maxY - at.y);
  return Math.hypot(at.x - clamp(at.x, box.minX, box.maxX), at.y - clamp(at.y, box.minY, box.maxY));
}

export const rectangle: ShapeUtil = {
  type: 'rectangle',

  bounds: boundsOf,

  turnedBounds(points, degrees) {
    const box = boundsOf(points);
    const cos = Math.abs(Math.cos((degrees * Math.PI) / 180));
    const sin = Math.abs(Math.sin((degrees * Math.PI) / 180));
    const width = (box.maxX - box.minX) / 2;
    const height = (box.maxY - box.minY) / 2;
    return boxAbout(centreOf(box), width * cos + height * sin, width * sin + height * cos);
  },

  hit(points, at, tolerance) {
    const box = boundsOf(points);
    if (borderDistance(box, at) <= tolerance) return 'border';
    return contains(box, at) ? 'interior' : null;
  },

  distance: (points, at) => borderDistance(boundsOf(points), at),

  area(points) {
    const box = boundsOf(points);
    return (box.maxX - box.minX) * (box.maxY - box.minY);
  },

  handles: (points) => boxHandles(boundsOf(points)),

  move(points, dx, dy) {
    const box = boundsOf(points);
    return [box.minX + dx, box.minY + dy, box.maxX + dx, box.maxY + dy];
  },

  dragHandle(points, handle, to) {
    const dragged = dragBox(boundsOf(points), handle, to);
    return { points: pointsOf(dragged.box), handle: dragged.handle };
  },

  normalise: (points: Points, image: Size) => pointsOf(boxInside(boundsOf(points), image)).map(rounded),

  isDegenerate: (points) => isThin(boundsOf(points)),

  interpolate: linear(4),

  outline(points) {
    const box = boundsOf(points);
    const { minX, minY, maxX, maxY } = box;
    return { triangles: boxTriangles(box), paths: [{ points: [minX, minY, maxX, minY, maxX, maxY, minX, maxY], closed: true }] };
  },
};

/** The rectangle's points for two opposite corners, in any order. */
export function rectangleBetween(a: Point, b: Point): Points {
  return pointsOf(boxBetween(a, b));
}
