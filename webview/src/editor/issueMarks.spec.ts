import { expect, it } from 'vitest';

import { issueItem, issuePosition } from './issueMarks';

const MARK = { id: 7, frame: 3, resolved: false };

it('draws a box whichever corners it was given by, and nothing of the whole frame or of half a point', () => {
  const box = issueItem({ ...MARK, position: [30, 40, 10, 20] }, false);
  expect(box).toEqual(issueItem({ ...MARK, position: [10, 20, 30, 40] }, false));
  expect(box?.outline.paths).toHaveLength(1);
  for (const position of [[], [1], [1, 2, 3]]) expect(issueItem({ ...MARK, position }, false)).toBeNull();
  expect(issueItem({ ...MARK, position: [5, 6] }, false)).not.toBeNull();
  expect(issueItem({ ...MARK, position: [0, 0, 9, 0, 9, 9] }, true)?.outline.paths[0]?.closed).toBe(true);
});

it('points to what is selected, else to the pointer, else to the whole frame', () => {
  const one = { type: 'rectangle', points: [10, 20, 30, 40], rotation: 0 };
  const other = { type: 'polygon', points: [50, 5, 60, 5, 60, 9.12345], rotation: 0 };
  expect(issuePosition([one, null, other], { x: 1, y: 1 })).toEqual([10, 5, 60, 40]);
  expect(issuePosition([null], { x: 1.23456, y: 2 })).toEqual([1.23, 2]);
  expect(issuePosition([], null)).toEqual([]);
});
