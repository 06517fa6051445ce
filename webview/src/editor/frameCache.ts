/** Decoded pictures of frames: the one in view, its neighbours ahead of time, and as many others as fit into a budget. */

import type { Clock } from '../store/clock';

/** A decoded picture; `close` frees its memory. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  close(): void;
}

export type PictureStatus =
  | { readonly kind: 'loading' }
  /** `missing`: the picture only stands in for one that is not on the daemon's machine. */
  | { readonly kind: 'ready'; readonly missing?: boolean }
  | { readonly kind: 'error'; readonly message: string; readonly retrying: boolean };

/** A picture could not be had. `passing` when trying again may help. */
export class PictureError extends Error {
  readonly passing: boolean;

  constructor(message: string, { passing }: { readonly passing: boolean }) {
    super(message);
    this.name = 'PictureError';
    this.passing = passing;
  }
}

export interface FrameCacheOptions<P extends Picture> {
  readonly first: number;
  readonly last: number;
  readonly clock: Clock;
  /** True for a frame that travelling steps over: it is not loaded ahead of time. */
  readonly isSkipped?: (frame: number) => boolean;
  /** Loads and decodes a frame. Rejects with `PictureError`, or with anything when aborted. */
  readonly load: (frame: number, signal: AbortSignal) => Promise<P>;
  /** True for a picture that only stands in for one that is missing; left out, none does. */
  readonly isStandIn?: (picture: P) => boolean;
  /** Called when the status of a frame changed. */
  readonly onChange: (frame: number) => void;
  /** Bytes that decoded pictures may take, besides the ones that are wanted now. */
  readonly budget?: number;
}

/** One value each, so that nothing looks changed from frame to frame. */
export const READY: PictureStatus = { kind: 'ready' };
const STANDS_IN: PictureStatus = { kind: 'ready', missing: true };

const BUDGET = 256 * 1024 * 1024;
const AHEAD = 4;
const BEHIND = 1;
const LOADS_AT_ONCE = 3;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

