/** A job's session with everything that carries it: the daemon, the local journal, the reserved ids, the other pages. */

import type { Clock } from '../store/clock';
import { IdPool, MemoryIdStore } from '../store/idPool';
import type { IdStore } from '../store/idPool';
import { MemoryJournal } from '../store/journal';
import type { Journal } from '../store/journal';
import { JobSession } from '../store/jobSession';
import { SaveQueue } from '../store/saveQueue';
import type { SaveStatus } from '../store/saveStatus';
import type { JobScheme } from '../store/scheme';
import { newClientName, Pages } from './pages';
import { StoredIds, StoredJournal, deferredIds, deferredJournal, openStorage } from './storage';
import { DaemonError } from './transport';
import type { Transport } from './transport';

export interface JobLinkOptions {
  readonly transport: Transport;
  readonly scope: string;
  readonly jobId: number;
  readonly clock: Clock;
  readonly scheme: JobScheme;
  readonly onStatus: (status: SaveStatus) => void;
  /** Something about the local storage that the person should know. */
  readonly onTrouble: (message: string) => void;
}

/** Wait before the document is asked for again, in milliseconds. */
const RETRY = 2000;
const NO_STORAGE = 'This browser keeps no local storage: unsaved edits are lost when the page is closed while cvatd is away.';

export class JobLink {
  readonly session: JobSession;
  readonly queue: SaveQueue;
  readonly ids: IdPool;
  /** Names this page among the daemon's clients. */
  readonly client = newClientName();
  readonly #pages = new Pages();
  readonly #leave: () => void;
  readonly #clock: Clock;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor({ transport, scope, jobId, clock, scheme, onStatus, onTrouble }: JobLinkOptions) {
    this.#clock = clock;
    this.#leave = this.#pages.announce(this.client);
    const storage = openStorage();
    storage.catch(() => onTrouble(NO_STORAGE));
    const journal = storage.then((database): Journal => new StoredJournal(database, scope, jobId)).catch(() => new MemoryJournal());
    const ids = storage.then((database): IdStore => new StoredIds(database, scope)).catch(() => new MemoryIdStore());
    this.queue = new SaveQueue({
      journal: deferredJournal(journal),
      send: (request) => transport.send(request),
      clock,
      client: this.client,
      onStatus,
      onJournalError: () => onTrouble(NO_STORAGE),
    });
    this.session = new JobSession(this.queue, () => transport.annotations(), clock, scheme);
    this.ids = new IdPool(deferredIds(ids), (count) => transport.reserveIds(count));
  }

  /** Opens the document, asking again while the daemon is away. `onStatus` hears of every failure, then of success. */
  async open(onStatus: (error: string | null) => void): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    // Ids come with the document, so that who can draw can go on drawing when the daemon leaves at once.
    const ids = this.ids.refill().catch(() => undefined); // asked for again when one is needed
    try {
      const open = await this.#pages.open();
      const others = new Set([...open].filter((client) => client !== this.client));
      await this.session.open((client) => !others.has(client));
      await ids;
      for (const client of others) void this.#pages.gone(client).then(() => this.#adopt(client));
      if (!this.#closed) onStatus(null);
    } catch (error) {
      if (this.#closed) return;
      onStatus(error instanceof Error ? error.message : String(error));
      if (error instanceof DaemonError && !error.isPassing) return;
      this.#cancelRetry = this.#clock.after(RETRY, () => void this.open(onStatus));
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.queue.close();
    void this.ids.release().catch(() => undefined); // unused ids are lost, which harms nobody
    this.#leave();
  }

  /** Takes over what a page that is gone could not send. */
  async #adopt(client: string): Promise<void> {
    if (!this.#closed) await this.session.adopt(client);
  }
}
