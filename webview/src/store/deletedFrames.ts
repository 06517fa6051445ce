/** Which frames of a job are deleted, and the ways between those that are not. */

export type FrameSet = ReadonlySet<number>;

/**
 * The frame that is `by` frames on, or back if it is negative, when skipped ones do not count. Where the job ends before, the
 * last one on the way; null when there is none at all.
 */
export function stepOver(frame: number, by: number, range: { readonly first: number; readonly last: number }, isSkipped: (frame: number) => boolean): number | null {
  const way = by > 0 ? 1 : -1;
  let found: number | null = null;
  let left = Math.abs(by);
  for (let at = frame + way; left > 0 && at >= range.first && at <= range.last; at += way) {
    if (isSkipped(at)) continue;
    found = at;
    left -= 1;
  }
  return found;
}

export interface DeletedFramesOptions {
  readonly initial: Iterable<number>;
  /** Has the daemon keep exactly these as deleted; answers what it keeps. */
  readonly send: (frames: readonly number[]) => Promise<readonly number[]>;
  readonly onChange: () => void;
  /** The daemon refused or was not reached: the frame is as it was. */
  readonly onFailure: (error: unknown) => void;
}

/** The daemon's list with what this page changed and the daemon does not know yet. */
export class DeletedFrames {
  readonly #options: DeletedFramesOptions;
  #kept: ReadonlySet<number>;
  /** What each frame that was changed here is to be. */
  readonly #pending = new Map<number, boolean>();
  #sending: Promise<void> = Promise.resolve();
  #all: ReadonlySet<number>;

  constructor(options: DeletedFramesOptions) {
    this.#options = options;
    this.#kept = new Set(options.initial);
    this.#all = this.#kept;
  }

  /** All that are deleted; another set after each change. */
  get all(): FrameSet {
    return this.#all;
  }

  has(frame: number): boolean {
    return this.#all.has(frame);
  }

  /** What the daemon says. */
  learn(frames: Iterable<number>): void {
    this.#kept = new Set(frames);
    this.#renew();
  }

  /** Deletes or restores a frame, at once here and as soon as it can be in the workspace. */
  set(frame: number, deleted: boolean): void {
    this.#pending.set(frame, deleted);
    this.#renew();
    // One after another: each sends the whole list.
    this.#sending = this.#sending.then(() => this.#send(frame, deleted));
  }

  /** Settles when everything is sent or refused. */
  settled(): Promise<void> {
    return this.#sending;
  }

  async #send(frame: number, deleted: boolean): Promise<void> {
    if (this.#pending.get(frame) !== deleted) return; // changed again meanwhile
    try {
      const kept = await this.#options.send([...this.#all].sort((a, b) => a - b));
      this.#kept = new Set(kept);
      if (this.#pending.get(frame) === deleted) this.#pending.delete(frame);
      this.#renew();
    } catch (error) {
      this.#pending.delete(frame);
      this.#renew();
      this.#options.onFailure(error);
    }
  }

  #renew(): void {
    const all = new Set(this.#kept);
    for (const [frame, deleted] of this.#pending) {
      if (deleted) all.add(frame);
      else all.delete(frame);
    }
    if (all.size === this.#all.size && [...all].every((frame) => this.#all.has(frame))) return;
    this.#all = all;
    this.#options.onChange();
  }
}
