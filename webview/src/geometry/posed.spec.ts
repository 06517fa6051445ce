import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contains, grow } from './box';
import { isDegenerate, posedArea, posedBounds, posedDrag, posedHandles, posedHit, posedMove, posedNormal, posedOutline, samePlace, turned } from './posed';
import type { PosedShape } from './posed';
import { IMAGE, pieces, positions, shapes } from './testing/kinds';

const NOTHING = { triangles: [], paths: [] };

function size(shape: PosedShape): [number, number] {
  const box = posedBounds(shape);
  return box === null ? [0, 0] : [box.maxX - box.minX, box.maxY - box.minY];
}

describe('a shape of any kind', () => {
  it('is inside its box wherever it is hit', () => {
    fc.assert(
      fc.property(shapes, positions, fc.integer({ min: 0, max: 6 }), (shape, at, tolerance) => {
        const box = posedBounds(shape);
        const hit = posedHit(shape, at, tolerance);
        if (hit !== null && box !== null) expect(contains(grow(box, tolerance + 1e-6), at)).toBe(true);
      }),
    );
  });

  it('draws nothing outside of its box, and has its handles there', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const box = grow(posedBounds(shape) ?? { minX: 0, minY: 0, maxX: 0, maxY: 0 }, 1e-6);
        const { triangles, paths, dots = [] } = posedOutline(shape);
        const drawn = [...triangles, ...paths.flatMap((path) => path.points), ...dots];
        expect(drawn.every(Number.isFinite)).toBe(true);
        for (let index = 0; index < drawn.length; index += 2) expect(contains(box, { x: drawn[index] ?? NaN, y: drawn[index + 1] ?? NaN })).toBe(true);
        // The corners of a turned ellipse's box are not on the ellipse.
        if (shape.rotation === 0) for (const handle of posedHandles(shape)) expect(contains(box, handle)).toBe(true);
      }),
    );
  });

  it('is hit on every line and dot that it draws', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { paths, dots = [] } = posedOutline(shape);
        for (const { points } of [...paths, { points: dots }]) {
          for (let index = 0; index + 1 < points.length; index += 2) {
            expect(posedHit(shape, { x: points[index] ?? NaN, y: points[index + 1] ?? NaN }, 1e-3)).toBe('border');
          }
        }
      }),
    );
  });

  it('keeps its size and stays in the image however it is moved', () => {
    fc.assert(
      fc.property(shapes, positions, (shape, by) => {
        const before = posedBounds(shape);
        const inside = before !== null && before.minX >= 0 && before.minY >= 0 && before.maxX <= IMAGE.width && before.maxY <= IMAGE.height;
        const moved = posedMove(shape, by.x, by.y, IMAGE);
        const [width, height] = size(moved);
        expect(width).toBeCloseTo(size(shape)[0], 6);
        expect(height).toBeCloseTo(size(shape)[1], 6);
        expect(posedArea(moved)).toBeCloseTo(posedArea(shape), 4);
        const after = posedBounds(moved);
        if (inside && after !== null) expect(contains(grow({ minX: 0, minY: 0, maxX: IMAGE.width, maxY: IMAGE.height }, 1e-6), { x: after.minX, y: after.minY })).toBe(true);
        if (inside && after !== null) expect(contains(grow({ minX: 0, minY: 0, maxX: IMAGE.width, maxY: IMAGE.height }, 1e-6), { x: after.maxX, y: after.maxY })).toBe(true);
      }),
    );
  });

  it('goes with the handle that is dragged, and back', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.record({ x: fc.integer({ min: 0, max: 640 }), y: fc.integer({ min: 0, max: 480 }) }), (shape, which, to) => {
        const handles = posedHandles(shape).filter((handle) => handle.minor !== true);
        const handle = handles[which % Math.max(1, handles.length)];
        if (handle === undefined) return;
        const dragged = posedDrag(shape, handle.id, to, IMAGE);
        const there = posedHandles(dragged.shape).find((other) => other.id === dragged.handle);
        expect(there?.x).toBeCloseTo(to.x, 6);
        expect(there?.y).toBeCloseTo(to.y, 6);
      }),
    );
  });

  it('is normal once it is normalised', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const once = posedNormal(shape, IMAGE);
        expect(posedNormal(once, IMAGE)).toEqual(once);
        expect(isDegenerate(once) && posedArea(once) > 1).toBe(false);
      }),
    );
  });

  it('has triangles that cover its area, where it has one', () => {
    fc.assert(
      fc.property(pieces, (shape) => {
        fc.pre(['rectangle', 'ellipse', 'mask'].includes(shape.type));
        const { triangles } = posedOutline(shape);
        let covered = 0;
        for (let index = 0; index < triangles.length; index += 6) {
          const [ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0] = triangles.slice(index, index + 6);
          covered += Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
        }
        const area = posedArea(shape);
        // The polygon of an ellipse lies within it.
        if (shape.type === 'ellipse') expect(covered / area).toBeGreaterThan(0.97);
        else expect(covered).toBeCloseTo(area, 4);
        expect(covered).toBeLessThan(area + 1e-4);
      }),
    );
  });
});

