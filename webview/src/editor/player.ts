/** Playing frames at a steady rate, waiting for pictures that are not there yet: no frame is skipped. */

import type { Clock } from '../store/clock';

export interface PlayerOptions {
  readonly clock: Clock;
  readonly fps: number;
  /** The frame in view, and the last one. */
  readonly frame: () => number;
  readonly last: number;
  readonly isReady: (frame: number) => boolean;
  readonly advance: (frame: number) => void;
  readonly onPlaying: (playing: boolean) => void;
}

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
    if (this.#playing || this.#options.frame() >= this.#options.last) return;
    this.#playing = true;
    this.#dueAt = this.#options.clock.now();
    this.#options.onPlaying(true);
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
    // By the clock, not from now on: what showing a frame takes must not slow the film down.
    const now = this.#options.clock.now();
    this.#dueAt = Math.max(this.#dueAt + 1000 / this.#options.fps, now);
    this.#cancel = this.#options.clock.after(this.#dueAt - now, () => {
      this.#due = true;
      this.#advance();
    });
  }

  #advance(): void {
    const next = this.#options.frame() + 1;
    if (next > this.#options.last) {
      this.pause();
      return;
    }
    if (!this.#options.isReady(next)) return;
    this.#schedule();
    this.#options.advance(next);
  }
}
