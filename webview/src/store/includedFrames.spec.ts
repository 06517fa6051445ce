import { describe, expect, it } from 'vitest';

import { includedFrames, nearestIncluded } from './includedFrames';

describe('the frames that a job has', () => {
  it('are all of its range, unless it is ground truth', () => {
    expect(includedFrames(null)).toBeNull();
    expect(includedFrames(undefined)).toBeNull();
    expect(nearestIncluded(5, null)).toBe(5);
  });

  it.each([
    [2, 2],
    [0, 2],
    [4, 6],
    [3, 2],
    [9, 6],
  ])('next to %i is %i', (frame, expected) => {
    expect(nearestIncluded(frame, includedFrames([2, 6]))).toBe(expected);
  });
});
