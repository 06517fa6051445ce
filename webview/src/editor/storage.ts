/** The journal and the reserved ids in IndexedDB: they outlive the page, the browser and the power. */

import { splitRanges } from '../store/idPool';
import type { IdRange, IdStore } from '../store/idPool';
import type { Journal, JournalEntry, JournalRecord } from '../store/journal';

interface StoredRecord extends JournalRecord {
  /** Workspace and job. */
  readonly job: string;
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser’s storage failed.'));
  });
}

/** Opens the database, making it when it is not there. Rejects where the browser offers none. */
export function openStorage(factory: IDBFactory = indexedDB): Promise<IDBDatabase> {
  const request = factory.open('cvatd', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('journal', { autoIncrement: true }).createIndex('job', 'job');
    request.result.createObjectStore('ids');
  };
  return answerOf(request);
}

/**
 * Does something in one transaction and waits until it is on the disk. What `work` asks for at once is handed over to the
 * browser at once, so that it is carried out even if the page is gone the next moment; `later` is for work that asks for more
 * when it has its first answers.
 */
async function durably<T>(database: IDBDatabase, store: string, work: (store: IDBObjectStore) => Promise<T> | T, { later = false } = {}): Promise<T> {
  const transaction = database.transaction(store, 'readwrite', { durability: 'strict' });
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    const fail = (): void => reject(transaction.error ?? new Error('The browser’s storage failed.'));
    transaction.onabort = fail;
    transaction.onerror = fail;
  });
  const working = work(transaction.objectStore(store));
  if (!later) transaction.commit();
  const [result] = await Promise.all([working, done]);
  return result;
}

export class StoredJournal implements Journal {
  readonly #database: IDBDatabase;
  readonly #job: string;

  constructor(database: IDBDatabase, scope: string, jobId: number) {
    this.#database = database;
    this.#job = `${scope}\n${jobId}`;
  }

  async load(): Promise<readonly JournalEntry[]> {
    const index = this.#database.transaction('journal', 'readonly').objectStore('journal').index('job');
    const range = IDBKeyRange.only(this.#job);
    const [keys, records] = await Promise.all([
      answerOf(index.getAllKeys(range)),
      answerOf(index.getAll(range) as IDBRequest<StoredRecord[]>),
    ]);
    return records.map(({ client, change }, position) => ({ key: keys[position] as number, client, change }));
  }

  append(record: JournalRecord): Promise<number> {
    return durably(this.#database, 'journal', async (store) => (await answerOf(store.add(this.#stored(record)))) as number);
  }

  async replace(key: number, record: JournalRecord): Promise<void> {
    await durably(this.#database, 'journal', (store) => answerOf(store.put(this.#stored(record), key)));
  }

  async remove(keys: readonly number[]): Promise<void> {
    if (keys.length === 0) return;
    await durably(this.#database, 'journal', (store) => {
      for (const key of keys) store.delete(key);
    });
  }

  #stored({ client, change }: JournalRecord): StoredRecord {
    return { job: this.#job, client, change };
  }
}

export class StoredIds implements IdStore {
  readonly #database: IDBDatabase;
  readonly #scope: string;

  constructor(database: IDBDatabase, scope: string) {
    this.#database = database;
    this.#scope = scope;
  }

  take(count: number): Promise<readonly IdRange[]> {
    const work = async (store: IDBObjectStore): Promise<readonly IdRange[]> => {
      const { taken, left } = splitRanges(await this.#ranges(store), count);
      store.put(left, this.#scope);
      return taken;
    };
    return durably(this.#database, 'ids', work, { later: true });
  }

  async add(range: IdRange): Promise<void> {
    const work = async (store: IDBObjectStore): Promise<void> => {
      store.put([...(await this.#ranges(store)), range], this.#scope);
    };
    await durably(this.#database, 'ids', work, { later: true });
  }

  async #ranges(store: IDBObjectStore): Promise<IdRange[]> {
    return (await answerOf(store.get(this.#scope) as IDBRequest<IdRange[] | undefined>)) ?? [];
  }
}

/** A journal that is still being opened; the answers wait for it. */
export function deferredJournal(opening: Promise<Journal>): Journal {
  return {
    load: async () => (await opening).load(),
    append: async (record) => (await opening).append(record),
    replace: async (key, record) => (await opening).replace(key, record),
    remove: async (keys) => (await opening).remove(keys),
  };
}

/** A store of ids that is still being opened. */
export function deferredIds(opening: Promise<IdStore>): IdStore {
  return {
    take: async (count) => (await opening).take(count),
    add: async (range) => (await opening).add(range),
  };
}
