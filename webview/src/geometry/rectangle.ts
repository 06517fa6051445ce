/** Rectangles: `[x1, y1, x2, y2]`, two opposite corners; stored with x1 <= x2 and y1 <= y2. */

import { boxBetween, contains } from './box';
import type { Box } from './box';
import { clamp } from './point';
import type { Point, Size } from './point';
import type { Dragged, Handle, HitPart, Outline, Points, ShapeUtil } from './shapeUtil';

/** A rectangle whose width or height is below this many pixels is taken for a slip of the hand. */
const SMALLEST_SIDE = 1;

/** Hundredths of a pixel are kept: finer digits are noise that makes diffs unreadable. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

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

function mirrored(handle: string, across: 'x' | 'y'): string {
  const swaps: Readonly<Record<string, string>> = across === 'x' ? { w: 'e', e: 'w' } : { n: 's', s: 'n' };
  return handle.replace(/[nesw]/g, (side) => swaps[side] ?? side);
}

export const rectangle: ShapeUtil = {
  type: 'rectangle',

  bounds: boundsOf,

  hit(points: Points, at: Point, tolerance: number): HitPart | null {
    const box = boundsOf(points);
    if (borderDistance(box, at) <= tolerance) return 'border';
    return contains(box, at) ? 'interior' : null;
  },

  distance(points: Points, at: Point): number {
    return borderDistance(boundsOf(points), at);
  },

  area(points: Points): number {
    const box = boundsOf(points);
    return (box.maxX - box.minX) * (box.maxY - box.minY);
  },

  handles(points: Points): readonly Handle[] {
    const { minX, minY, maxX, maxY } = boundsOf(points);
    const midX = (minX + maxX) / 2;
    const midY = (minY + maxY) / 2;
    return [
      { id: 'nw', x: minX, y: minY, cursor: 'nwse-resize' },
      { id: 'ne', x: maxX, y: minY, cursor: 'nesw-resize' },
      { id: 'se', x: maxX, y: maxY, cursor: 'nwse-resize' },
      { id: 'sw', x: minX, y: maxY, cursor: 'nesw-resize' },
      { id: 'n', x: midX, y: minY, cursor: 'ns-resize', minor: true },
      { id: 'e', x: maxX, y: midY, cursor: 'ew-resize', minor: true },
      { id: 's', x: midX, y: maxY, cursor: 'ns-resize', minor: true },
      { id: 'w', x: minX, y: midY, cursor: 'ew-resize', minor: true },
    ];
  },

  move(points: Points, dx: number, dy: number, image: Size): Points {
    const box = boundsOf(points);
    // Zero is always allowed: a rectangle that already sticks out must not jump when it is touched.
    const shiftX = clamp(dx, Math.min(0, -box.minX), Math.max(0, image.width - box.maxX));
    const shiftY = clamp(dy, Math.min(0, -box.minY), Math.max(0, image.height - box.maxY));
    return [box.minX + shiftX, box.minY + shiftY, box.maxX + shiftX, box.maxY + shiftY];
  },

  dragHandle(points: Points, handle: string, to: Point, image: Size): Dragged {
    let { minX, minY, maxX, maxY } = boundsOf(points);
    const x = clamp(to.x, 0, image.width);
    const y = clamp(to.y, 0, image.height);
    if (handle.includes('w')) minX = x;
    if (handle.includes('e')) maxX = x;
    if (handle.includes('n')) minY = y;
    if (handle.includes('s')) maxY = y;
    let name = handle;
    if (minX > maxX) {
      [minX, maxX] = [maxX, minX];
      name = mirrored(name, 'x');
    }
    if (minY > maxY) {
      [minY, maxY] = [maxY, minY];
      name = mirrored(name, 'y');
    }
    return { points: [minX, minY, maxX, maxY], handle: name };
  },

  normalise(points: Points, image: Size): Points {
    const { minX, minY, maxX, maxY } = boundsOf(points);
    return [
      rounded(clamp(minX, 0, image.width)),
      rounded(clamp(minY, 0, image.height)),
      rounded(clamp(maxX, 0, image.width)),
      rounded(clamp(maxY, 0, image.height)),
    ];
  },

  isDegenerate(points: Points): boolean {
    const box = boundsOf(points);
    return box.maxX - box.minX < SMALLEST_SIDE || box.maxY - box.minY < SMALLEST_SIDE;
  },

  interpolate(from: Points, to: Points, t: number): Points {
    return from.map((value, index) => value + ((to[index] ?? value) - value) * t);
  },

  outline(points: Points): Outline {
    const { minX, minY, maxX, maxY } = boundsOf(points);
    return {
      triangles: [minX, minY, maxX, minY, maxX, maxY, minX, minY, maxX, maxY, minX, maxY],
      paths: [{ points: [minX, minY, maxX, minY, maxX, maxY, minX, maxY], closed: true }],
    };
  },
};

/** The rectangle's points for two opposite corners, in any order. */
export function rectangleBetween(a: Point, b: Point): Points {
  return pointsOf(boxBetween(a, b));
}

