import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { settled, stateAt } from './keyframes';
import type { Keyframe } from './keyframes';
import { exportedVectors, referenceVectors } from './testing/vectors';
import type { Expected, Vector } from './testing/vectors';

const CLOSE = 1e-6;

function keyframe(over: Partial<Keyframe> = {}): Keyframe {
  return { type: 'rectangle', frame: 0, points: [0, 0, 10, 10], rotation: 0, occluded: false, outside: false, z_order: 0, attributes: [], ...over };
}

/** What differs from the expected state, in words; null when nothing does. */
function fault(seen: Keyframe | null, expected: Expected): string | null {
  const on = `frame ${expected.frame}`;
  if (seen === null) return `${on}: no state`;
  if (seen.outside !== expected.outside) return `${on}: outside ${String(seen.outside)}`;
  if (seen.occluded !== expected.occluded) return `${on}: occluded ${String(seen.occluded)}`;
  if (Math.abs(seen.rotation - expected.rotation) > CLOSE) return `${on}: rotation ${seen.rotation}, not ${expected.rotation}`;
  if (seen.points.length !== expected.points.length) return `${on}: ${seen.points.length} numbers, not ${expected.points.length}`;
  const wrong = seen.points.findIndex((value, index) => !(Math.abs(value - (expected.points[index] ?? NaN)) <= CLOSE));
  if (wrong >= 0) return `${on}: number ${wrong} is ${seen.points[wrong] ?? 'missing'}, not ${expected.points[wrong] ?? 'there'}`;
  const values = (state: Pick<Expected, 'attributes'>): string => JSON.stringify((state.attributes ?? []).map(({ spec_id, value }) => [spec_id, value]).sort());
  if (expected.attributes !== undefined && values(seen) !== values(expected)) return `${on}: attributes ${values(seen)}, not ${values(expected)}`;
  return null;
}

/** Everything that is wrong with a case. */
function faults({ keyframes, expected, end_frame, dimension }: Vector): string[] {
  const found: string[] = [];
  const byFrame = new Map(expected.map((state) => [state.frame, state]));
  const own = new Set(keyframes.map((one) => one.frame));
  for (let frame = 0; frame < end_frame; frame += 1) {
    const state = byFrame.get(frame);
    const seen = stateAt(keyframes, frame, dimension);
    if (state === undefined) {
      if (seen !== null) found.push(`frame ${frame}: a state`);
      continue;
    }
    const wrong = fault(seen, state);
    if (wrong !== null) found.push(wrong);
    if (own.has(frame) !== state.keyframe) found.push(`frame ${frame}: keyframe ${String(own.has(frame))}`);
  }
  return found;
}

describe('interpolated tracks', () => {
  for (const [title, vectors] of [
    ['the Python core', exportedVectors()],
    ['the reference, tracks of one piece', referenceVectors('track-interpolation')],
    ['the reference, skeletons and masks', referenceVectors('skeleton-tracks')],
  ] as const) {
    it.skipIf(vectors.length === 0)(`are those of ${title}`, () => {
      const wrong = vectors.flatMap((vector, index) => faults(vector).map((text) => `case ${index} (${vector.type}), ${text}`));
      expect(wrong).toEqual([]);
    });
  }
});

const coordinate = fc.integer({ min: -500, max: 500 });
const flat = (min: number, max: number): fc.Arbitrary<number[]> => fc.array(fc.tuple(coordinate, coordinate), { minLength: min, maxLength: max }).map((all) => all.flat());
const kinds = fc.oneof(
  fc.tuple(fc.constant('rectangle'), flat(2, 2), flat(2, 2)),
  fc.tuple(fc.constant('ellipse'), flat(2, 2), flat(2, 2)),
  fc.tuple(fc.constant('cuboid'), flat(8, 8), flat(8, 8)),
  fc.tuple(fc.constantFrom('polygon', 'polyline', 'points'), flat(0, 12), flat(0, 12)),
  fc.tuple(fc.constant('mask'), fc.constant([1, 2, 1, 0, 0, 1, 1]), fc.constant([0, 4, 5, 5, 6, 6])),
);
const pairs = fc.tuple(kinds, fc.integer({ min: 1, max: 20 }), fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0, max: 360, noNaN: true })).map(
  ([[type, from, to], gap, before, after]) => [keyframe({ type, points: from, rotation: before }), keyframe({ type, points: to, rotation: after, frame: gap })] as const,
);
const dimensions = fc.constantFrom('2d' as const, '3d' as const);

