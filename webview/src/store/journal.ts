/** The durable list of edits that the daemon has not acknowledged yet. */

import type { ChangeSet } from './change';

/** An edit, and the page (client) that made it. */
export interface JournalRecord {
  readonly client: string;
  readonly change: ChangeSet;
}

/** A record with the key under which it is stored; keys grow in the order of the appends. */
export interface JournalEntry extends JournalRecord {
  readonly key: number;
}

/** Journal of one job. Every promise settles once the effect is durable. */
export interface Journal {
  /** All entries of the job, in order of their keys, of this page and of others. */
  load(): Promise<readonly JournalEntry[]>;
  append(record: JournalRecord): Promise<number>;
  replace(key: number, record: JournalRecord): Promise<void>;
  remove(keys: readonly number[]): Promise<void>;
}

/** A journal that lasts as long as the page: where the browser offers no storage, and in tests. */
export class MemoryJournal implements Journal {
  readonly #records = new Map<number, JournalRecord>();
  #lastKey = 0;

  load(): Promise<readonly JournalEntry[]> {
    return Promise.resolve([...this.#records].map(([key, record]) => ({ key, ...record })));
  }

  append(record: JournalRecord): Promise<number> {
    this.#lastKey += 1;
    this.#records.set(this.#lastKey, record);
    return Promise.resolve(this.#lastKey);
  }

  replace(key: number, record: JournalRecord): Promise<void> {
    if (this.#records.has(key)) this.#records.set(key, record);
    return Promise.resolve();
  }

  remove(keys: readonly number[]): Promise<void> {
    for (const key of keys) this.#records.delete(key);
    return Promise.resolve();
  }
}
