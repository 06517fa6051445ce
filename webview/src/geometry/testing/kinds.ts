/** Random shapes of every kind, for property tests. */

import fc from 'fast-check';

import type { PosedShape } from '../posed';

export const IMAGE = { width: 640, height: 480 };

const x = fc.integer({ min: 0, max: IMAGE.width });
const y = fc.integer({ min: 0, max: IMAGE.height });
const corners = (minLength: number, maxLength: number): fc.Arbitrary<number[]> => fc.array(fc.tuple(x, y), { minLength, maxLength }).map((all) => all.flat());
const boxes = fc.tuple(x, y, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }));

/** A mask of random pixels within a box of at most 12 by 12. */
export const masks: fc.Arbitrary<number[]> = fc
  .tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 440 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([left, top, width, height]) =>
    fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height }).map((pixels) => encoded(pixels, left, top, width)),
  );

/** Run lengths of pixels, row by row, and the box. */
export function encoded(pixels: readonly boolean[], left: number, top: number, width: number): number[] {
  const runs: number[] = [];
  let filled = false;
  let count = 0;
  for (const pixel of pixels) {
    if (pixel !== filled) {
      runs.push(count);
      count = 0;
      filled = pixel;
    }
    count += 1;
  }
  return [...runs, count, left, top, left + width - 1, top + pixels.length / width - 1];
}

const upright = fc.constantFrom(0, 0, 30, 90, 200.5);
const plain = { points: corners(3, 9), rotation: fc.constant(0) };

/** Shapes of one piece; their points may lie on, but not beyond, the image's edges. */
export const pieces: fc.Arbitrary<PosedShape> = fc.oneof(
  fc.record({ type: fc.constant('rectangle'), points: boxes.map(([left, top, width, height]) => [left, top, left + width, top + height]), rotation: upright }),
  fc.record({ type: fc.constant('ellipse'), points: boxes.map(([cx, cy, rx, ry]) => [cx, cy, cx + rx, cy - ry]), rotation: upright }),
  fc.record({ type: fc.constantFrom('polygon', 'polyline', 'points'), ...plain }),
  fc.record({ type: fc.constant('cuboid'), points: corners(8, 8), rotation: fc.constant(0) }),
  fc.record({ type: fc.constant('mask'), points: masks, rotation: fc.constant(0) }),
);

const joints = fc.array(fc.record({ type: fc.constant('points'), points: corners(1, 1), rotation: fc.constant(0) }), { minLength: 1, maxLength: 6 });

export const skeletons: fc.Arbitrary<PosedShape> = joints.map((elements) => ({
  type: 'skeleton',
  points: [],
  rotation: 0,
  elements,
  edges: elements.slice(1).map((_, index) => [index, index + 1] as const),
}));

/** Shapes of every kind. */
export const shapes: fc.Arbitrary<PosedShape> = fc.oneof({ weight: 4, arbitrary: pieces }, skeletons);

export const positions = fc.record({ x: fc.double({ min: -100, max: 740, noNaN: true }), y: fc.double({ min: -100, max: 580, noNaN: true }) });
