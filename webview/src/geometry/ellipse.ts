/** Ellipses: `[cx, cy, right, top]`, the centre, the x of the rightmost and the y of the topmost point. */

import { boxAbout, centreOf } from './box';
import type { Box } from './box';
import { boxHandles, dragBox, isThin } from './boxHandles';
import { linear } from './linear';
import { clamp, rounded } from './point';
import type { Points, ShapeUtil } from './shapeUtil';
import { fanTriangles } from './triangles';
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

/** Corners of a quarter of the unit circle's polygons, by their number: flat cosines and sines. */
const quarters = new Map<number, Float64Array>();

function quarterOf(count: number): Float64Array {
  let found = quarters.get(count);
  if (found === undefined) {
    found = Float64Array.from({ length: 2 * count }, (_, index) => {
      const angle = ((index >> 1) * Math.PI) / (2 * count);
      return index % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
    });
    quarters.set(count, found);
  }
  return found;
}

/** A polygon that is nowhere more than a twelfth of a pixel from the curve, within reason; its extremes are exact. */
function polygonOf(points: Points): Points {
  const { minX, minY, maxX, maxY } = boundsOf(points);
  const rx = (maxX - minX) / 2;
  const ry = (maxY - minY) / 2;
  const cx = minX + rx;
  const cy = minY + ry;
  const count = clamp(Math.ceil(2 * Math.sqrt(Math.max(rx, ry))), 4, 64);
  const quarter = quarterOf(count);
  const out: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    for (let index = 0; index < 2 * count; index += 2) {
      const cos = quarter[index] ?? 0;
      const sin = quarter[index + 1] ?? 0;
      if (turn === 0) out.push(cx + rx * cos, cy + ry * sin);
      else if (turn === 1) out.push(cx - rx * sin, cy + ry * cos);
      else if (turn === 2) out.push(cx - rx * cos, cy - ry * sin);
      else out.push(cx + rx * sin, cy - ry * cos);
    }
  }
  return out;
}

export const ellipse: ShapeUtil = {
  type: 'ellipse',

  bounds: boundsOf,

  turnedBounds(points, degrees) {
    const box = boundsOf(points);
    const cos = Math.cos((degrees * Math.PI) / 180);
    const sin = Math.sin((degrees * Math.PI) / 180);
    const rx = (box.maxX - box.minX) / 2;
    const ry = (box.maxY - box.minY) / 2;
    return boxAbout(centreOf(box), Math.hypot(rx * cos, ry * sin), Math.hypot(rx * sin, ry * cos));
  },

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
    return { triangles: fanTriangles(polygon), paths: [{ points: polygon, closed: true }] };
  },
};
