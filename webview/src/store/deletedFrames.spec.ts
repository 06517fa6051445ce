import { describe, expect, it } from 'vitest';

import { DeletedFrames, stepOver } from './deletedFrames';

describe('stepOver', () => {
  const range = { first: 0, last: 9 };
  const skipped = (frame: number): boolean => [0, 3, 4, 9].includes(frame);

  it.each([
    [2, 1, 5],
    [5, -1, 2],
    [1, 3, 6],
    // As far as there are any.
    [6, 10, 8],
    [2, -10, 1],
    // A skipped frame is a fine place to go from.
    [3, 1, 5],
    [4, -1, 2],
    [-1, 1, 1],
    [10, -1, 8],
    [8, 1, null],
    [1, -1, null],
  ])('from %i by %i is %s', (frame, by, expected) => {
    expect(stepOver(frame, by, range, skipped)).toBe(expected);
  });
});

function scene(initial: readonly number[] = []) {
  const sent: (readonly number[])[] = [];
  const failures: unknown[] = [];
  const world: { answer: ((frames: readonly number[]) => Promise<readonly number[]>) | null } = { answer: null };
  let changes = 0;
  const deleted = new DeletedFrames({
    initial,
    send: (frames) => {
      sent.push(frames);
      return world.answer === null ? Promise.resolve(frames) : world.answer(frames);
    },
    onChange: () => (changes += 1),
    onFailure: (error) => failures.push(error),
  });
  return { deleted, sent, failures, world, changes: () => changes };
}

describe('DeletedFrames', () => {
  it('shows at once and sends the whole list', async () => {
    const { deleted, sent } = scene([7]);
    deleted.set(3, true);
    expect([...deleted.all]).toEqual([7, 3]);
    await deleted.settled();
    deleted.set(7, false);
    await deleted.settled();
    expect(sent).toEqual([[3, 7], [3]]);
    expect([...deleted.all]).toEqual([3]);
  });

  it('takes back what was refused', async () => {
    const { deleted, failures, world } = scene([7]);
    world.answer = () => Promise.reject(new Error('no'));
    deleted.set(3, true);
    await deleted.settled();
    expect([...deleted.all]).toEqual([7]);
    expect(failures).toHaveLength(1);
  });

  it('keeps what is on its way when an older list arrives', async () => {
    const { deleted } = scene();
    deleted.set(3, true);
    deleted.learn([5]);
    expect([...deleted.all].sort()).toEqual([3, 5]);
    await deleted.settled();
    expect([...deleted.all].sort()).toEqual([3, 5]);
  });

  it('sends only the last of quick changes', async () => {
    const { deleted, sent } = scene();
    deleted.set(3, true);
    deleted.set(3, false);
    await deleted.settled();
    expect(sent).toEqual([[]]);
    expect(deleted.has(3)).toBe(false);
  });

  it('tells only of changes', () => {
    const { deleted, changes } = scene([3]);
    deleted.learn([3]);
    expect(changes()).toBe(0);
    deleted.learn([4]);
    expect(changes()).toBe(1);
  });
});
