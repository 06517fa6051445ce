import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contains, grow } from './box';
import { posedBounds, posedHandles, posedHit, posedOutline, turned } from './posed';

const shapes = fc.record({
  type: fc.constant('rectangle'),
  points: fc.tuple(
    fc.double({ min: 0, max: 300, noNaN: true }),
    fc.double({ min: 0, max: 300, noNaN: true }),
    fc.double({ min: 301, max: 600, noNaN: true }),
    fc.double({ min: 301, max: 600, noNaN: true }),
  ),
  rotation: fc.double({ min: 0, max: 360, noNaN: true }),
});

describe('a posed shape', () => {
  it('is inside its box wherever it is hit', () => {
    fc.assert(
      fc.property(shapes, fc.double({ min: -400, max: 1000, noNaN: true }), fc.double({ min: -400, max: 1000, noNaN: true }), (shape, x, y) => {
        const box = posedBounds(shape);
        const hit = posedHit(shape, { x, y }, 0);
        if (hit !== null && box !== null) expect(contains(grow(box, 1e-6), { x, y })).toBe(true);
      }),
    );
  });

  it('is turned clockwise on a screen whose y points down', () => {
    const at = turned({ x: 10, y: 0 }, { x: 0, y: 0 }, 90);
    expect(at.x).toBeCloseTo(0);
    expect(at.y).toBeCloseTo(10);
  });

  it('is hit where it was turned to', () => {
    const shape = { type: 'rectangle', points: [0, 40, 100, 60], rotation: 90 };
    expect(posedHit(shape, { x: 50, y: 5 }, 1)).toBe('interior');
    expect(posedHit(shape, { x: 5, y: 50 }, 1)).toBeNull();
    expect(posedHandles(shape)).toEqual([]);
  });

  it('of an unknown type draws nothing and is never hit', () => {
    const shape = { type: 'hologram', points: [1, 2, 3], rotation: 0 };
    expect(posedOutline(shape)).toEqual({ triangles: [], paths: [] });
    expect(posedBounds(shape)).toBeNull();
    expect(posedHit(shape, { x: 1, y: 2 }, 100)).toBeNull();
  });
});
