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
  /** True when the time for the next frame has come. */
  #due = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  play(): void {
    if (this.#playing || this.#options.frame() >= this.#options.last) return;
    this.#playing = true;
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
    this.#cancel = this.#options.clock.after(1000 / this.#options.fps, () => {
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
