/**
 * Takes edits to the daemon: each is in the journal at once, one request is on its way at a time, and an edit leaves the
 * journal only when the daemon acknowledged it or the person gave it up.
 */

import { coalesce, idsOf, isEmpty, toRequest, without } from './change';
import type { ChangeSet, ChangesRequest } from './change';
import type { Clock } from './clock';
import type { Journal } from './journal';
import type { ObjectId } from './objects';
import type { SaveStatus } from './saveStatus';

/** What became of a request. */
export type SendResult =
  | { readonly kind: 'saved' }
  /** The daemon understood and refused; sending the same again is useless. */
  | { readonly kind: 'rejected'; readonly message: string }
  /** No useful answer: no connection, 5xx, a lost session. */
  | { readonly kind: 'unreachable'; readonly message: string };

export interface SaveQueueOptions {
  readonly journal: Journal;
  /** Sends one request. A rejected promise counts as unreachable. */
  readonly send: (request: ChangesRequest) => Promise<SendResult>;
  readonly clock: Clock;
  /** Names this page among the clients of the daemon. */
  readonly client: string;
  /** Called after every change of `status`. */
  readonly onStatus?: (status: SaveStatus) => void;
  /** The journal could not be written: edits are only as durable as the page. */
  readonly onJournalError?: (error: unknown) => void;
}

interface Entry {
  change: ChangeSet;
  readonly client: string;
  /** Key in the journal, once it is there. */
  key: number | null;
}

/** Wait before the first retry, in milliseconds; it doubles with each failure. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
/** A request carries about this many objects at most, so that a long time offline does not end in one giant request. */
const OBJECTS_A_REQUEST = 2000;

export class SaveQueue {
  readonly #options: SaveQueueOptions;
  #waiting: Entry[] = [];
  #flying: Entry[] = [];
  #refused: Entry[] = [];
  #refusal = '';
  /** Entries at the head of the line that are sent one by one, to find the one that the daemon refuses. */
  #solo = 0;
  #failures = 0;
  #failure: string | null = null;
  #cancelRetry: (() => void) | null = null;
  #journalWork: Promise<void> = Promise.resolve();
  #closed = false;
  readonly #watchers = new Set<Set<ObjectId>>();
  readonly #idle = new Set<() => void>();

  constructor(options: SaveQueueOptions) {
    this.#options = options;
  }