export class FrameCache<P extends Picture> {
  readonly #options: FrameCacheOptions<P>;
  #last: number;
  /** Least recently wanted first. */
  readonly #pictures = new Map<number, P>();
  readonly #loads = new Map<number, AbortController>();
  readonly #errors = new Map<number, PictureError>();
  #wanted: number[] = [];
  /** A load that was overtaken by a newer wish but goes on, so that moving fast shows something on the way. */
  #overtaken: number | null = null;
  #failures = 0;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(options: FrameCacheOptions<P>) {
    this.#options = options;
    this.#last = options.last;
  }

  /** True for the frame that is wanted and its neighbours. */
  isWanted(frame: number): boolean {
    return this.#wanted.includes(frame);
  }

  get(frame: number): P | null {
    return this.#pictures.get(frame) ?? null;
  }

  status(frame: number): PictureStatus {
    const picture = this.#pictures.get(frame);
    if (picture !== undefined) return this.#isStandIn(picture) ? STANDS_IN : READY;
    const error = this.#errors.get(frame);
    return error === undefined ? { kind: 'loading' } : { kind: 'error', message: error.message, retrying: error.passing };
  }

  /** None of these is a video's. */
  readonly held = 0;

  /** Bytes of all decoded pictures. */
  get bytes(): number {
    return [...this.#pictures.values()].reduce((sum, picture) => sum + bytesOf(picture), 0);
  }

  /**
   * Wants a frame and, once it is there, its neighbours unless it is wanted `alone`, more of them in the direction of travel.
   * Loads of other frames are aborted, except for one: the oldest that was wanted for itself.
   */
  want(frame: number, direction: 1 | -1 = 1, { alone = false }: { readonly alone?: boolean } = {}): void {
    const [before] = this.#wanted;
    if (this.#overtaken === null && before !== undefined && before !== frame && this.#loads.has(before)) this.#overtaken = before;
    this.#wanted = alone ? [frame] : [frame, ...this.#follow(frame, direction, AHEAD), ...this.#follow(frame, -direction, BEHIND)];
    for (const [loading, controller] of this.#loads) {
      if (this.#wanted.includes(loading) || loading === this.#overtaken) continue;
      this.#loads.delete(loading);
      controller.abort();
    }
    for (const one of this.#wanted.toReversed()) this.#touch(one);
    this.#pump();
  }

  /** The frame need not come any more, where it is the one that is wanted. */
  unwant(frame: number): void {
    if (this.#wanted[0] !== frame) return;
    this.#wanted = [];
    if (frame === this.#overtaken) return;
    this.#loads.get(frame)?.abort();
    this.#loads.delete(frame);
  }

  /** There are more frames now. */
  grow(last: number): void {
    this.#last = last;
  }

  /** Asks again for what is missing: somebody may have brought it. What is in view stays there until the answer. */
  renewStandIns(): void {
    for (const [frame, picture] of this.#pictures) {
      if (!this.#isStandIn(picture) || this.#loads.has(frame)) continue;
      if (this.#wanted.includes(frame)) void this.#load(frame);
      else {
        this.#pictures.delete(frame);
        picture.close();
      }
    }
  }

  /** Tries again what failed, at once. */
  retryNow(): void {
    const failed = [...this.#errors.keys()];
    this.#forgetErrors(() => true);
    // Said at once, so that the person sees that something happens.
    for (const frame of failed) if (this.#wanted.includes(frame)) this.#options.onChange(frame);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    for (const controller of this.#loads.values()) controller.abort();
    this.#loads.clear();
    for (const picture of this.#pictures.values()) picture.close();
    this.#pictures.clear();
  }

  #pump(): void {
    for (const frame of this.#wanted) {
      if (this.#closed || this.#loads.size >= LOADS_AT_ONCE) return;
      // Decoding a neighbour at the same time would only delay the frame that the person waits for.
      if (frame !== this.#wanted[0] && this.status(this.#wanted[0] ?? frame).kind === 'loading') return;
      if (!this.#pictures.has(frame) && !this.#loads.has(frame) && !this.#errors.has(frame)) void this.#load(frame);
    }
  }

  async #load(frame: number): Promise<void> {
    const controller = new AbortController();
    this.#loads.set(frame, controller);
    const done = (): void => {
      this.#loads.delete(frame);
      if (this.#overtaken === frame) this.#overtaken = null;
    };
    try {
      const picture = await this.#options.load(frame, controller.signal);
      if (controller.signal.aborted) {
        picture.close();
        return;
      }
      this.#failures = 0;
      this.#pictures.get(frame)?.close();
      this.#pictures.set(frame, picture);
      this.#evict();
    } catch (error) {
      if (controller.signal.aborted) return;
      this.#fail(frame, error instanceof PictureError ? error : new PictureError(String(error), { passing: false }));
    }
    done();
    this.#options.onChange(frame);
    this.#pump();
  }

  #fail(frame: number, error: PictureError): void {
    this.#errors.set(frame, error);
    if (!error.passing || this.#cancelRetry !== null) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#options.clock.after(wait, () => this.#forgetErrors((failure) => failure.passing));
  }

  #forgetErrors(which: (error: PictureError) => boolean): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    for (const [frame, error] of this.#errors) if (which(error)) this.#errors.delete(frame);
    this.#pump();
  }

  /** The frames that come next in a direction. */
  #follow(frame: number, direction: number, count: number): number[] {
    const found: number[] = [];
    for (let next = frame + direction; found.length < count; next += direction) {
      if (next < this.#options.first || next > this.#last) break;
      if (this.#options.isSkipped?.(next) !== true) found.push(next);
    }
    return found;
  }

  #isStandIn(picture: P): boolean {
    return this.#options.isStandIn?.(picture) ?? false;
  }

  #touch(frame: number): void {
    const picture = this.#pictures.get(frame);
    if (picture === undefined) return;
    this.#pictures.delete(frame);
    this.#pictures.set(frame, picture);
  }

  #evict(): void {
    let bytes = this.bytes;
    for (const [frame, picture] of this.#pictures) {
      if (bytes <= (this.#options.budget ?? BUDGET)) return;
      if (this.#wanted.includes(frame)) continue;
      this.#pictures.delete(frame);
      bytes -= bytesOf(picture);
      picture.close();
    }
  }
}

function bytesOf(picture: Picture): number {
  return picture.width * picture.height * 4;
}
