/**
 * The single picture of a frame that the decoder of a video takes long to get to. Both want the same processors, so the decoder
 * waits until the picture is there, or for a moment.
 */

import type { Clock } from '../store/clock';
import type { FrameCache } from './frameCache';
import type { FramePicture } from './pictures';

export interface HeadStartOptions {
  readonly clock: Clock;
  readonly stills: Pick<FrameCache<FramePicture>, 'want' | 'unwant'>;
  /** The decoder may get to work. */
  readonly onOver: () => void;
}

/** In milliseconds. The daemon makes most pictures in half of it; a decoder that waits longer would be late for a film. */
const LONGEST = 250;
/** Pixels that a browser decodes about as fast as a single picture comes: some frames in full HD. */
const QUICKLY = 30 * 1920 * 1080;

/** True when a single picture is there sooner than the decoder, which has so many frames of a size to decode. */
export function isFar(frames: number, { width, height }: { readonly width: number; readonly height: number }): boolean {
  return frames * width * height > QUICKLY;
}

export class HeadStart {
  readonly #options: HeadStartOptions;
  #frame: number | null = null;
  /** Not null while the decoder waits. */
  #cancel: (() => void) | null = null;

  constructor(options: HeadStartOptions) {
    this.#options = options;
  }

  /** True while the decoder should wait. */
  get isOn(): boolean {
    return this.#cancel !== null;
  }

  /** Asks for the picture of a frame. An earlier one that is on its way may come, to be seen in passing. */
  begin(frame: number, direction: 1 | -1): void {
    this.#cancel?.();
    this.#frame = frame;
    this.#options.stills.want(frame, direction, { alone: true });
    this.#cancel = this.#options.clock.after(LONGEST, () => this.#over());
  }

  /** The single picture of a frame arrived, or could not be had. */
  onSettled(frame: number): void {
    if (frame === this.#frame && this.isOn) this.#over();
  }

  /** The picture is not needed any more: the decoder was faster, or another frame is looked at. */
  end(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#frame !== null) this.#options.stills.unwant(this.#frame);
    this.#frame = null;
  }

  #over(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#options.onOver();
  }
}
