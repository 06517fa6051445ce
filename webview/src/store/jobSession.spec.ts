import { describe, expect, it } from 'vitest';

import { deleting, putting } from './change';
import { JobSession } from './jobSession';
import { MemoryJournal } from './journal';
import { toLabeledData } from './objects';
import type { JobObject, LabeledData } from './objects';
import { SaveQueue } from './saveQueue';
import type { SendResult } from './saveQueue';
import { makeShape } from './testing/arbitrary';
import { FakeClock, settle } from './testing/fakeClock';

const box = (id: number, x: number): JobObject => makeShape({ id, points: [x, 0, x + 10, 10] });

function scene(stored: JobObject[], journal = new MemoryJournal()) {
  const clock = new FakeClock();
  const fetches: (() => void)[] = [];
  let holdFetches = false;
  let result: SendResult = { kind: 'saved' };
  const daemon = { stored };
  const queue = new SaveQueue({ journal, clock, client: 'me', send: () => Promise.resolve(result) });
  const fetch = async (): Promise<LabeledData> => {
    const answer = structuredClone(toLabeledData(daemon.stored));
    if (holdFetches) await new Promise<void>((resolve) => fetches.push(resolve));
    return answer;
  };
  return {
    session: new JobSession(queue, fetch, clock),
    queue,
    journal,
    daemon,
    hold: () => (holdFetches = true),
    release: () => {
      holdFetches = false;
      for (const resolve of fetches.splice(0)) resolve();
    },
    answer: (value: SendResult) => (result = value),
  };
}

describe('JobSession', () => {
  it('lays what an earlier page left in the journal over what it reads', async () => {
    const journal = new MemoryJournal();
    await journal.append({ client: 'before', change: putting(box(1, 50)) });
    await journal.append({ client: 'before', change: deleting(2) });
    const { session, queue } = scene([box(1, 0), box(2, 0), box(3, 0)], journal);
    await session.open();
    expect([...session.document.objects()].sort((a, b) => a.id - b.id)).toEqual([box(1, 50), box(3, 0)]);
    await queue.settled();
    expect(await journal.load()).toEqual([]);
  });

  it('sends undo and redo like any other edit', async () => {
    const { session, queue, journal, answer } = scene([]);
    await session.open();
    answer({ kind: 'unreachable', message: 'away' });
    session.edit(putting(box(1, 0)), { title: 'draw rectangle', frame: 4 });
    expect(session.undo()).toMatchObject({ title: 'draw rectangle', frame: 4 });
    expect(session.document.size).toBe(0);
    expect(session.redo()).toMatchObject({ frame: 4 });
    expect(session.document.get(1)).toEqual(box(1, 0));
    await settle();
    expect((await journal.load()).map((entry) => entry.change)).toEqual([putting(box(1, 0)), deleting(1), putting(box(1, 0))]);
    queue.close();
  });

  it('merges what others changed, but not over an edit made while the answer was on its way', async () => {
    const { session, queue, daemon, hold, release } = scene([box(1, 0), box(2, 0)]);
    await session.open();
    daemon.stored = [box(1, 7), box(2, 7), box(3, 7)];
    hold();
    const merged = session.merge();
    await settle();
    session.edit(putting(box(1, 99)), { title: 'move rectangle', frame: 0 });
    await queue.settled(); // acknowledged before the stale answer arrives
    release();
    await merged;
    expect(session.document.get(1)).toEqual(box(1, 99));
    expect(session.document.get(2)).toEqual(box(2, 7));
    expect(session.document.get(3)).toEqual(box(3, 7));
  });

  it('reads once more when something changed during a merge', async () => {
    const { session, daemon, hold, release } = scene([]);
    await session.open();
    hold();
    const first = session.merge();
    await settle();
    daemon.stored = [box(5, 0)];
    const second = session.merge();
    release();
    await Promise.all([first, second]);
    expect(session.document.get(5)).toEqual(box(5, 0));
  });

  it('shows the daemon’s version again after a refused edit is discarded', async () => {
    const { session, queue, answer } = scene([box(1, 0)]);
    await session.open();
    answer({ kind: 'rejected', message: 'no' });
    session.edit(putting(box(1, 50)), { title: 'move rectangle', frame: 0 });
    await queue.settled();
    await session.merge();
    expect(session.document.get(1)).toEqual(box(1, 50)); // kept and visible until the person decides
    await session.discardRejected();
    expect(session.document.get(1)).toEqual(box(1, 0));
    expect(queue.status).toEqual({ kind: 'saved' });
  });
});
