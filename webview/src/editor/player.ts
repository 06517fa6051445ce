/** Playing frames at a steady rate. Pictures that are not there yet are waited for; a film may leave frames out to catch up. */

import type { Clock } from '../store/clock';

export interface PlayerOptions {
  readonly clock: Clock;
  /** Frames per second, asked before each frame. */
  readonly fps: () => number;
  readonly frame: () => number;
  /** The frame that is so many frames on, those that are stepped over not counted; null after the last. */
  readonly next: (frame: number, by: number) => number | null;
  readonly isReady: (frame: number) => boolean;
  /** True where frames may be left out when showing them takes too long. */
  readonly mayDrop: () => boolean;
  readonly advance: (frame: number) => void;
  readonly onPlaying: (playing: boolean) => void;
}

/** No more than this is left out at once, in milliseconds; who is further behind goes on from there. */
const CATCH_UP = 250;

export class Player {
  readonly #options: PlayerOptions;
  #playing = false;
  #cancel: (() => void) | null = null;
  /** When the next frame is to be shown, on the clock. */
  #dueAt = 0;
  /** True when the time for the next frame has come. */
  #due = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  play(): void {
    const { clock, frame, next, fps, onPlaying } = this.#options;
    if (this.#playing || next(frame(), 1) === null) return;
    this.#playing = true;
    this.#dueAt = clock.now() + 1000 / fps();
    onPlaying(true);
    this.#schedule();
  }

  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#cancel?.();
    this.#options.onPlaying(false);
  }

  toggle(): void {
    if (this.#playing) this.pause();
    else this.play();
  }

  /** A picture arrived. */
  onReady(): void {
    if (this.#playing && this.#due) this.#advance();
  }

  #schedule(): void {
    this.#due = false;
    this.#cancel = this.#options.clock.after(Math.max(0, this.#dueAt - this.#options.clock.now()), () => {
      this.#due = true;
      this.#advance();
    });
  }

  #advance(): void {
    const { clock, frame, next, isReady, fps, advance } = this.#options;
    const first = next(frame(), 1);
    if (first === null) {
      this.pause();
      return;
    }
    if (!isReady(first)) return;
    const period = 1000 / fps();
    const late = clock.now() - this.#dueAt;
    // By the clock, not from now on: what showing a frame takes must not slow the film down.
    let shown = first;
    let steps = 1;
    if (this.#options.mayDrop()) {
      for (let by = 2; by <= 1 + Math.floor(Math.min(late, CATCH_UP) / period); by += 1) {
        const later = next(frame(), by);
        if (later === null || later === shown || !isReady(later)) break;
        shown = later;
        steps = by;
      }
    }
    const now = clock.now();
    if (late > CATCH_UP) this.#dueAt = now + period;
    else this.#dueAt = this.#options.mayDrop() ? this.#dueAt + steps * period : Math.max(this.#dueAt + period, now);
    this.#schedule();
    advance(shown);
  }
}
