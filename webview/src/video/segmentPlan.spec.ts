import { describe, expect, it } from 'vitest';

import { frameAt, sourcePlan, transcodedPlan } from './segmentPlan';

it('takes numbers from times, and none from packets that are not shown', () => {
  expect([0, 1000, 107_999_000].map(frameAt)).toEqual([0, 1, 107_999]);
  expect([-1000, 300, 1700, 999].map(frameAt)).toEqual([null, null, null, null]);
});

describe('segments of the video itself', () => {
  const plan = sourcePlan([0, 10, 25], [0, 8, 25]);

  it.each([
    [0, 0, 0],
    [7, 0, 0],
    // Shown before the keyframe 10, but stored after it.
    [8, 0, 1],
    [9, 0, 1],
    [10, 1, 1],
    [24, 1, 1],
    [25, 2, 2],
    [999, 2, 2],
  ])('frame %i is decoded from segment %i on and is in %i', (frame, first, last) => {
    expect(plan.of(frame)).toEqual({ first, last });
  });

  it('knows which can be begun with', () => {
    expect([0, 1, 2].map((segment) => plan.isClosed(segment))).toEqual([true, false, true]);
    expect(plan.count).toBe(3);
  });
});

it('has segments of equal length where the daemon encodes', () => {
  const plan = transcodedPlan(50, 24);
  expect([plan.count, plan.of(23), plan.of(24), plan.keyOf(2)]).toEqual([3, { first: 0, last: 0 }, { first: 1, last: 1 }, 48]);
});