describe('a turned shape', () => {
  it('is turned clockwise on a screen whose y points down', () => {
    const at = turned({ x: 10, y: 0 }, { x: 0, y: 0 }, 90);
    expect(at.x).toBeCloseTo(0);
    expect(at.y).toBeCloseTo(10);
  });

  it('is hit where it was turned to', () => {
    const shape = { type: 'rectangle', points: [0, 40, 100, 60], rotation: 90 };
    expect(posedHit(shape, { x: 50, y: 5 }, 1)).toBe('interior');
    expect(posedHit(shape, { x: 5, y: 50 }, 1)).toBeNull();
  });

  it('keeps the opposite corner where it is seen when it is resized', () => {
    const shape = { type: 'rectangle', points: [100, 100, 200, 160], rotation: 30 };
    const corner = (of: PosedShape, id: string) => posedHandles(of).find((handle) => handle.id === id);
    const dragged = posedDrag(shape, 'se', { x: 260, y: 230 }, IMAGE).shape;
    expect(dragged.rotation).toBe(30);
    expect(corner(dragged, 'nw')?.x).toBeCloseTo(corner(shape, 'nw')?.x ?? NaN, 6);
    expect(corner(dragged, 'nw')?.y).toBeCloseTo(corner(shape, 'nw')?.y ?? NaN, 6);
  });

  it('has cursors that are turned with it', () => {
    const cursor = (rotation: number) => posedHandles({ type: 'rectangle', points: [0, 0, 10, 10], rotation }).find((handle) => handle.id === 'n')?.cursor;
    expect([cursor(0), cursor(45), cursor(90), cursor(350)]).toEqual(['ns-resize', 'nesw-resize', 'ew-resize', 'ns-resize']);
  });

  it('is not cut at the edge of the image before it is turned', () => {
    const shape = { type: 'rectangle', points: [-40, 200.123, 60, 220], rotation: 90 };
    expect(posedNormal(shape, IMAGE).points).toEqual([-40, 200.12, 60, 220]);
  });
});

describe('a skeleton', () => {
  const joint = (x: number, y: number) => ({ type: 'points', points: [x, y], rotation: 0 });
  const shape: PosedShape = { type: 'skeleton', points: [], rotation: 0, elements: [joint(10, 10), joint(50, 10), joint(50, 90)], edges: [[0, 1], [1, 2]] };

  it('is hit on its joints and edges, and in its box', () => {
    expect(posedHit(shape, { x: 12, y: 10 }, 3)).toBe('border');
    expect(posedHit(shape, { x: 50, y: 50 }, 3)).toBe('border');
    expect(posedHit(shape, { x: 20, y: 50 }, 3)).toBe('interior');
    expect(posedHit(shape, { x: 5, y: 50 }, 3)).toBeNull();
  });

  it('moves as a whole, and one joint by its handle', () => {
    expect(posedMove(shape, -99, 5, IMAGE).elements?.map((element) => element.points)).toEqual([[0, 15], [40, 15], [40, 95]]);
    const dragged = posedDrag(shape, '1/0', { x: 9999, y: 20 }, IMAGE);
    expect(dragged.handle).toBe('1/0');
    expect(dragged.shape.elements?.map((element) => element.points)).toEqual([[10, 10], [640, 20], [50, 90]]);
    expect([samePlace(shape, dragged.shape), samePlace(shape, { ...shape })]).toEqual([false, true]);
  });

  it('draws its edges; its joints are drawn by themselves', () => {
    expect(posedOutline(shape).paths.map((path) => path.points)).toEqual([[10, 10, 50, 10], [50, 10, 50, 90]]);
    expect(posedBounds({ ...shape, elements: [] })).toBeNull();
    expect(posedOutline({ ...shape, edges: [[0, 9]] })).toEqual(NOTHING);
  });
});

it('of an unknown type a shape draws nothing and is never hit', () => {
  const shape = { type: 'hologram', points: [1, 2, 3], rotation: 0 };
  expect(posedOutline(shape)).toEqual(NOTHING);
  expect(posedBounds(shape)).toBeNull();
  expect(posedHit(shape, { x: 1, y: 2 }, 100)).toBeNull();
  expect(posedMove(shape, 5, 5, IMAGE)).toBe(shape);
  expect(posedHandles(shape)).toEqual([]);
});
