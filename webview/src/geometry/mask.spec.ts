import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bandsOf, maskBox } from './bands';
import { bandPaths } from './cracks';
import { mask } from './mask';
import { encoded, masks } from './testing/kinds';

/** The filled pixels of a mask, decoded one by one. */
function pixelsOf(points: readonly number[]): Set<string> {
  const { minX, minY, maxX } = maskBox(points);
  const filled = new Set<string>();
  let at = 0;
  points.slice(0, -4).forEach((count, index) => {
    for (let end = at + count; at < end; at += 1) if (index % 2 === 1) filled.add(`${minX + (at % (maxX - minX))} ${minY + Math.floor(at / (maxX - minX))}`);
  });
  return filled;
}

/** Area within closed paths: holes go the other way round. */
function enclosed(paths: ReturnType<typeof bandPaths>): number {
  return paths.reduce((sum, { points }) => {
    let twice = 0;
    for (let index = 0; index < points.length; index += 2) {
      const next = (index + 2) % points.length;
      twice += (points[index] ?? 0) * (points[next + 1] ?? 0) - (points[next] ?? 0) * (points[index + 1] ?? 0);
    }
    return sum + twice / 2;
  }, 0);
}

describe('a mask', () => {
  it('is filled exactly where its pixels are', () => {
    fc.assert(
      fc.property(masks, (points) => {
        const filled = pixelsOf(points);
        const { minX, minY, maxX, maxY } = maskBox(points);
        for (let y = minY - 1; y <= maxY; y += 1) {
          for (let x = minX - 1; x <= maxX; x += 1) {
            const hit = mask.hit(points, { x: x + 0.5, y: y + 0.5 }, 0.1);
            expect(hit === 'interior').toBe(filled.has(`${x} ${y}`));
          }
        }
        expect(mask.area(points)).toBe(filled.size);
      }),
      { numRuns: 60 },
    );
  });

  it('has a border of closed lines between its pixels and the others, and only there', () => {
    fc.assert(
      fc.property(masks, (points) => {
        const filled = pixelsOf(points);
        const paths = bandPaths(bandsOf(points));
        let length = 0;
        for (const { points: line } of paths) {
          for (let index = 0; index < line.length; index += 2) {
            const next = (index + 2) % line.length;
            const dx = (line[next] ?? 0) - (line[index] ?? 0);
            const dy = (line[next + 1] ?? 0) - (line[index + 1] ?? 0);
            expect(dx === 0 || dy === 0).toBe(true);
            length += Math.abs(dx) + Math.abs(dy);
          }
        }
        let expected = 0;
        for (const pixel of filled) {
          const [x = 0, y = 0] = pixel.split(' ').map(Number);
          expected += [[x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]].filter(([a, b]) => !filled.has(`${a} ${b}`)).length;
        }
        expect(length).toBe(expected);
        expect(enclosed(paths)).toBe(filled.size);
      }),
    );
  });

  it('is hit on its border exactly as far as the tolerance', () => {
    fc.assert(
      fc.property(masks, fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }), (points, dx, dy, tolerance) => {
        const at = { x: maskBox(points).minX + dx, y: maskBox(points).minY + dy };
        const far = mask.distance(points, at);
        fc.pre(Math.abs(far - tolerance) > 1e-9);
        expect(mask.hit(points, at, tolerance) === 'border').toBe(far < tolerance);
      }),
    );
  });

  it('is one band and one line where its rows are the same', () => {
    const solid = encoded(Array.from({ length: 100 * 50 }, () => true), 7, 9, 100);
    expect(bandsOf(solid)).toEqual([{ top: 9, bottom: 59, edges: [7, 107] }]);
    expect(mask.outline(solid).triangles).toHaveLength(12);
    expect(mask.outline(solid).paths[0]?.points).toHaveLength(8);
    expect(mask.outline(solid)).toBe(mask.outline(solid));
  });

  it('keeps pixels apart that meet at a corner', () => {
    const paths = bandPaths(bandsOf(encoded([true, false, false, true], 0, 0, 2)));
    expect(paths.map((path) => path.points.length)).toEqual([8, 8]);
  });

  it('moves by whole pixels, and its box only', () => {
    expect(mask.move([1, 2, 1, 10, 20, 11, 21], 2.6, -1.4)).toEqual([1, 2, 1, 13, 19, 14, 20]);
  });

  it('that is damaged harms nobody', () => {
    for (const points of [[], [1], [3, 4], [5, 5, 0, 0, -1, -1], [0, 99, 0, 0, 1, 1], [-4, 2, 0, 0, 1, 1], [0, NaN, 3, 0, 0, 1, 1], [0, 1e12, 0, 0, 9e5, 9e5]]) {
      expect(mask.area(points)).toBeGreaterThanOrEqual(0);
      const { triangles, paths } = mask.outline(points);
      expect([...triangles, ...paths.flatMap((path) => path.points)].every(Number.isFinite)).toBe(true);
      expect(mask.hit(points, { x: 0, y: 0 }, 1)).not.toBeUndefined();
    }
  });
});
