/** One task for each of several videos: each is made, and fails, by itself. */

import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

import type { Client } from '../../protocol/client';
import type { DataRequest, NamedFile, TaskWrite } from '../../protocol/creation';
import { messageOf } from '../../protocol/errors';
import { makeTask } from './making';
import type { Phase } from './making';

/** While one video is on its way the daemon can make the frames of another. */
const AT_ONCE = 2;

export interface SeveralItem {
  readonly task: TaskWrite;
  readonly file: NamedFile;
}

export type ItemState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly phase: Phase }
  | { readonly kind: 'made'; readonly taskId: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface Several {
  readonly items: readonly SeveralItem[];
  /** In the order of the items. */
  readonly states: StoreApi<readonly ItemState[]>;
  /** Tries one again that failed. */
  readonly retry: (index: number) => void;
  /** Ends what is under way and what waits; tasks that were made stay. */
  readonly cancel: () => void;
}

/** Starts at once. `onMade` is told of each task. */
export function makeSeveral(
  client: Client,
  items: readonly SeveralItem[],
  data: DataRequest,
  onMade: (taskId: number) => void = () => undefined,
): Several {
  const states = createStore<readonly ItemState[]>(() => items.map(() => ({ kind: 'waiting' })));
  const waiting = items.map((_item, index) => index);
  let stop = new AbortController();
  let running = 0;

  const set = (index: number, state: ItemState): void =>
    states.setState((old) => old.map((one, other) => (other === index ? state : one)), true);

  const make = async (index: number, { task, file }: SeveralItem): Promise<void> => {
    const { signal } = stop;
    set(index, { kind: 'running', phase: { kind: 'starting' } });
    try {
      const onPhase = (phase: Phase): void => set(index, { kind: 'running', phase });
      const taskId = await makeTask(client, task, { files: [file], data }, { onPhase, signal });
      set(index, { kind: 'made', taskId });
      onMade(taskId);
    } catch (error) {
      set(index, { kind: 'failed', message: signal.aborted ? 'Cancelled.' : messageOf(error) });
    }
  };

  const pump = (): void => {
    while (running < AT_ONCE) {
      const index = waiting.shift();
      const item = index === undefined ? undefined : items[index];
      if (index === undefined || item === undefined) return;
      running += 1;
      void make(index, item).then(() => {
        running -= 1;
        pump();
      });
    }
  };

  pump();
  return {
    items,
    states,
    retry: (index) => {
      if (states.getState()[index]?.kind !== 'failed') return;
      set(index, { kind: 'waiting' });
      waiting.push(index);
      pump();
    },
    cancel: () => {
      for (const index of waiting.splice(0)) set(index, { kind: 'failed', message: 'Cancelled.' });
      stop.abort();
      // What is tried again later is not cancelled by this.
      stop = new AbortController();
    },
  };
}
