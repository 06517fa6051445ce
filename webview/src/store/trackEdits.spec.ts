import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { frameShape } from './frameShape';
import type { JobObject, Track } from './objects';
import { jobObjects, makeElementTrack, makeShape, makeState, makeTag, makeTrack } from './testing/arbitrary';
import { flagged, hasKeyframe, withKeyframeOn, withoutKeyframe } from './trackEdits';

const set = (value: string) => [{ spec_id: 1, value }];

function trackOf(object: JobObject): Track {
  if (object.kind !== 'track') throw new Error('no track');
  return object.data;
}

const box = trackOf(
  makeTrack({
    shapes: [
      makeState({ frame: 2, points: [0, 0, 10, 10], attributes: set('a') }),
      makeState({ frame: 10, points: [80, 0, 90, 10] }),
      makeState({ frame: 20, points: [80, 0, 90, 10], attributes: set('b') }),
    ],
  }),
);
const line = (from: number, to: number) => [makeState({ type: 'points', points: [0, 0], frame: from }), makeState({ type: 'points', points: [8, 8], frame: to })];
const body = trackOf(
  makeTrack({
    shapes: [makeState({ type: 'skeleton', points: [] })],
    elements: [makeElementTrack({ shapes: line(0, 8) }), makeElementTrack({ label_id: 12, shapes: line(6, 9) })],
  }),
);

describe('a keyframe', () => {
  it('is set where there was none, with what is seen there and no attribute that is in force', () => {
    const edited = withKeyframeOn(box, 6, '2d');
    expect(edited.shapes.map((shape) => shape.frame)).toEqual([2, 6, 10, 20]);
    expect(edited.shapes[1]).toMatchObject({ points: [40, 0, 50, 10], attributes: [] });
    expect([hasKeyframe(box, 6), hasKeyframe(edited, 6)]).toEqual([false, true]);
  });

  it('of a skeleton is one of each element that has begun', () => {
    const edited = withKeyframeOn(body, 4, '2d');
    expect(edited.shapes.map((shape) => shape.frame)).toEqual([0, 4]);
    expect(edited.elements.map((element) => element.shapes.map((shape) => shape.frame))).toEqual([[0, 4, 8], [6, 9]]);
  });

  it('changes nothing that is seen where everything is linear', () => {
    fc.assert(
      fc.property(jobObjects, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), (object, at, frame) => {
        fc.pre(object.kind === 'track' && ['rectangle', 'skeleton'].includes(object.data.shapes[0]?.type ?? ''));
        const edited: JobObject = { ...object, kind: 'track', data: withKeyframeOn(trackOf(object), at, '2d') };
        const before = frameShape(object, frame);
        const after = frameShape(edited, frame);
        expect(after === null).toBe(before === null);
        after?.points.forEach((value, index) => expect(value).toBeCloseTo(before?.points[index] ?? NaN, 6));
        expect(after?.attributes).toEqual(before?.attributes);
        expect(after?.elements?.length).toBe(before?.elements?.length);
      }),
    );
  });

  it('is removed; where it was the first, the track begins at the next with its attributes', () => {
    expect(withoutKeyframe(box, 10)?.shapes.map((shape) => shape.frame)).toEqual([2, 20]);
    const later = withoutKeyframe(box, 2);
    expect(later).toMatchObject({ frame: 10, shapes: [{ frame: 10, attributes: set('a') }, { frame: 20, attributes: set('b') }] });
  });

  it('is not removed when it is the only one; an element’s only one goes to the nearest', () => {
    expect(withoutKeyframe({ ...box, shapes: [makeState({ frame: 2 })] }, 2)).toBeNull();
    const short = { ...body, elements: [makeElementTrack({ shapes: [makeState({ type: 'points', points: [1, 1], frame: 4 })] })] };
    expect(withoutKeyframe(short, 4)?.elements[0]?.shapes.map((shape) => shape.frame)).toEqual([0]);
  });
});

describe('a flag', () => {
  const object = (data: Track): JobObject => ({ kind: 'track', id: data.id, data });

  it('takes a track out of the picture up to its next keyframe', () => {
    const gone = flagged(object(box), 6, { outside: true }, '2d');
    expect([5, 6, 9, 10].map((frame) => frameShape(gone, frame) === null)).toEqual([false, true, true, false]);
    expect(frameShape(flagged(gone, 6, { outside: false }, '2d'), 6)).toMatchObject({ points: [40, 0, 50, 10] });
  });

  it('is that of a skeleton’s elements too', () => {
    const covered = flagged(object(body), 7, { occluded: true }, '2d');
    expect(frameShape(covered, 7)).toMatchObject({ occluded: true, elements: [{ occluded: true }, { occluded: true }] });
    expect(frameShape(covered, 6)).toMatchObject({ occluded: false, elements: [{ occluded: false }, { occluded: false }] });
  });

  it('leaves tags alone, and shapes in the picture', () => {
    const tag = makeTag();
    const shape = makeShape();
    expect(flagged(tag, 0, { occluded: true }, '2d')).toBe(tag);
    expect(flagged(shape, 0, { outside: true }, '2d')).toBe(shape);
    expect(flagged(shape, 0, { occluded: true }, '2d')).toMatchObject({ data: { occluded: true } });
  });
});
