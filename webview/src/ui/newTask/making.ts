/** Makes a task: the task itself, its files on their way, and its frames in the daemon. Nothing half-made is left. */

import {
  addFrames,
  cancelRequest,
  createTask,
  dataPlace,
  finishData,
  framesPlace,
  getRequest,
  sendFiles,
  startUpload,
} from '../../protocol/creation';
import type { DataRequest, FramesRequest, FramesResponse, NamedFile, TaskWrite } from '../../protocol/creation';
import type { Client } from '../../protocol/client';
import { ApiError } from '../../protocol/errors';
import { deleteTask } from '../../protocol/resources';
import { uploadGroups } from './uploadGroups';

export type Phase =
  | { readonly kind: 'starting' }
  /** Bytes of the files. */
  | { readonly kind: 'uploading'; readonly sent: number; readonly total: number }
  /** The daemon makes frames; from 0 to 1, or null where it cannot say. */
  | { readonly kind: 'making'; readonly progress: number | null };

export interface Media {
  readonly files: readonly NamedFile[];
  readonly data: DataRequest;
}

export interface Making {
  readonly onPhase: (phase: Phase) => void;
  readonly signal: AbortSignal;
}

/** Between two questions of how far it is, in ms: often at first, for what is done at once. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 1_000;

/** How often in a row the daemon may be away while it makes a task. */
const PATIENCE = 15;

/** The id of the new task. When something fails, or the signal aborts, the task is removed and the error is thrown. */
export async function makeTask(client: Client, task: TaskWrite, media: Media, making: Making): Promise<number> {
  making.onPhase({ kind: 'starting' });
  // Not to be aborted: nobody would know the task that was made all the same.
  const { id } = await createTask(client, task);
  try {
    await giveData(client, id, media, making);
    return id;
  } catch (error) {
    // What went wrong first is what is told; a task that stays can be given data, or be deleted, on its page.
    await deleteTask(client, id).catch(() => undefined);
    throw error;
  }
}

/** Gives a task its frames. When that fails the task is as before. */
export async function giveData(client: Client, taskId: number, media: Media, making: Making): Promise<void> {
  const { onPhase, signal } = making;
  signal.throwIfAborted();
  if (media.files.length > 0) await upload(client, dataPlace(taskId), media.files, making);
  signal.throwIfAborted();
  onPhase({ kind: 'making', progress: null });
  const { rq_id: request } = await finishData(client, taskId, media.data);
  try {
    await finished(client, request, making);
  } catch (error) {
    if (signal.aborted) await cancelRequest(client, request).catch(() => undefined);
    throw error;
  }
}

/** Gives a task that has frames more of them; all, or none when that fails. */
export async function giveFrames(
  client: Client,
  taskId: number,
  files: readonly NamedFile[],
  request: FramesRequest,
  making: Making,
): Promise<FramesResponse> {
  making.signal.throwIfAborted();
  if (files.length > 0) await upload(client, framesPlace(taskId), files, making);
  making.signal.throwIfAborted();
  making.onPhase({ kind: 'making', progress: null });
  // One step of the daemon's, which nobody can end halfway.
  return addFrames(client, taskId, request);
}

async function upload(client: Client, place: string, files: readonly NamedFile[], making: Making): Promise<void> {
  const { onPhase, signal } = making;
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let before = 0;
  onPhase({ kind: 'uploading', sent: 0, total });
  await startUpload(client, place);
  for (const group of uploadGroups(files)) {
    const size = group.reduce((sum, { file }) => sum + file.size, 0);
    // A request is its files and a little more.
    const onProgress = (sent: number, length: number): void =>
      onPhase({ kind: 'uploading', sent: before + (length > 0 ? (size * sent) / length : 0), total });
    await sendFiles(client, place, group, { onProgress, signal });
    before += size;
    onPhase({ kind: 'uploading', sent: before, total });
  }
}

async function finished(client: Client, request: string, { onPhase, signal }: Making): Promise<void> {
  let away = 0;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 1.3)) {
    await pause(wait, signal);
    try {
      const { status, message, progress } = await getRequest(client, request, signal);
      away = 0;
      if (status === 'finished') return;
      if (status === 'failed') throw new Error(message || 'The daemon did not say why it failed.');
      onPhase({ kind: 'making', progress });
    } catch (error) {
      if (!(error instanceof ApiError && error.transient) || ++away > PATIENCE) throw error;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error('It was cancelled.'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
