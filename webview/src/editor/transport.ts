/** The daemon over HTTP, as one job needs it. */

import type { VideoRead } from '../protocol/generated';
import type { ChangesRequest } from '../store/change';
import type { IdRange } from '../store/idPool';
import type { LabeledData } from '../store/objects';
import type { SendResult } from '../store/saveQueue';

/** The daemon answered with something else than success. */
export class DaemonError extends Error {
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'DaemonError';
    this.status = status;
  }

  /** True when asking again later may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500 || [401, 403, 408, 425, 429].includes(this.status);
  }
}

export interface TransportOptions {
  readonly jobId: number;
  readonly taskId: number;
  readonly csrf: () => string;
  readonly refreshCsrf?: (() => Promise<void>) | undefined;
  readonly onUnauthorized?: (() => void) | undefined;
  readonly onAuthorized?: (() => void) | undefined;
  readonly fetch?: typeof fetch;
}

/** A request that takes longer than this many milliseconds has failed; the edit is still in the journal. */
const PATIENCE = 30_000;

/** CVAT answers errors as {detail}, a string, a list, or lists by field, nested; all sentences in it, in order. */
export function messageOf(body: unknown): string {
  const sentences: string[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'string') sentences.push(path.length > 0 ? `${path.join('.')}: ${value}` : value);
    else if (Array.isArray(value)) for (const one of value) visit(one, path);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) visit(one, ['detail', 'non_field_errors'].includes(key) ? path : [...path, key]);
    }
  };
  visit(body, []);
  return sentences.join(' ');
}

export class Transport {
  readonly #options: TransportOptions;
  readonly #fetch: typeof fetch;
  #refused = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  async annotations(): Promise<LabeledData> {
    const response = await this.#request(`/api/jobs/${this.#options.jobId}/annotations`);
    return (await response.json()) as LabeledData;
  }

  /** The picture of a frame, by its number in the task; `missing` when it only stands in for one that is not there. */
  async frame(number: number, signal: AbortSignal): Promise<{ readonly blob: Blob; readonly missing: boolean }> {
    const path = `/api/jobs/${this.#options.jobId}/data?type=frame&quality=compressed&number=${number}`;
    const response = await this.#request(path, { signal });
    return { blob: await response.blob(), missing: response.headers.has('X-Cvatd-Missing') };
  }

  /** A point cloud seen from above. */
  async cloudFromAbove(number: number, signal: AbortSignal): Promise<{ readonly blob: Blob; readonly missing: boolean }> {
    const response = await this.#request(`/api/cvatd/tasks/${this.#options.taskId}/clouds/${number}/top`, { signal });
    return { blob: await response.blob(), missing: response.headers.has('X-Cvatd-Missing') };
  }

  /** How the task's video is made up. */
  async video(signal: AbortSignal): Promise<VideoRead> {
    return (await (await this.#request(`/api/cvatd/tasks/${this.#options.taskId}/video`, { signal })).json()) as VideoRead;
  }

  /** A piece of the task's video, as it is or encoded by the daemon. */
  async videoSegment(segment: number, codec: 'source' | 'h264', signal: AbortSignal): Promise<ArrayBuffer> {
    const response = await this.#request(`/api/cvatd/tasks/${this.#options.taskId}/video/${segment}?codec=${codec}`, { signal });
    try {
      return await response.arrayBuffer();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new DaemonError(0, 'cvatd does not answer.');
    }
  }

  /** Says which frames of the job are deleted, all others being not; answers those that are. */
  async deleteFrames(frames: readonly number[]): Promise<readonly number[]> {
    const body = JSON.stringify({ deleted_frames: frames });
    const response = await this.#request(`/api/jobs/${this.#options.jobId}/data/meta`, { method: 'PATCH', body });
    return ((await response.json()) as { readonly deleted_frames: readonly number[] }).deleted_frames;
  }

  async reserveIds(count: number): Promise<IdRange> {
    const response = await this.#request(`/api/cvatd/ids?count=${count}`, { method: 'POST' });
    return (await response.json()) as IdRange;
  }

  async send(request: ChangesRequest): Promise<SendResult> {
    try {
      await this.#request(`/api/cvatd/jobs/${this.#options.jobId}/changes`, { method: 'POST', body: JSON.stringify(request) });
      return { kind: 'saved' };
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return { kind: error.isPassing ? 'unreachable' : 'rejected', message: error.message };
    }
  }

  async #request(path: string, init: RequestInit = {}): Promise<Response> {
    const unsafe = init.method !== undefined;
    const headers: Record<string, string> = unsafe ? { 'Content-Type': 'application/json', 'X-CSRFToken': this.#options.csrf() } : {};
    const signals = [AbortSignal.timeout(PATIENCE), ...(init.signal ? [init.signal] : [])];
    let response: Response;
    try {
      response = await this.#fetch(path, { credentials: 'same-origin', ...init, headers, signal: AbortSignal.any(signals) });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new DaemonError(0, 'cvatd does not answer.');
    }
    if (response.ok) {
      if (this.#refused) this.#options.onAuthorized?.();
      this.#refused = false;
      return response;
    }
    if (response.status === 401) {
      this.#refused = true;
      this.#options.onUnauthorized?.();
      throw new DaemonError(401, 'The session has ended: open the link that cvatd printed.');
    }
    if (response.status === 403 && unsafe) await this.#options.refreshCsrf?.().catch(() => undefined); // the retry will tell
    const body: unknown = await response.json().catch(() => null);
    throw new DaemonError(response.status, messageOf(body) || `cvatd answered ${response.status} ${response.statusText}.`);
  }
}
