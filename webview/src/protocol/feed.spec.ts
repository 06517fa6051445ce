import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { DaemonDouble } from '../testing/daemonDouble';
import type { Answer } from '../testing/daemonDouble';
import { eventually } from '../testing/eventually';
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
  await eventually(() => expect(states).toEqual(['connecting', 'online']));
  open[0]?.write('event: change\ndata: {"kind": "job", "task_id": 1, "job_id": 2}\n\n');
  await eventually(() => expect(changes).toEqual([{ kind: 'job', task_id: 1, job_id: 2 }]));
});

it('comes back by itself when the daemon was stopped and started, and says that something was missed', async () => {
  follow();
  await eventually(() => expect(hellos).toEqual([false]));
  await daemon.stop();
  await eventually(() => expect(states.at(-1)).toBe('offline'));
  await daemon.start();
  await eventually(() => expect(states.at(-1)).toBe('online'));
  expect(hellos).toEqual([false, true]);
});

it('says that the session is lost, and notices when there is one again', async () => {
  daemon.answer((_asked, response) => response.writeHead(401).end());
  follow();
  await eventually(() => expect(states).toContain('unauthorized'));
  daemon.answer(greet);
  await eventually(() => expect(states.at(-1)).toBe('online'));
});

describe('silence', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('of a connection means that it is dead', async () => {
    follow(40_000);
    await eventually(() => expect(hellos).toEqual([false]));
    vi.advanceTimersByTime(40_000);
    await eventually(() => expect(hellos).toEqual([false, true]));
    expect(states).toEqual(['connecting', 'online', 'offline', 'online']);
  });

  it('is broken by whatever arrives', async () => {
    follow(40_000);
    await eventually(() => expect(hellos).toEqual([false]));
    for (let beat = 1; beat <= 4; beat += 1) {
      vi.advanceTimersByTime(30_000);
      open[0]?.write('event: change\ndata: {"kind": "tasks"}\n\n');
      await eventually(() => expect(changes).toHaveLength(beat));
    }
    expect(states).toEqual(['connecting', 'online']);
  });
});

it('stops for good when it is closed', async () => {
  follow();
  await eventually(() => expect(hellos).toHaveLength(1));
  feed.close();
  await eventually(() => expect(open[0]?.destroyed).toBe(true));
  const before = daemon.asked.length;
  await daemon.stop();
  await daemon.start();
  expect(daemon.asked).toHaveLength(before);
  expect(states).not.toContain('offline');
});
