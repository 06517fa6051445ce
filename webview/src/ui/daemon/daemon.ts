/** The page's link to its daemon: requests, the change feed, and what is known of the connection. */

import { QueryClient } from '@tanstack/react-query';
import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

import { Client } from '../../protocol/client';
import { ApiError } from '../../protocol/errors';
import type { FeedOptions, FeedState } from '../../protocol/feed';
import type { ChangeEvent } from '../../protocol/generated';
import { getSession } from '../../protocol/resources';
import { createFeed } from '../../protocol/sharedFeed';
import { staleKeys } from './keys';

export interface Connection {
  readonly feed: Exclude<FeedState, 'unauthorized'>;
  /** True from the first 401 until a request is answered again. */
  readonly sessionLost: boolean;
}

export interface Daemon {
  readonly client: Client;
  readonly queries: QueryClient;
  readonly connection: StoreApi<Connection>;
  /** Calls back for every change; the returned function stops that. */
  readonly onChange: (listener: (change: ChangeEvent) => void) => () => void;
  /** Calls back when the feed is there again after a gap (or a lost session), in which changes were missed. */
  readonly onReconnect: (listener: () => void) => () => void;
  /** Marks the session as lost, for parts of the page that send requests of their own. */
  readonly loseSession: () => void;
  /** The session is there again, as parts of the page that send requests of their own have seen. */
  readonly regainSession: () => void;
  /** Fetches the session again, and with it the CSRF token. */
  readonly renewSession: () => Promise<void>;
  /** Tries the daemon at once instead of at the next turn. */
  readonly retryNow: () => void;
  /** Starts following the feed; the returned function stops that. */
  readonly start: () => () => void;
}

/** Changes come in bursts (every save of a colleague is one): lists are read again at most this often, in ms. */
const REFRESH_MS = 400;

export function createDaemon(base = ''): Daemon {
  const connection = createStore<Connection>(() => ({ feed: 'connecting', sessionLost: false }));
  const changed = new Set<(change: ChangeEvent) => void>();
  const reconnected = new Set<() => void>();

  const client: Client = new Client({
    base,
    renewCsrf: async () => (await getSession(client)).csrf,
    onOutcome: (failure) => {
      const sessionLost = failure?.kind === 'unauthorized';
      if (failure === null || sessionLost) connection.setState({ sessionLost });
    },
  });

  const queries = new QueryClient({
    defaultOptions: {
      // "always": the daemon is on this computer, so having no network says nothing about reaching it.
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        retry: (count, error) => count < 2 && isTransient(error),
        retryDelay: 300,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });

  const stale = new Map<string, readonly unknown[]>();
  let refresh: ReturnType<typeof setTimeout> | null = null;
  const refreshSoon = (change: ChangeEvent): void => {
    for (const key of staleKeys(change)) stale.set(JSON.stringify(key), key);
    refresh ??= setTimeout(() => {
      refresh = null;
      const keys = [...stale.values()];
      stale.clear();
      for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
    }, REFRESH_MS);
  };

  const feedOptions: FeedOptions = {
    address: `${base}/api/cvatd/events`,
    onState: (state) => {
      if (state === 'unauthorized') connection.setState({ feed: 'online', sessionLost: true });
      else connection.setState({ feed: state });
    },
    onHello: (_hello, again) => {
      const before = connection.getState();
      const missed = again || before.sessionLost || before.feed === 'offline';
      connection.setState({ sessionLost: false });
      if (!missed) return;
      void queries.invalidateQueries();
      for (const listener of reconnected) listener();
    },
    onChange: (change) => {
      refreshSoon(change);
      for (const listener of changed) listener(change);
    },
  };
  let feed: ReturnType<typeof createFeed> | null = null;

  return {
    client,
    queries,
    connection,
    onChange: (listener) => subscribe(changed, listener),
    onReconnect: (listener) => subscribe(reconnected, listener),
    loseSession: () => connection.setState({ sessionLost: true }),
    regainSession: () => {
      connection.setState({ sessionLost: false });
      feed?.retryNow();
      void queries.invalidateQueries();
    },
    renewSession: async () => {
      client.setCsrf((await getSession(client)).csrf);
    },
    retryNow: () => {
      feed?.retryNow();
      void queries.invalidateQueries();
    },
    start: () => {
      const started = createFeed(feedOptions);
      feed = started;
      started.open();
      return () => {
        feed = null;
        started.close();
        if (refresh) clearTimeout(refresh);
      };
    },
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function isTransient(error: unknown): boolean {
  return error instanceof ApiError && error.transient;
}
