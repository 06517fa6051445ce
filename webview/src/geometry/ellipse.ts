/** Ellipses: `[cx, cy, right, top]`, the centre, the x of the rightmost and the y of the topmost point. */

import type { Box } from './box';
import { boxHandles, dragBox, isThin } from './boxHandles';
import { linear } from './linear';
import { clamp, rounded } from './point';
import type { Points, ShapeUtil } from './shapeUtil';
import { polygonTriangles } from './triangles';
import { distanceToPath, isWithin } from './vertices';

function boundsOf(points: Points): Box {
  const [cx = 0, cy = 0, right = 0, top = 0] = points;
  const rx = Math.abs(right - cx);
  const ry = Math.abs(cy - top);
  return { minX: cx - rx, minY: cy - ry, maxX: cx + rx, maxY: cy + ry };
}

function pointsOf({ minX, minY, maxX, maxY }: Box): Points {
  return [(minX + maxX) / 2, (minY + maxY) / 2, maxX, minY];
}

/** A polygon that is nowhere more than a twentieth of a pixel from the curve, within reason; its extremes are exact. */
function polygonOf(points: Points): Points {
  const box = boundsOf(points);
  const rx = (box.maxX - box.minX) / 2;
  const ry = (box.maxY - box.minY) / 2;
  const quarter = clamp(Math.ceil(2.5 * Math.sqrt(Math.max(rx, ry))), 4, 64);
  const cx = box.minX + rx;
  const cy = box.minY + ry;
  const out: number[] = [];
  for (let index = 0; index < 4 * quarter; index += 1) {
    const angle = (index * Math.PI) / (2 * quarter);
    out.push(cx + rx * Math.cos(angle), cy + ry * Math.sin(angle));
  }
  return out;
}

export const ellipse: ShapeUtil = {
  type: 'ellipse',

  bounds: boundsOf,

  hit(points, at, tolerance) {
    const polygon = polygonOf(points);
    if (distanceToPath(polygon, at, { closed: true }) <= tolerance) return 'border';
    return isWithin(polygon, at) ? 'interior' : null;
  },

  distance: (points, at) => distanceToPath(polygonOf(points), at, { closed: true }),

  area(points) {
    const { minX, minY, maxX, maxY } = boundsOf(points);
    return (Math.PI * (maxX - minX) * (maxY - minY)) / 4;
  },

  handles: (points) => boxHandles(boundsOf(points)),

  move: ([cx = 0, cy = 0, right = 0, top = 0], dx, dy) => [cx + dx, cy + dy, right + dx, top + dy],

  dragHandle(points, handle, to) {
    const dragged = dragBox(boundsOf(points), handle, to);
    return { points: pointsOf(dragged.box), handle: dragged.handle };
  },

  // Cutting off what sticks out of the image would make another ellipse.
  normalise: (points) => pointsOf(boundsOf(points)).map(rounded),

  isDegenerate: (points) => isThin(boundsOf(points)),

  interpolate: linear(4),

  outline(points) {
    const polygon = polygonOf(points);
    return { triangles: polygonTriangles(polygon), paths: [{ points: polygon, closed: true }] };
  },
};
