// @vitest-environment node
import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { DaemonDouble } from '../testing/daemonDouble';
import type { Answer } from '../testing/daemonDouble';
import { ChangeFeed } from './feed';
import type { FeedState } from './feed';
import type { ChangeEvent } from './generated';

const HELLO = 'event: hello\ndata: {"instance": "a", "revision": "1"}\n\n';

let daemon: DaemonDouble;
let feed: ChangeFeed;
let states: FeedState[];
let changes: ChangeEvent[];
let hellos: boolean[];
/** Connections that are open at the daemon's side. */
let open: ServerResponse[];

const greet: Answer = (_asked, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(HELLO);
  open.push(response);
};

function follow(silenceMs = 10_000): void {
  feed = new ChangeFeed({
    address: `${daemon.address}/api/cvatd/events`,
    onState: (state) => states.push(state),
    onChange: (change) => changes.push(change),
    onHello: (_hello, again) => hellos.push(again),
    retryMs: 5,
    silenceMs,
  });
  feed.open();
}

beforeEach(async () => {
  [states, changes, hellos, open] = [[], [], [], []];
  daemon = new DaemonDouble(greet);
  await daemon.start();
});

afterEach(async () => {
  feed.close();
  await daemon.stop();
});

it('hands on what changes', async () => {
  follow();
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'online']));
  open[0]?.write('event: change\ndata: {"kind": "job", "task_id": 1, "job_id": 2}\n\n');
  await vi.waitFor(() => expect(changes).toEqual([{ kind: 'job', task_id: 1, job_id: 2 }]));
});

it('comes back by itself when the daemon was stopped and started, and says that something was missed', async () => {
  follow();
  await vi.waitFor(() => expect(hellos).toEqual([false]));
  await daemon.stop();
  await vi.waitFor(() => expect(states.at(-1)).toBe('offline'));
  await daemon.start();
  await vi.waitFor(() => expect(states.at(-1)).toBe('online'));
  expect(hellos).toEqual([false, true]);
});

it('says that the session is lost, and notices when there is one again', async () => {
  daemon.answer((_asked, response) => response.writeHead(401).end());
  follow();
  await vi.waitFor(() => expect(states).toContain('unauthorized'));
  daemon.answer(greet);
  await vi.waitFor(() => expect(states.at(-1)).toBe('online'));
});

it('takes a silent connection for a dead one', async () => {
  follow(40);
  await vi.waitFor(() => expect(hellos.slice(0, 2)).toEqual([false, true]));
  expect(states.slice(0, 3)).toEqual(['connecting', 'online', 'offline']);
});

it('takes keep-alive lines for life', async () => {
  follow(150);
  await vi.waitFor(() => expect(open).toHaveLength(1));
  let beats = 0;
  const heart = setInterval(() => {
    open[0]?.write(':\n\n');
    beats += 1;
  }, 15);
  try {
    // Thirty beats take three times as long as the silence that would end the connection.
    await vi.waitFor(() => expect(beats).toBeGreaterThan(30), { timeout: 5_000 });
    expect(states).toEqual(['connecting', 'online']);
  } finally {
    clearInterval(heart);
  }
});

it('stops for good when it is closed', async () => {
  follow();
  await vi.waitFor(() => expect(hellos).toHaveLength(1));
  feed.close();
  await vi.waitFor(() => expect(open[0]?.destroyed).toBe(true));
  const before = daemon.asked.length;
  await daemon.stop();
  await daemon.start();
  expect(daemon.asked).toHaveLength(before);
  expect(states).not.toContain('offline');
});
