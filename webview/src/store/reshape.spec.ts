import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { posedMove, posedNormal } from '../geometry/posed';
import { frameShape } from './frameShape';
import type { FrameShape } from './frameShape';
import { reshaped } from './reshape';
import type { JobObject, Track } from './objects';
import { IMAGE, jobObjects, makeElement, makeElementTrack, makeShape, makeState, makeTag, makeTrack } from './testing/arbitrary';

const track = makeTrack({
  shapes: [
    { id: 7, ...makeState({ frame: 10, points: [0, 0, 10, 10], attributes: [{ spec_id: 1, value: 'a' }] }) },
    { id: 8, ...makeState({ frame: 20, points: [100, 50, 110, 60], attributes: [{ spec_id: 1, value: 'b' }] }) },
    { id: 9, ...makeState({ frame: 30, points: [100, 50, 110, 60], outside: true }) },
  ],
});

/** The object with other points on a frame. */
function at(object: JobObject, frame: number, points: readonly number[]): JobObject {
  const shape = frameShape(object, frame);
  return shape === null ? object : reshaped(object, frame, { ...shape, points }, IMAGE);
}

function trackOf(object: JobObject): Track {
  if (object.kind !== 'track') throw new Error('the kind changed');
  return object.data;
}

function elementPoints(shape: FrameShape | null): unknown {
  return shape?.elements?.map((element) => element.points);
}

describe('a shape put elsewhere', () => {
  it('makes a new keyframe between others, without an id, with the state that was interpolated', () => {
    const edited = at(track, 15, [60, 60, 20, 20]);
    expect(trackOf(edited).shapes.map((shape) => [shape.frame, shape.id])).toEqual([[10, 7], [15, undefined], [20, 8], [30, 9]]);
    expect(trackOf(edited).shapes[1]).toMatchObject({ points: [20, 20, 60, 60], outside: false, attributes: [] });
    expect(frameShape(edited, 15)?.attributes).toEqual([{ spec_id: 1, value: 'a' }]);
    expect(frameShape(edited, 20)).toEqual(frameShape(track, 20));
  });

  it('replaces a keyframe, which keeps its id and what it sets', () => {
    const edited = trackOf(at(track, 20, [1, 2, 3, 4]));
    expect(edited.shapes.map((shape) => [shape.frame, shape.id])).toEqual([[10, 7], [20, 8], [30, 9]]);
    expect(edited.shapes[1]).toMatchObject({ points: [1, 2, 3, 4], attributes: [{ spec_id: 1, value: 'b' }] });
  });

  it('stays inside the image; tags and what is not there stay as they are', () => {
    expect(at(makeShape(), 0, [-5, 5, 9999, 6.123456])).toMatchObject({ data: { points: [0, 5, 640, 6.12] } });
    const shape = frameShape(track, 10);
    if (shape === null) throw new Error('not seen');
    const tag = makeTag();
    expect(reshaped(tag, 0, shape, IMAGE)).toBe(tag);
    expect(reshaped(track, 5, shape, IMAGE)).toBe(track);
  });

  it('is found where it was put, whatever it is', () => {
    fc.assert(
      fc.property(jobObjects, fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 4 }), (object, dx, dy, frame) => {
        const before = frameShape(object, frame);
        if (before === null) return;
        const moved = posedNormal(posedMove(before, dx, dy, IMAGE), IMAGE);
        const after = frameShape(reshaped(object, frame, moved, IMAGE), frame);
        expect(after?.points).toEqual(moved.points);
        expect(elementPoints(after)).toEqual(elementPoints(moved));
        expect(after?.attributes).toEqual(before.attributes);
      }),
    );
  });
});

describe('a skeleton put elsewhere', () => {
  const joint = (label_id: number, points: number[], outside = false) => makeElement({ type: 'points', label_id, points, outside });

  it('keeps the elements that are not in the picture', () => {
    const shape = makeShape({ type: 'skeleton', points: [], elements: [joint(11, [1, 1]), joint(12, [5, 5], true), joint(13, [9, 9])] });
    const before = frameShape(shape, 0);
    const edited = before === null ? shape : reshaped(shape, 0, posedMove(before, 2, 3, IMAGE), IMAGE);
    expect(edited).toMatchObject({ data: { points: [], elements: [{ points: [3, 4] }, { points: [5, 5], outside: true }, { points: [11, 12] }] } });
  });

  it('gets keyframes for the elements that were moved only', () => {
    const line = (...points: number[]) => [makeState({ type: 'points', points }), makeState({ type: 'points', points, frame: 10 })];
    const tracked = makeTrack({
      shapes: [makeState({ type: 'skeleton', points: [] })],
      elements: [makeElementTrack({ label_id: 11, shapes: line(1, 1) }), makeElementTrack({ label_id: 12, shapes: line(5, 5) })],
    });
    const before = frameShape(tracked, 4);
    if (before === null) throw new Error('not seen');
    const [first, second] = before.elements ?? [];
    if (first === undefined || second === undefined) throw new Error('no elements');
    const edited = trackOf(reshaped(tracked, 4, { ...before, elements: [first, { ...second, points: [6, 7] }] }, IMAGE));
    expect(edited.shapes).toHaveLength(1);
    expect(edited.elements.map((element) => element.shapes.map((shape) => shape.frame))).toEqual([[0, 10], [0, 4, 10]]);
    expect(edited.elements[1]?.shapes[1]?.points).toEqual([6, 7]);
  });
});
