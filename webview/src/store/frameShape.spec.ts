import { describe, expect, it } from 'vitest';

import { frameShape } from './frameShape';
import { makeElement, makeElementTrack, makeShape, makeState, makeTag, makeTrack } from './testing/arbitrary';

const track = makeTrack({
  shapes: [
    { id: 7, ...makeState({ frame: 10, points: [0, 0, 10, 10], rotation: 350 }) },
    { id: 8, ...makeState({ frame: 20, points: [100, 50, 110, 60], rotation: 10 }) },
    { id: 9, ...makeState({ frame: 30, points: [100, 50, 110, 60], outside: true }) },
  ],
});

describe('frameShape', () => {
  it('interpolates a track between keyframes, turning the shorter way', () => {
    expect(frameShape(track, 15)).toMatchObject({ frame: 15, points: [50, 25, 60, 35], rotation: 0 });
    expect(frameShape(track, 20)).toMatchObject({ frame: 20, points: [100, 50, 110, 60] });
  });

  it('is null before a track begins, once it is outside, on other frames and for tags', () => {
    expect(frameShape(track, 9)).toBeNull();
    expect(frameShape(track, 30)).toBeNull();
    expect(frameShape(track, 99)).toBeNull();
    expect(frameShape(makeShape({ frame: 1 }), 0)).toBeNull();
    expect(frameShape(makeShape({ outside: true }), 0)).toBeNull();
    expect(frameShape(makeTag(), 0)).toBeNull();
  });

  it('has the attributes that were set by then', () => {
    const set = (spec_id: number, value: string) => [{ spec_id, value }];
    const changing = makeTrack({ shapes: [makeState({ attributes: set(1, 'red') }), makeState({ frame: 4, attributes: set(2, 'left') })] });
    expect(frameShape(changing, 2)?.attributes).toEqual(set(1, 'red'));
    expect(frameShape(changing, 9)?.attributes).toEqual([...set(1, 'red'), ...set(2, 'left')]);
  });

  it('moves a cuboid of a point cloud by radians', () => {
    const points = (angle: number) => [0, 0, 0, angle, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    const cuboids = makeTrack({ shapes: [makeState({ type: 'cuboid', points: points(3) }), makeState({ type: 'cuboid', frame: 2, points: points(-3) })] });
    expect(Math.abs(frameShape(cuboids, 1, { dimension: '3d', edges: () => [] })?.points[3] ?? 0)).toBeCloseTo(Math.PI, 9);
  });
});

describe('a skeleton on a frame', () => {
  const scheme = { dimension: '2d' as const, edges: (labelId: number) => (labelId === 1 ? ([[11, 12], [12, 13]] as const) : []) };
  const shape = makeShape({
    type: 'skeleton',
    points: [],
    elements: [makeElement({ label_id: 11, points: [0, 0] }), makeElement({ label_id: 12, points: [9, 0], outside: true }), makeElement({ label_id: 13, points: [9, 9] })],
  });
  const tracked = makeTrack({
    shapes: [makeState({ type: 'skeleton', points: [] }), makeState({ type: 'skeleton', points: [], frame: 20, outside: true })],
    elements: [
      makeElementTrack({ label_id: 11, shapes: [makeState({ type: 'points', points: [0, 0] }), makeState({ type: 'points', points: [10, 20], frame: 10 })] }),
      makeElementTrack({ label_id: 12, shapes: [makeState({ type: 'points', points: [5, 5], frame: 4 }), makeState({ type: 'points', points: [5, 5], frame: 8, outside: true })] }),
    ],
  });

  it('has the elements that are in the picture, and the edges between them', () => {
    expect(frameShape(shape, 0, scheme)).toMatchObject({ elements: [{ index: 0, points: [0, 0] }, { index: 2, points: [9, 9] }], edges: [] });
    const whole = makeShape({ type: 'skeleton', points: [], elements: [11, 12, 13].map((label_id) => makeElement({ label_id })) });
    expect(frameShape(whole, 0, scheme)?.edges).toEqual([[0, 1], [1, 2]]);
  });

  it('is interpolated element by element', () => {
    expect(frameShape(tracked, 2, scheme)).toMatchObject({ elements: [{ index: 0, points: [2, 4] }], edges: [] });
    expect(frameShape(tracked, 5, scheme)).toMatchObject({ elements: [{ points: [5, 10] }, { index: 1, points: [5, 5] }], edges: [[0, 1]] });
    expect(frameShape(tracked, 9, scheme)?.elements).toHaveLength(1);
    expect(frameShape(tracked, 20, scheme)).toBeNull();
  });

  it('is not there when none of its elements is', () => {
    const gone = makeElement({ label_id: 11, outside: true });
    expect(frameShape(makeShape({ type: 'skeleton', points: [], elements: [gone, gone] }), 0, scheme)).toBeNull();
  });

  it('is where its elements are when it has no keyframes of its own', () => {
    const bare = tracked.kind === 'track' ? makeTrack({ ...tracked.data, shapes: [] }) : tracked;
    expect(frameShape(bare, 30, scheme)).toMatchObject({ type: 'skeleton', elements: [{ points: [10, 20] }] });
  });
});
