import { IDBFactory, IDBKeyRange as FakeKeyRange } from 'fake-indexeddb';
import { beforeAll, describe, expect, it } from 'vitest';

import { deleting } from '../store/change';
import { MemoryIdStore } from '../store/idPool';
import { StoredIds, StoredJournal, deferredIds, deferredJournal, openStorage } from './storage';

beforeAll(() => {
  globalThis.IDBKeyRange = FakeKeyRange;
});

describe('StoredJournal', () => {
  it('holds records in order, apart for each workspace and job, until they are removed', async () => {
    const factory = new IDBFactory();
    const journal = new StoredJournal(await openStorage(factory), '/photos', 1);
    const other = new StoredJournal(await openStorage(factory), '/videos', 1);
    const first = await journal.append({ client: 'a', change: deleting(1) });
    await other.append({ client: 'b', change: deleting(9) });
    const second = await journal.append({ client: 'a', change: deleting(2) });
    await journal.replace(first, { client: 'a', change: deleting(3) });

    const reopened = new StoredJournal(await openStorage(factory), '/photos', 1);
    expect(await reopened.load()).toEqual([
      { key: first, client: 'a', change: deleting(3) },
      { key: second, client: 'a', change: deleting(2) },
    ]);
    await reopened.remove([first, second]);
    expect(await journal.load()).toEqual([]);
    expect(await other.load()).toHaveLength(1);
  });

  it('can be used before it is open', async () => {
    const factory = new IDBFactory();
    const opening = openStorage(factory).then((database) => new StoredJournal(database, 'w', 1));
    const journal = deferredJournal(opening);
    await journal.append({ client: 'a', change: deleting(1) });
    expect(await journal.load()).toHaveLength(1);
  });
});

describe('StoredIds', () => {
  it('gives no id twice, not even to pages that ask at the same time', async () => {
    const factory = new IDBFactory();
    const pages = await Promise.all([1, 2, 3].map(async () => new StoredIds(await openStorage(factory), 'w')));
    await pages[0]?.add({ first: 1, count: 100 });
    const taken = await Promise.all([...pages, ...pages].map((page) => page.take(15)));
    const ids = taken.flat().flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index));
    expect(ids).toHaveLength(90);
    expect(new Set(ids).size).toBe(90);
    expect(await pages[1]?.take(99)).toEqual([{ first: 91, count: 10 }]);
  });

  it('waits for its store', async () => {
    const ids = deferredIds(Promise.resolve(new MemoryIdStore()));
    await ids.add({ first: 5, count: 2 });
    expect(await ids.take(9)).toEqual([{ first: 5, count: 2 }]);
  });
});
