import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { polygonTriangles } from './triangles';
import { isWithin, polygonArea } from './vertices';

/** Polygons around a centre, so that their sides do not cross. */
const stars = fc
  .array(fc.integer({ min: 10, max: 200 }), { minLength: 3, maxLength: 30 })
  .map((radii) => radii.flatMap((radius, index) => [300 + radius * Math.cos((2 * Math.PI * index) / radii.length), 300 + radius * Math.sin((2 * Math.PI * index) / radii.length)]));

function areaOf(triangles: readonly number[]): number {
  let area = 0;
  for (let index = 0; index < triangles.length; index += 6) area += polygonArea(triangles.slice(index, index + 6));
  return area;
}

describe('the triangles of a polygon', () => {
  it('cover its area, concave or not', () => {
    fc.assert(
      fc.property(stars, (points) => {
        expect(areaOf(polygonTriangles(points))).toBeCloseTo(polygonArea(points), 4);
      }),
    );
  });

  it('lie within it', () => {
    fc.assert(
      fc.property(stars, (points) => {
        const triangles = polygonTriangles(points);
        for (let index = 0; index < triangles.length; index += 6) {
          const three = triangles.slice(index, index + 6);
          if (polygonArea(three) < 1e-6) continue;
          const [ax = 0, ay = 0, bx = 0, by = 0, cx = 0, cy = 0] = three;
          expect(isWithin(points, { x: (ax + bx + cx) / 3, y: (ay + by + cy) / 3 })).toBe(true);
        }
      }),
    );
  });

  it('of a star that goes round twice are not those of a fan', () => {
    const pentagram = Array.from({ length: 5 }, (_, index) => [100 * Math.cos((4 * Math.PI * index) / 5), 100 * Math.sin((4 * Math.PI * index) / 5)]).flat();
    expect(areaOf(polygonTriangles(pentagram))).toBeLessThan(Math.PI * 100 * 100);
  });

  it('are none where there is no area, and harmless for damaged points', () => {
    expect(polygonTriangles([0, 0, 5, 5])).toEqual([]);
    expect(polygonTriangles([0, 0, 9, 0, 4, 1, 9, 9, 3]).every(Number.isFinite)).toBe(true);
    expect(areaOf(polygonTriangles([1, 1, 1, 1, 1, 1, 1, 1]))).toBe(0);
  });
});
