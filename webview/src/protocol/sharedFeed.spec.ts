import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { DaemonDouble } from '../testing/daemonDouble';
import { eventually } from '../testing/eventually';
import type { FeedState } from './feed';
import type { ChangeEvent } from './generated';
import { SharedFeed } from './sharedFeed';
import type { Locks } from './sharedFeed';

/** Locks of a browser with several tabs: one holder, the others wait in turn. (Node 20 has none of its own.) */
function lockQueue(): Locks {
  let turn = Promise.resolve();
  const request = (_name: string, { signal }: LockOptions, work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(() => (signal?.aborted ? Promise.reject(new Error('aborted')) : work()));
    turn = mine.catch(() => undefined);
    return mine;
  };
  return { request: request as unknown as Locks['request'] };
}

interface Tab {
  readonly feed: SharedFeed;
  readonly states: FeedState[];
  readonly hellos: boolean[];
  readonly changes: ChangeEvent[];
}

let daemon: DaemonDouble;
let locks: Locks;
let tabs: Tab[];
let open: ServerResponse[];

function openTab(): Tab {
  const states: FeedState[] = [];
  const hellos: boolean[] = [];
  const changes: ChangeEvent[] = [];
  const feed = new SharedFeed(
    {
      address: `${daemon.address}/api/cvatd/events`,
      onState: (state) => states.push(state),
      onHello: (_hello, again) => hellos.push(again),
      onChange: (change) => changes.push(change),
      retryMs: 5,
    },
    locks,
  );
  feed.open();
  const tab = { feed, states, hellos, changes };
  tabs.push(tab);
  return tab;
}

const online = (tab: Tab): Promise<void> => eventually(() => expect(tab.states.at(-1)).toBe('online'));

beforeEach(async () => {
  [tabs, open] = [[], []];
  locks = lockQueue();
  daemon = new DaemonDouble((_asked, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('event: hello\ndata: {"instance": "a", "revision": "1"}\n\n');
    open.push(response);
  });
  await daemon.start();
});

afterEach(async () => {
  for (const { feed } of tabs) feed.close();
  await daemon.stop();
});

it('tells every tab over one connection', async () => {
  const first = openTab();
  await online(first);
  const second = openTab();
  await online(second);
  open[0]?.write('event: change\ndata: {"kind": "tasks"}\n\n');
  await eventually(() => expect(second.changes).toEqual([{ kind: 'tasks' }]));
  expect(first.changes).toEqual([{ kind: 'tasks' }]);
  expect(daemon.asked).toHaveLength(1);
  expect([first.hellos, second.hellos]).toEqual([[false], [false]]);
});

it('goes on in another tab when the one that followed is closed', async () => {
  const first = openTab();
  await online(first);
  const second = openTab();
  await online(second);
  first.feed.close();
  // What happened in between was missed, and the tab is told so.
  await eventually(() => expect(second.hellos).toEqual([false, true]));
  open[1]?.write('event: change\ndata: {"kind": "tasks"}\n\n');
  await eventually(() => expect(second.changes).toHaveLength(1));
});

it('does nothing when the lock comes after it was closed', async () => {
  let lead: () => Promise<void> = () => Promise.reject(new Error('the lock was not asked for'));
  const request = (_name: string, _options: LockOptions, work: () => Promise<void>): Promise<void> => {
    lead = work;
    return Promise.resolve();
  };
  locks = { request: request as unknown as Locks['request'] };
  const tab = openTab();
  tab.feed.close();
  await lead();
  expect(tab.states).toEqual(['connecting']);
  expect(daemon.asked).toEqual([]);
});

it('says in every tab that the daemon is away and back', async () => {
  const first = openTab();
  await online(first);
  const second = openTab();
  await online(second);
  await daemon.stop();
  await eventually(() => expect(second.states.at(-1)).toBe('offline'));
  await daemon.start();
  await online(second);
  expect([first.hellos, second.hellos]).toEqual([
    [false, true],
    [false, true],
  ]);
});
