/** The daemon's change feed: what others change, and whether the daemon is there at all. */

import { serverEvents } from './eventStream';
import type { ChangeEvent, HelloEvent } from './generated';

export type FeedState = 'connecting' | 'online' | 'offline' | 'unauthorized';

export interface FeedOptions {
  readonly address: string;
  readonly onChange: (change: ChangeEvent) => void;
  /** `again` is true when the feed was connected before: changes in between were missed, so read afresh. */
  readonly onHello: (hello: HelloEvent, again: boolean) => void;
  readonly onState: (state: FeedState) => void;
  /** First wait before connecting again, in ms; doubles up to 20 times as much. */
  readonly retryMs?: number;
  /** Silence after which the connection is taken for dead, in ms; the daemon sends a line every 15 s. */
  readonly silenceMs?: number;
}

/** Follows the feed until `close`, connecting again by itself for ever. */
export class ChangeFeed {
  readonly #options: FeedOptions;
  readonly #closed = new AbortController();
  #connection: AbortController | null = null;
  #wake: (() => void) | null = null;
  #greeted = false;
  #failures = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Starts following; returns at once. */
  open(): void {
    void this.#follow();
  }

  close(): void {
    this.#closed.abort();
    this.#connection?.abort();
    this.#wake?.();
  }

  /** Connects at once when it is waiting to do so: the computer woke up, or a person pressed retry. */
  retryNow(): void {
    this.#failures = 0;
    this.#wake?.();
  }

  async #follow(): Promise<void> {
    this.#options.onState('connecting');
    while (!this.#closed.signal.aborted) {
      const state = await this.#connect();
      // Read anew: closing while connected is not a failure.
      if (this.#isClosed()) return;
      this.#options.onState(state);
      await this.#pause();
    }
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  /** One connection from start to end; answers what its end means. */
  async #connect(): Promise<FeedState> {
    const connection = new AbortController();
    this.#connection = connection;
    let silence = this.#watchSilence(connection);
    try {
      const response = await fetch(this.#options.address, {
        headers: { Accept: 'text/event-stream' },
        credentials: 'same-origin',
        cache: 'no-store',
        signal: connection.signal,
      });
      if (response.status === 401) return 'unauthorized';
      if (!response.ok || response.body === null) return 'offline';
      const events = serverEvents(response.body, () => {
        clearTimeout(silence);
        silence = this.#watchSilence(connection);
      });
      for await (const { event, data } of events) this.#receive(event, data);
    } catch {
      // Refused, reset, aborted by silence: all of them mean "not there now", and the loop tries again.
    } finally {
      clearTimeout(silence);
      connection.abort();
    }
    return 'offline';
  }

  #receive(event: string, data: string): void {
    if (event === 'hello') {
      const again = this.#greeted;
      this.#greeted = true;
      this.#failures = 0;
      this.#options.onHello(JSON.parse(data) as HelloEvent, again);
      this.#options.onState('online');
    } else if (event === 'change') {
      this.#options.onChange(JSON.parse(data) as ChangeEvent);
    }
  }

  #watchSilence(connection: AbortController): ReturnType<typeof setTimeout> {
    return setTimeout(() => connection.abort(), this.#options.silenceMs ?? 40_000);
  }

  #pause(): Promise<void> {
    const first = this.#options.retryMs ?? 250;
    const wait = Math.min(first * 2 ** this.#failures, first * 20);
    this.#failures += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
