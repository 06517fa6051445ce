import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { coalesce, deleting, putting } from './change';
import type { ChangeSet, ChangesRequest } from './change';
import { JobDocument } from './document';
import { MemoryJournal } from './journal';
import type { Journal } from './journal';
import { objectsOf } from './objects';
import type { JobObject } from './objects';
import { SaveQueue } from './saveQueue';
import type { SendResult } from './saveQueue';
import { changes, makeShape } from './testing/arbitrary';
import { FakeClock, settle } from './testing/fakeClock';

type Weather = 'fine' | 'down' | 'answer lost' | 'slow';

/** A daemon that can fail in every way a network offers, and refuses labels above 2 when it is told to. */
class FakeDaemon {
  readonly document = new JobDocument();
  readonly requests: ChangesRequest[] = [];
  weather: Weather = 'fine';
  strict = false;
  #held: (() => void)[] = [];

  readonly send = async (request: ChangesRequest): Promise<SendResult> => {
    this.requests.push(request);
    const weather = this.weather;
    if (weather === 'slow') await new Promise<void>((resolve) => this.#held.push(resolve));
    if (weather === 'down') throw new Error('connection refused');
    const put = [...objectsOf(request.put)];
    if (this.strict && put.some((object) => object.data.label_id > 2)) return { kind: 'rejected', message: 'no such label' };
    this.document.apply({ put, delete: request.delete });
    return weather === 'answer lost' ? { kind: 'unreachable', message: 'no answer' } : { kind: 'saved' };
  };

  answer(): void {
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

class Page {
  readonly clock = new FakeClock();
  readonly queue: SaveQueue;

  constructor(journal: Journal, daemon: FakeDaemon, client = 'page') {
    this.queue = new SaveQueue({ journal, send: daemon.send, clock: this.clock, client });
  }
}

function contents(document: JobDocument): JobObject[] {
  return [...document.objects()].sort((a, b) => a.id - b.id);
}

function applied(edits: readonly ChangeSet[]): JobObject[] {
  const document = new JobDocument();
  for (const edit of edits) document.apply(edit);
  return contents(document);
}

const box = (id: number, x: number, label = 1): JobObject => makeShape({ id, label_id: label, points: [x, 0, x + 10, 10] });

describe('SaveQueue', () => {
  it('brings every edit to the daemon, in order, through any failures and reloads', async () => {
    const event = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('edit' as const), change: changes }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('weather' as const), weather: fc.constantFrom<Weather>('fine', 'down', 'answer lost', 'slow') }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), by: fc.constantFrom(0, 600, 20_000) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (script) => {
        const daemon = new FakeDaemon();
        const journal = new MemoryJournal();
        let page = new Page(journal, daemon);
        const edits: ChangeSet[] = [];
        for (const step of script) {
          if (step.kind === 'edit') {
            edits.push(step.change);
            await page.queue.edit(step.change);
          } else if (step.kind === 'weather') {
            daemon.weather = step.weather;
            daemon.answer();
          } else if (step.kind === 'wait') {
            page.clock.advance(step.by);
          } else {
            daemon.answer(); // a request of a page that is gone has arrived or never will
            page.queue.close();
            await settle();
            const shown = new JobDocument(contents(daemon.document));
            page = new Page(journal, daemon);
            shown.apply(await page.queue.open());
            // What the new page shows is what the person had drawn.
            expect(contents(shown)).toEqual(applied(edits));
          }
          await settle();
        }
        daemon.weather = 'fine';
        daemon.answer();
        await settle();
        page.queue.retryNow();
        await page.queue.settled();
        expect(page.queue.status).toEqual({ kind: 'saved' });
        expect(contents(daemon.document)).toEqual(applied(edits));
        expect(await journal.load()).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps to one request at a time and sends together what came meanwhile', async () => {
    const daemon = new FakeDaemon();
    const { queue } = new Page(new MemoryJournal(), daemon);
    daemon.weather = 'slow';
    for (let x = 0; x < 5; x += 1) void queue.edit(putting(box(1, x)));
    await settle();
    expect(daemon.requests).toHaveLength(1);
    expect(queue.status).toEqual({ kind: 'saving', pending: 5 });
    daemon.weather = 'fine';
    daemon.answer();
    await queue.settled();
    expect(daemon.requests.map((request) => request.put.shapes.map((shape) => shape.points[0]))).toEqual([[0], [4]]);
  });

  it('says that it is offline, waits longer each time, and says saved when the daemon is back', async () => {
    const daemon = new FakeDaemon();
    const { queue, clock } = new Page(new MemoryJournal(), daemon);
    daemon.weather = 'down';
    await queue.edit(putting(box(1, 0)));
    await settle();
    expect(queue.status).toEqual({ kind: 'offline', pending: 1, message: 'connection refused' });
    const tries: number[] = [];
    for (let waited = 0; waited < 8000; waited += 500) {
      clock.advance(500);
      await settle();
      if (daemon.requests.length > tries.length + 1) tries.push(waited + 500);
    }
    expect(tries).toEqual([500, 1500, 3500, 7500]);
    daemon.weather = 'fine';
    clock.advance(20_000);
    await queue.settled();
    expect(queue.status).toEqual({ kind: 'saved' });
  });

  it('finds the one edit that is refused, saves the others, and keeps the refused one', async () => {
    const daemon = new FakeDaemon();
    const journal = new MemoryJournal();
    const { queue } = new Page(journal, daemon);
    daemon.strict = true;
    daemon.weather = 'slow';
    void queue.edit(putting(box(1, 0)));
    void queue.edit(putting(box(2, 0)));
    void queue.edit(putting(box(3, 0, 9)));
    void queue.edit(putting(box(4, 0)));
    daemon.weather = 'fine';
    daemon.answer();
    await queue.settled();
    expect(contents(daemon.document).map((object) => object.id)).toEqual([1, 2, 4]);
    expect(queue.status).toEqual({ kind: 'rejected', message: 'no such label', rejected: 1, pending: 0 });
    expect(queue.pendingIds()).toEqual(new Set([3]));
    expect(await journal.load()).toHaveLength(1);
  });

  it('drops a refused edit as soon as a later one says the same objects anew', async () => {
    const daemon = new FakeDaemon();
    const journal = new MemoryJournal();
    const { queue } = new Page(journal, daemon);
    daemon.strict = true;
    await queue.edit({ put: [box(3, 0, 9), box(5, 0)], delete: [] });
    await queue.settled();
    await queue.edit(putting(box(3, 1)));
    await queue.settled();
    expect(queue.status).toMatchObject({ kind: 'rejected', rejected: 1 });
    expect(queue.pendingIds()).toEqual(new Set([5]));
    await queue.edit(deleting(5));
    await queue.settled();
    expect(queue.status).toEqual({ kind: 'saved' });
    expect(contents(daemon.document)).toEqual([box(3, 1)]);
    expect(await journal.load()).toEqual([]);
  });

  it('does not bring a refused version back over a newer, saved one after a reload', async () => {
    const daemon = new FakeDaemon();
    const journal = new MemoryJournal();
    const first = new Page(journal, daemon);
    daemon.strict = true;
    await first.queue.edit({ put: [box(3, 0, 9), box(5, 0, 9)], delete: [] });
    await first.queue.settled();
    await first.queue.edit(putting(box(3, 1)));
    await first.queue.settled();
    first.queue.close();
    daemon.strict = false;
    const second = new Page(journal, daemon);
    await second.queue.open();
    await second.queue.settled();
    expect(contents(daemon.document)).toEqual([box(3, 1), box(5, 0, 9)]);
  });

  it('retries or discards what was refused when the person says so', async () => {
    const daemon = new FakeDaemon();
    const journal = new MemoryJournal();
    const { queue } = new Page(journal, daemon);
    daemon.strict = true;
    await queue.edit(putting(box(1, 0, 9)));
    await queue.settled();
    queue.retryRejected();
    await queue.settled();
    expect(queue.status.kind).toBe('rejected');
    expect(queue.discardRejected()).toEqual([1]);
    await queue.settled();
    expect(queue.status).toEqual({ kind: 'saved' });
    expect(await journal.load()).toEqual([]);

    await queue.edit(putting(box(2, 0, 9)));
    await queue.settled();
    daemon.strict = false;
    queue.retryRejected();
    await queue.settled();
    expect(queue.status).toEqual({ kind: 'saved' });
    expect(contents(daemon.document)).toEqual([box(2, 0, 9)]);
  });

  it('leaves the edits of another page that is still open alone', async () => {
    const daemon = new FakeDaemon();
    const journal = new MemoryJournal();
    daemon.weather = 'down';
    await new Page(journal, daemon, 'open').queue.edit(putting(box(1, 0)));
    await new Page(journal, daemon, 'gone').queue.edit(putting(box(2, 0)));
    daemon.weather = 'fine';
    const page = new Page(journal, daemon, 'new');
    expect(await page.queue.open((client) => client !== 'open')).toEqual(putting(box(2, 0)));
    await page.queue.settled();
    expect((await journal.load()).map((entry) => entry.client)).toEqual(['open']);
  });

  it('splits a long time offline into several requests', async () => {
    const daemon = new FakeDaemon();
    const page = new Page(new MemoryJournal(), daemon);
    daemon.weather = 'down';
    for (let start = 0; start < 5; start += 1) {
      await page.queue.edit({ put: Array.from({ length: 900 }, (_, index) => box(start * 900 + index + 1, 0)), delete: [] });
    }
    await settle();
    daemon.weather = 'fine';
    daemon.requests.length = 0;
    page.queue.retryNow();
    await page.queue.settled();
    expect(daemon.requests.map((request) => request.put.shapes.length)).toEqual([1800, 1800, 900]);
    expect(daemon.document.size).toBe(4500);
  });

  it('hands every edit to the journal at once, however long the writes before it take', () => {
    const journal = new MemoryJournal();
    const appended: number[] = [];
    journal.append = ({ change }) => {
      appended.push(...change.put.map((object) => object.id));
      return new Promise(() => undefined); // A disk that is busy.
    };
    const { queue } = new Page(journal, new FakeDaemon());
    void queue.edit(putting(makeShape({ id: 1 })));
    void queue.edit(putting(makeShape({ id: 2 })));
    expect(appended).toEqual([1, 2]);
  });

  it('goes on saving when the journal cannot be written, and says so', async () => {
    const daemon = new FakeDaemon();
    const errors: unknown[] = [];
    const broken: Journal = {
      load: () => Promise.resolve([]),
      append: () => Promise.reject(new Error('quota')),
      replace: () => Promise.reject(new Error('quota')),
      remove: () => Promise.resolve(),
    };
    const queue = new SaveQueue({ journal: broken, send: daemon.send, clock: new FakeClock(), client: 'p', onJournalError: (error) => errors.push(error) });
    await queue.edit(putting(box(1, 0)));
    await queue.settled();
    expect(errors).toHaveLength(1);
    expect(daemon.document.size).toBe(1);
  });

  it('coalesces to the last word on each object', () => {
    expect(coalesce([putting(box(1, 0), box(2, 0)), deleting(1), putting(box(2, 5)), putting(box(1, 7))])).toEqual(putting(box(2, 5), box(1, 7)));
  });
});
