/**
 * One change feed for all tabs of this browser. Browsers open six connections to a host and no more, and a feed occupies
 * one for good: with a feed a tab, the seventh tab would wait for ever. The tab that holds a lock follows the feed and
 * tells the others; when it is closed, the lock and the work go to the next.
 */

import { ChangeFeed } from './feed';
import type { FeedOptions, FeedState } from './feed';
import type { ChangeEvent, HelloEvent } from './generated';

type Message =
  | { readonly kind: 'state'; readonly state: FeedState }
  | { readonly kind: 'hello'; readonly hello: HelloEvent }
  | { readonly kind: 'change'; readonly change: ChangeEvent }
  /** From a tab that has just opened: say how things are. */
  | { readonly kind: 'ask'; readonly from: string }
  /** The answer, for that tab alone: for the others nothing has happened. */
  | { readonly kind: 'answer'; readonly to: string; readonly state: FeedState; readonly hello: HelloEvent | null }
  /** From a tab that does not lead: connect at once. */
  | { readonly kind: 'retry' };

const NAME = 'cvatd:feed';

/** The part of `navigator.locks` that is needed. */
export type Locks = Pick<LockManager, 'request'>;

/** A tab in the background runs its timers once a minute; one in front reminds the leader this often, in ms. */
const REMIND_MS = 2_000;

export class SharedFeed {
  readonly #options: FeedOptions;
  readonly #locks: Locks;
  readonly #channel = new BroadcastChannel(NAME);
  readonly #closed = new AbortController();
  readonly #tab = String(Math.random());
  #feed: ChangeFeed | null = null;
  #state: FeedState = 'connecting';
  #hello: HelloEvent | null = null;
  #reminder: ReturnType<typeof setInterval> | null = null;

  constructor(options: FeedOptions, locks: Locks) {
    this.#options = options;
    this.#locks = locks;
  }

  /** Starts following; returns at once. */
  open(): void {
    this.#options.onState('connecting');
    this.#channel.onmessage = (event: MessageEvent<Message>) => this.#receive(event.data);
    this.#channel.postMessage({ kind: 'ask', from: this.#tab } satisfies Message);
    this.#reminder = setInterval(() => {
      if (this.#state !== 'online') this.retryNow();
    }, REMIND_MS);
    const lead = (): Promise<void> => this.#lead();
    this.#locks.request(NAME, { signal: this.#closed.signal }, lead).catch(() => {
      // Closed while waiting for the lock.
    });
  }

  close(): void {
    this.#closed.abort();
    this.#feed?.close();
    this.#channel.close();
    if (this.#reminder) clearInterval(this.#reminder);
  }

  /** Connects at once when the feed is waiting to do so. */
  retryNow(): void {
    if (this.#feed) this.#feed.retryNow();
    else this.#channel.postMessage({ kind: 'retry' } satisfies Message);
  }

  /** Follows the feed for everybody; the lock is held until the answer settles, which is when this tab is closed. */
  #lead(): Promise<void> {
    // The browser may give the lock at the very moment in which the tab gives up waiting for it.
    if (this.#closed.signal.aborted) return Promise.resolve();
    const feed = new ChangeFeed({
      ...this.#options,
      onState: (state) => this.#tell({ kind: 'state', state }),
      onHello: (hello) => this.#tell({ kind: 'hello', hello }),
      onChange: (change) => this.#tell({ kind: 'change', change }),
    });
    this.#feed = feed;
    feed.open();
    return new Promise((resolve) => this.#closed.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  #tell(message: Message): void {
    if (this.#closed.signal.aborted) return;
    this.#channel.postMessage(message);
    this.#receive(message);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'state':
        this.#state = message.state;
        this.#options.onState(message.state);
        return;
      case 'hello': {
        // The first greeting that this tab hears is its first, whoever greeted before.
        const again = this.#hello !== null;
        this.#hello = message.hello;
        this.#options.onHello(message.hello, again);
        return;
      }
      case 'change':
        this.#options.onChange(message.change);
        return;
      case 'ask':
        if (!this.#feed) return;
        this.#channel.postMessage({
          kind: 'answer',
          to: message.from,
          state: this.#state,
          hello: this.#hello,
        } satisfies Message);
        return;
      case 'answer':
        if (message.to !== this.#tab) return;
        if (message.hello) this.#receive({ kind: 'hello', hello: message.hello });
        this.#receive({ kind: 'state', state: message.state });
        return;
      case 'retry':
        this.#feed?.retryNow();
    }
  }
}

/** A shared feed where the browser has locks (a secure context), else one of its own. */
export function createFeed(options: FeedOptions): ChangeFeed | SharedFeed {
  const locks = 'locks' in navigator ? navigator.locks : undefined;
  return locks && typeof BroadcastChannel === 'function' ? new SharedFeed(options, locks) : new ChangeFeed(options);
}
