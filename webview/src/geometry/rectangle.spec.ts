import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { boxBetween } from './box';
import { posedMove } from './posed';
import { rectangle, rectangleBetween } from './rectangle';
import type { Points } from './shapeUtil';

const IMAGE = { width: 640, height: 480 };
const inside = fc.record({ x: fc.double({ min: 0, max: 640, noNaN: true }), y: fc.double({ min: 0, max: 480, noNaN: true }) });
const anywhere = fc.record({ x: fc.double({ min: -2000, max: 2000, noNaN: true }), y: fc.double({ min: -2000, max: 2000, noNaN: true }) });
const rectangles = fc.tuple(inside, inside).map(([a, b]) => rectangleBetween(a, b));
const handleNames = fc.constantFrom('nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w');

function sides(points: Points): [number, number] {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = points;
  return [x2 - x1, y2 - y1];
}

function isInside(points: Points): boolean {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = points;
  return x1 >= 0 && y1 >= 0 && x2 <= IMAGE.width && y2 <= IMAGE.height && x1 <= x2 && y1 <= y2;
}

describe('rectangle', () => {
  it('is hit on its border and in its interior, and nowhere else', () => {
    const points = [10, 20, 110, 70];
    expect(rectangle.hit(points, { x: 10, y: 40 }, 2)).toBe('border');
    expect(rectangle.hit(points, { x: 8.5, y: 40 }, 2)).toBe('border');
    expect(rectangle.hit(points, { x: 60, y: 45 }, 2)).toBe('interior');
    expect(rectangle.hit(points, { x: 7.9, y: 40 }, 2)).toBeNull();
    expect(rectangle.hit(points, { x: 8.2, y: 18.2 }, 2)).toBeNull(); // 2.5 from the corner
  });

  it('measures the distance to the border from both sides', () => {
    expect(rectangle.distance([0, 0, 10, 10], { x: 5, y: 3 })).toBe(3);
    expect(rectangle.distance([0, 0, 10, 10], { x: 13, y: 14 })).toBe(5);
  });

  it('keeps its size and stays in the image however it is moved', () => {
    fc.assert(
      fc.property(rectangles, anywhere, (points, by) => {
        const { points: moved } = posedMove({ type: 'rectangle', points, rotation: 0 }, by.x, by.y, IMAGE);
        const [width, height] = sides(moved);
        const [oldWidth, oldHeight] = sides(points);
        expect(width).toBeCloseTo(oldWidth, 9);
        expect(height).toBeCloseTo(oldHeight, 9);
        expect(isInside(rectangle.normalise(moved, IMAGE))).toBe(true);
      }),
    );
  });

  it('does not jump when it sticks out of the image and is moved by nothing', () => {
    expect(posedMove({ type: 'rectangle', points: [-5, -5, 700, 20], rotation: 0 }, 0, 0, IMAGE).points).toEqual([-5, -5, 700, 20]);
  });

  it('follows the pointer with the dragged handle, flipping when sides cross', () => {
    fc.assert(
      fc.property(rectangles, handleNames, inside, (points, name, to) => {
        const dragged = rectangle.dragHandle(points, name, to);
        expect(isInside(dragged.points)).toBe(true);
        const handle = rectangle.handles(dragged.points).find((one) => one.id === dragged.handle);
        if (/[ew]/.test(name)) expect(handle?.x).toBe(to.x);
        if (/[ns]/.test(name)) expect(handle?.y).toBe(to.y);
      }),
    );
  });

  it('leaves the opposite corner where it was', () => {
    expect(rectangle.dragHandle([10, 10, 50, 50], 'se', { x: 2, y: 80 })).toEqual({ points: [2, 10, 10, 80], handle: 'sw' });
    expect(rectangle.dragHandle([10, 10, 50, 50], 'n', { x: 999, y: 60 })).toEqual({ points: [10, 50, 50, 60], handle: 's' });
  });

  it('normalises to ordered corners inside the image, once and for all', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (a, b) => {
        const once = rectangle.normalise([a.x, a.y, b.x, b.y], IMAGE);
        expect(isInside(once)).toBe(true);
        expect(rectangle.normalise(once, IMAGE)).toEqual(once);
      }),
    );
  });

  it('calls less than a pixel degenerate', () => {
    expect(rectangle.isDegenerate([5, 5, 5.9, 50])).toBe(true);
    expect(rectangle.isDegenerate([5, 5, 6, 6])).toBe(false);
  });

  it('is interpolated between its ends', () => {
    const half = rectangle.interpolate({ points: [0, 0, 10, 10], rotation: 350 }, { points: [10, 20, 30, 40], rotation: 30 })(0.5);
    expect(half).toEqual({ points: [5, 10, 20, 25], rotation: 10 });
  });

  it('has triangles that cover exactly its area', () => {
    fc.assert(
      fc.property(rectangles, (points) => {
        const flat = rectangle.outline(points).triangles;
        let area = 0;
        for (let index = 0; index < flat.length; index += 6) {
          const [ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0] = flat.slice(index, index + 6);
          area += Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
        }
        expect(area).toBeCloseTo(rectangle.area(points), 6);
        expect(boxBetween({ x: flat[0] ?? 0, y: flat[1] ?? 0 }, { x: flat[4] ?? 0, y: flat[5] ?? 0 })).toEqual(rectangle.bounds(points));
      }),
    );
  });
});
