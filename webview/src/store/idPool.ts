/** Ids for new objects, reserved ahead so that drawing never waits and works while the daemon is away. */

import type { ObjectId } from './objects';

/** Ids `first`, `first + 1`, … `first + count - 1`. */
export interface IdRange {
  readonly first: ObjectId;
  readonly count: number;
}

/** Reserved ids that no page has taken yet, shared by all pages of the browser. */
export interface IdStore {
  /** Removes up to `count` ids from the store and answers with them; no two calls ever get the same id. */
  take(count: number): Promise<readonly IdRange[]>;
  add(range: IdRange): Promise<void>;
}

/** Ids a page holds in memory, for drawing offline. */
const HELD = 1000;
/** Ids asked of the daemon at once. */
const RESERVED = 2000;

export class IdPool {
  readonly #store: IdStore;
  readonly #reserve: (count: number) => Promise<IdRange>;
  #ranges: IdRange[] = [];
  #refilling: Promise<void> | null = null;

  constructor(store: IdStore, reserve: (count: number) => Promise<IdRange>) {
    this.#store = store;
    this.#reserve = reserve;
  }

  /** Ids that can be handed out without the daemon. */
  get left(): number {
    return this.#ranges.reduce((sum, range) => sum + range.count, 0);
  }

  /** A new id, or null when none is left and the daemon could not be asked. */
  next(): ObjectId | null {
    const [range, ...rest] = this.#ranges;
    if (range !== undefined) {
      this.#ranges = range.count > 1 ? [{ first: range.first + 1, count: range.count - 1 }, ...rest] : rest;
    }
    if (this.left < HELD / 2) void this.refill().catch(() => undefined); // asked again with the next id
    return range?.first ?? null;
  }

  /** Fills the page's supply from the store, and the store from the daemon. Rejects when the daemon cannot be asked. */
  refill(): Promise<void> {
    this.#refilling ??= this.#fill().finally(() => {
      this.#refilling = null;
    });
    return this.#refilling;
  }

  /** Gives the unused ids back, for the next page. */
  async release(): Promise<void> {
    const ranges = this.#ranges;
    this.#ranges = [];
    for (const range of ranges) await this.#store.add(range);
  }

  async #fill(): Promise<void> {
    await this.#take();
    if (this.left >= HELD) return;
    await this.#store.add(await this.#reserve(RESERVED));
    await this.#take();
  }

  async #take(): Promise<void> {
    const wanted = HELD - this.left;
    if (wanted > 0) this.#ranges.push(...(await this.#store.take(wanted)));
  }
}

/** Takes `count` ids off the front of a list of ranges: what is taken, what is left. */
export function splitRanges(ranges: readonly IdRange[], count: number): { taken: IdRange[]; left: IdRange[] } {
  const taken: IdRange[] = [];
  const left: IdRange[] = [];
  let wanted = count;
  for (const range of ranges) {
    const here = Math.min(wanted, range.count);
    wanted -= here;
    if (here > 0) taken.push({ first: range.first, count: here });
    if (here < range.count) left.push({ first: range.first + here, count: range.count - here });
  }
  return { taken, left };
}

/** A store that lasts as long as the page. */
export class MemoryIdStore implements IdStore {
  #ranges: IdRange[] = [];

  take(count: number): Promise<readonly IdRange[]> {
    const { taken, left } = splitRanges(this.#ranges, count);
    this.#ranges = left;
    return Promise.resolve(taken);
  }

  add(range: IdRange): Promise<void> {
    this.#ranges.push(range);
    return Promise.resolve();
  }
}