describe('a state between keyframes', () => {
  it('is the keyframe itself on its frame, and the last one for ever after', () => {
    fc.assert(
      fc.property(pairs, dimensions, ([before, after], dimension) => {
        const track = [before, after];
        expect(stateAt(track, before.frame, dimension)).toBe(before);
        expect(stateAt(track, after.frame, dimension)).toBe(after);
        expect(stateAt(track, before.frame - 1, dimension)).toBeNull();
        expect(stateAt(track, after.frame + 7, dimension)).toEqual({ ...after, frame: after.frame + 7 });
      }),
    );
  });

  it('has finite numbers in pairs, and no more points than both keyframes together', () => {
    fc.assert(
      fc.property(pairs, dimensions, fc.nat(), ([before, after], dimension, at) => {
        const state = stateAt([before, after], at % after.frame, dimension);
        const numbers = state?.points ?? [NaN];
        expect(numbers.every(Number.isFinite)).toBe(true);
        expect(numbers.length).toBeLessThanOrEqual(before.points.length + after.points.length + 2);
        if (before.type !== 'mask') expect(numbers.length % 2).toBe(0);
        if (before.points.length > 0) expect(numbers.length).toBeGreaterThan(0);
        expect(state?.rotation).toBeGreaterThanOrEqual(0);
        expect(state?.rotation).toBeLessThanOrEqual(360);
      }),
    );
  });

  it('lies within the box of both keyframes', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), ([before, after], at) => {
        fc.pre(['polygon', 'polyline', 'rectangle', 'cuboid'].includes(before.type));
        const all = [...before.points, ...after.points];
        for (const axis of [0, 1]) {
          const on = (points: readonly number[]): number[] => points.filter((_, index) => index % 2 === axis);
          const seen = on(stateAt([before, after], at % (after.frame + 1), '2d')?.points ?? []);
          if (seen.length === 0) continue;
          expect(Math.min(...seen)).toBeGreaterThanOrEqual(Math.min(...on(all)) - CLOSE);
          expect(Math.max(...seen)).toBeLessThanOrEqual(Math.max(...on(all)) + CLOSE);
        }
      }),
    );
  });

  it('has finite numbers for curves without length', () => {
    for (const type of ['polygon', 'polyline']) {
      const still = keyframe({ type, points: [5, 5, 5, 5, 5, 5] });
      const moving = keyframe({ type, points: [0, 0, 10, 0, 10, 10, 0, 10], frame: 4 });
      for (const track of [[still, moving], [{ ...moving, frame: 0 }, { ...still, frame: 4 }], [still, { ...still, frame: 4 }]]) {
        for (const frame of [1, 2, 3]) expect(stateAt(track, frame, '2d')?.points.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('turns the shorter way round', () => {
    const at = (from: number, to: number): number | undefined => stateAt([keyframe({ rotation: from }), keyframe({ rotation: to, frame: 2 })], 1, '2d')?.rotation;
    expect([at(350, 10), at(10, 350), at(0, 170), at(0, 190)]).toEqual([0, 0, 85, 275]);
  });

  it('turns cuboids of point clouds by radians, the shorter way round', () => {
    const points = (angle: number): number[] => [0, 0, 0, angle, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    const track = [keyframe({ type: 'cuboid', points: points(3) }), keyframe({ type: 'cuboid', points: points(-3), frame: 2 })];
    expect(Math.abs(stateAt(track, 1, '3d')?.points[3] ?? 0)).toBeCloseTo(Math.PI, 9);
    expect(stateAt(track, 1, '2d')?.points[3]).toBe(0); // of the same track, asked for another dimension
  });

  it('is held where keyframes are of different types, and between several points', () => {
    const box = keyframe();
    expect(stateAt([box, keyframe({ type: 'polygon', points: [0, 0, 9, 9, 0, 9], frame: 9 })], 5, '2d')).toEqual({ ...box, frame: 5 });
    const two = keyframe({ type: 'points', points: [1, 1, 2, 2], rotation: 20 });
    expect(stateAt([two, { ...two, points: [5, 5, 6, 6], rotation: 60, frame: 9 }], 5, '2d')).toEqual({ ...two, frame: 5 });
  });

  it('keeps flags, layer and attributes of the keyframe before', () => {
    const set = (...values: string[]): Keyframe['attributes'] => values.map((value, index) => ({ spec_id: index + 1, value }));
    const track = [
      keyframe({ occluded: true, z_order: 3, attributes: set('a', 'b') }),
      keyframe({ frame: 4, outside: true, attributes: [{ spec_id: 1, value: 'c' }] }),
      keyframe({ frame: 8 }),
    ];
    expect(stateAt(track, 2, '2d')).toMatchObject({ occluded: true, outside: false, z_order: 3, attributes: set('a', 'b') });
    expect(stateAt(track, 6, '2d')).toMatchObject({ occluded: false, outside: true, z_order: 0 });
    expect(new Set(stateAt(track, 6, '2d')?.attributes)).toEqual(new Set(set('c', 'b')));
    expect(new Set(stateAt(track, 9, '2d')?.attributes)).toEqual(new Set(set('c', 'b')));
  });

  it('is found whatever the order of the keyframes; the last one on a frame counts', () => {
    const track = [keyframe({ frame: 8, points: [8, 8, 9, 9] }), keyframe({ frame: 0 }), keyframe({ frame: 0, points: [0, 0, 1, 1] })];
    expect(settled(track).map((one) => one.frame)).toEqual([0, 8]);
    expect(stateAt(track, 4, '2d')?.points).toEqual([4, 4, 5, 5]);
    expect(settled(track)).toBe(settled(track));
  });
});