  get status(): SaveStatus {
    const pending = this.#waiting.length + this.#flying.length;
    if (this.#refused.length > 0) {
      return { kind: 'rejected', message: this.#refusal, rejected: this.#refused.length, pending };
    }
    if (pending === 0) return { kind: 'saved' };
    return this.#failure === null ? { kind: 'saving', pending } : { kind: 'offline', pending, message: this.#failure };
  }

  /**
   * Takes over what earlier pages left in the journal and sends it.
   * `adopt` says for each client's name whether its edits are this page's business now (its page is gone).
   * Answers with the edits, to be applied over the fetched document.
   */
  async open(adopt: (client: string) => boolean = () => true): Promise<ChangeSet> {
    const entries = (await this.#options.journal.load()).filter((entry) => adopt(entry.client));
    this.#waiting.unshift(...entries.map(({ change, client, key }) => ({ change, client, key })));
    this.#changed();
    this.#pump();
    return coalesce(entries.map((entry) => entry.change));
  }

  /** Queues an edit. The promise settles when it is in the journal. */
  edit(change: ChangeSet): Promise<void> {
    if (isEmpty(change)) return Promise.resolve();
    const entry: Entry = { change, client: this.#options.client, key: null };
    const ids = new Set(idsOf(change));
    for (const watcher of this.#watchers) for (const id of ids) watcher.add(id);
    this.#waiting.push(entry);
    // Begun now, not when the writes before it are on the disk: a page that is left the next moment must have handed it over.
    const appending = this.#options.journal.append({ client: entry.client, change });
    appending.catch(() => undefined); // told below, in its turn
    const durable = this.#journalDo(async () => {
      entry.key = await appending;
    });
    // Objects are put as a whole, so a later word on an object makes an earlier, refused one pointless.
    this.#supersede(ids);
    this.#changed();
    this.#pump();
    return durable;
  }

  /** Ids whose newest version the daemon has not acknowledged. */
  pendingIds(): Set<ObjectId> {
    const ids = new Set<ObjectId>();
    for (const entry of [...this.#refused, ...this.#flying, ...this.#waiting]) for (const id of idsOf(entry.change)) ids.add(id);
    return ids;
  }

  /**
   * Ids that are pending now or are edited until `stop`. A document that is being fetched says nothing reliable about
   * them: it may have been read before the edit arrived.
   */
  watch(): { readonly ids: ReadonlySet<ObjectId>; stop(): void } {
    const ids = this.pendingIds();
    this.#watchers.add(ids);
    return { ids, stop: () => this.#watchers.delete(ids) };
  }

  /** Sends at once instead of waiting for the next retry. */
  retryNow(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#pump();
  }

  /** Sends what was refused once more. */
  retryRejected(): void {
    this.#waiting.push(...this.#refused);
    this.#refused = [];
    this.#changed();
    this.retryNow();
  }

  /** Forgets what was refused and answers with the ids: the daemon's version of them holds. */
  discardRejected(): ObjectId[] {
    const dropped = this.#refused;
    this.#refused = [];
    this.#forget(dropped);
    this.#changed();
    return dropped.flatMap((entry) => idsOf(entry.change));
  }

  /** Settles when nothing is waiting any more: all acknowledged or refused. */
  settled(): Promise<void> {
    if (this.#waiting.length + this.#flying.length === 0) return this.#journalWork;
    return new Promise((resolve) => this.#idle.add(() => void this.#journalWork.then(resolve)));
  }

  /** Stops sending. What is pending stays in the journal for the next page. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #pump(): void {
    if (this.#closed || this.#flying.length > 0 || this.#cancelRetry !== null || this.#waiting.length === 0) return;
    this.#flying = this.#waiting.splice(0, this.#batchLength());
    const change = coalesce(this.#flying.map((entry) => entry.change));
    this.#options.send(toRequest(change, this.#options.client)).then(
      (result) => this.#settle(result),
      (error: unknown) => this.#settle({ kind: 'unreachable', message: error instanceof Error ? error.message : String(error) }),
    );
  }

  #batchLength(): number {
    if (this.#solo > 0) return 1;
    let objects = 0;
    const end = this.#waiting.findIndex((entry) => (objects += idsOf(entry.change).length) > OBJECTS_A_REQUEST);
    return end === -1 ? this.#waiting.length : Math.max(1, end);
  }

  #settle(result: SendResult): void {
    if (this.#closed) return;
    const batch = this.#flying;
    this.#flying = [];
    if (result.kind === 'unreachable') {
      this.#waiting.unshift(...batch);
      this.#failure = result.message;
      this.#retryLater();
    } else {
      this.#failures = 0;
      this.#failure = null;
      if (result.kind === 'saved') {
        this.#solo = Math.max(0, this.#solo - batch.length);
        this.#forget(batch);
      } else if (batch.length > 1) {
        this.#waiting.unshift(...batch);
        this.#solo = batch.length;
      } else {
        this.#solo = Math.max(0, this.#solo - 1);
        this.#refusal = result.message;
        this.#refused.push(...batch);
        this.#supersede(new Set(this.#waiting.flatMap((entry) => idsOf(entry.change))));
      }
    }
    this.#changed();
    this.#pump();
  }

  #retryLater(): void {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#options.clock.after(wait, () => {
      this.#cancelRetry = null;
      this.#pump();
    });
  }

  /** Takes ids out of the refused edits. */
  #supersede(ids: ReadonlySet<ObjectId>): void {
    for (const entry of this.#refused) {
      const rest = without(entry.change, ids);
      if (idsOf(rest).length === idsOf(entry.change).length) continue;
      entry.change = rest;
      void this.#journalDo(async (journal) => {
        if (entry.key !== null && !isEmpty(rest)) await journal.replace(entry.key, { client: entry.client, change: rest });
      });
    }
    this.#forget(this.#refused.filter((entry) => isEmpty(entry.change)));
    this.#refused = this.#refused.filter((entry) => !isEmpty(entry.change));
  }

  #forget(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    void this.#journalDo((journal) => journal.remove(entries.flatMap((entry) => (entry.key === null ? [] : [entry.key]))));
  }

  /** Work on the journal happens one after another, in the order in which it was asked for. */
  #journalDo(work: (journal: Journal) => Promise<void>): Promise<void> {
    this.#journalWork = this.#journalWork.then(() => work(this.#options.journal)).catch((error: unknown) => {
      this.#options.onJournalError?.(error);
    });
    return this.#journalWork;
  }

  #changed(): void {
    this.#options.onStatus?.(this.status);
    if (this.#waiting.length + this.#flying.length > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}
