import { describe, expect, it } from 'vitest';

import { frameShape, withPoints } from './frameShape';
import { IMAGE, makeShape, makeState, makeTag, makeTrack } from './testing/arbitrary';

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
    expect(frameShape(makeTag(), 0)).toBeNull();
  });
});

describe('withPoints', () => {
  it('puts a new keyframe between others, without an id of its own', () => {
    const edited = withPoints(track, 15, [60, 60, 20, 20], IMAGE);
    if (edited.kind !== 'track') throw new Error('the kind changed');
    expect(edited.data.shapes.map((shape) => [shape.frame, shape.id])).toEqual([[10, 7], [15, undefined], [20, 8], [30, 9]]);
    expect(frameShape(edited, 15)?.points).toEqual([20, 20, 60, 60]);
    expect(frameShape(edited, 20)).toEqual(frameShape(track, 20));
  });

  it('replaces a keyframe, which keeps its id', () => {
    const edited = withPoints(track, 20, [1, 2, 3, 4], IMAGE);
    if (edited.kind !== 'track') throw new Error('the kind changed');
    expect(edited.data.shapes.map((shape) => [shape.frame, shape.id])).toEqual([[10, 7], [20, 8], [30, 9]]);
    expect(edited.data.shapes[1]?.points).toEqual([1, 2, 3, 4]);
  });

  it('keeps a shape inside the image and leaves tags alone', () => {
    expect(withPoints(makeShape(), 0, [-5, 5, 9999, 6.123456], IMAGE)).toMatchObject({ data: { points: [0, 5, 640, 6.12] } });
    const tag = makeTag();
    expect(withPoints(tag, 0, [1, 2, 3, 4], IMAGE)).toBe(tag);
  });
});
