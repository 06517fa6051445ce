/**
 * The frames of a video that the browser decodes itself. What takes it long is shown as a single picture of the daemon first; what
 * it cannot decode comes as one only, and so does everything where it cannot play the video at all.
 */

import type { VideoRead } from '../protocol/generated';
import { isClosed } from '../render/imageLayer';
import type { Clock } from '../store/clock';
import { readFragments } from '../video/fragments';
import { FrameWindow } from '../video/frameWindow';
import type { Decoder, DecoderEvents } from '../video/frameWindow';
import { PlaneBuffers } from '../video/planeBuffers';
import { rateOf } from '../video/rate';
import { sourcePlan, transcodedPlan } from '../video/segmentPlan';
import type { SegmentPlan } from '../video/segmentPlan';
import { SegmentStore } from '../video/segmentStore';
import { amountsFor } from '../video/amounts';
import type { Amounts } from '../video/amounts';
import { around } from '../video/around';
import { hasWebCodecs } from '../video/webDecoder';
import type { VideoFormat } from '../video/webDecoder';
import type { Playback } from './api';
import { READY } from './frameCache';
import type { FrameCache, PictureStatus } from './frameCache';
import { HeadStart, isFar } from './headStart';
import { videoPicture } from './pictures';
import type { FramePicture, Pictures } from './pictures';
import { DaemonError } from './transport';

export type VideoCodec = 'source' | 'h264';

export interface VideoPicturesOptions {
  /** First and last frame of the job, counted in the task. */
  readonly first: number;
  readonly last: number;
  readonly clock: Clock;
  /** Makes the store of single pictures, which tells of each that changed. */
  readonly stills: (onChange: (frame: number) => void) => FrameCache<FramePicture>;
  readonly index: (signal: AbortSignal) => Promise<VideoRead>;
  readonly segment: (segment: number, codec: VideoCodec, signal: AbortSignal) => Promise<ArrayBuffer>;
  /** How the browser decodes a format; null when it cannot. */
  readonly support: (format: VideoFormat) => Promise<VideoDecoderConfig | null>;
  readonly makeDecoder: (config: VideoDecoderConfig, description: Uint8Array | null, events: DecoderEvents<VideoFrame>) => Decoder;
  /** The status of a frame changed. */
  readonly onChange: (frame: number) => void;
  readonly onPlayback: (playback: Playback) => void;
}

/** Frames about the one in view that count as its neighbours. */
const NEAR = 6;
/** A jump that is under way is finished before the next one for so many milliseconds: who drags the slider sees something. */
const SEE_THROUGH = 400;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;
/** The daemon fails so often at the same segment before it is asked for something else. */
const TRIES = 3;
/** Pictures that are kept ready to be drawn: the one in view, and the one after it. */
const PREPARED = 3;

interface Playing {
  readonly codec: VideoCodec;
  readonly plan: SegmentPlan;
  readonly amounts: Amounts;
  readonly window: FrameWindow<VideoFrame>;
  readonly segments: SegmentStore;
}

export class VideoPictures implements Pictures {
  readonly #options: VideoPicturesOptions;
  readonly #closing = new AbortController();
  readonly #singles: FrameCache<FramePicture>;
  readonly #headStart: HeadStart;
  #index: VideoRead | null = null;
  #playing: Playing | null = null;
  /** True when single pictures are all there is. */
  #stills = false;
  /** The newest wish, and the frame that is being decoded for. */
  #asked: { readonly frame: number; readonly direction: 1 | -1 } | null = null;
  #target: { readonly frame: number; readonly since: number } | null = null;
  #cancelWait: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #failures = 0;
  /** Why nothing comes, while it is tried again. */
  #trouble: string | null = null;
  /** Decoded frames that are ready to be drawn, by their numbers in the video, and those that are about to be. */
  readonly #prepared = new Map<number, FramePicture>();
  readonly #buffers = new PlaneBuffers();
  readonly #preparing = new Set<number>();

  constructor(options: VideoPicturesOptions) {
    this.#options = options;
    this.#singles = options.stills((frame) => {
      options.onChange(frame);
      this.#headStart.onSettled(frame);
      if (this.#asked?.frame !== this.#target?.frame) this.#aim();
    });
    this.#headStart = new HeadStart({ clock: options.clock, stills: this.#singles, onOver: () => this.#aim() });
    void this.#ask();
  }

  /** Decoded frames that are held, for tests. */
  get held(): number {
    return this.#playing?.window.size ?? 0;
  }

  isWanted(frame: number): boolean {
    const { frame: asked, direction } = this.#asked ?? { frame: NaN, direction: 1 };
    const ahead = (frame - asked) * direction;
    return ahead >= -NEAR && ahead <= NEAR;
  }

  get(frame: number): FramePicture | null {
    const picture = this.#prepared.get(this.#source(frame));
    return picture !== undefined && !isClosed(picture.source) ? picture : this.#singles.get(frame);
  }

  status(frame: number): PictureStatus {
    if (this.#stills) return this.#singles.status(frame);
    if (this.#isDecoded(frame)) return READY;
    if (this.#singles.get(frame) !== null) return this.#singles.status(frame);
    // Asked for when it is its turn: a film does not wait for it.
    if (this.#playing?.window.isLost(this.#source(frame)) === true) return frame === this.#asked?.frame ? this.#singles.status(frame) : READY;
    return this.#trouble === null ? { kind: 'loading' } : { kind: 'error', message: this.#trouble, retrying: true };
  }

  want(frame: number, direction: 1 | -1 = 1): void {
    // Who jumps far back may go on in either direction.
    const isJump = this.#asked !== null && Math.abs(frame - this.#asked.frame) > 2 * NEAR;
    this.#asked = { frame, direction: isJump ? 1 : direction };
    if (this.#stills) this.#singles.want(frame, direction);
    else this.#aim();
  }

  renewStandIns(): void {
    this.#singles.renewStandIns();
    // The video itself may have been brought.
    const asked = this.#asked;
    if (this.#stills && asked !== null && this.#singles.get(asked.frame)?.missing === true) void this.#ask();
  }

  retryNow(): void {
    this.#singles.retryNow();
    if (this.#cancelRetry !== null) this.#retry();
  }

  grow(last: number): void {
    this.#singles.grow(last); // a video itself never grows
  }

  close(): void {
    this.#closing.abort();
    this.#cancelWait?.();
    this.#cancelRetry?.();
    this.#stop();
    this.#singles.close();
  }

  /** The number in the video file of a frame of the task. */
  #source(frame: number): number {
    return this.#index === null ? -1 : this.#index.start + frame * this.#index.step;
  }

  async #ask(): Promise<void> {
    const { signal } = this.#closing;
    try {
      this.#index = await this.#options.index(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof DaemonError && error.isPassing && (error.status < 500 || this.#failures < TRIES)) {
        this.#tryLater(error.message);
      } else this.#useStills(error instanceof DaemonError && error.status < 500 ? null : messageOf(error));
      return;
    }
    this.#recover();
    await this.#play('source', null);
  }

  /** Plays the video as it is, or as the daemon encodes it, or, where neither can be, shows single pictures. */
  async #play(codec: VideoCodec, why: string | null): Promise<void> {
    const index = this.#index;
    if (index === null) return;
    this.#stop();
    const isSource = codec === 'source';
    const format: VideoFormat = isSource
      ? { codec: index.codec, width: index.width, height: index.height }
      : { codec: index.transcoded_codec, width: index.transcoded_width, height: index.transcoded_height };
    const config = await this.#options.support(format);
    if (this.#closing.signal.aborted) return;
    if (config === null && !hasWebCodecs()) {
      this.#useStills('Browsers decode videos only for pages of this computer, or over https.');
      return;
    }
    if (config === null) {
      const reason = index.codec === '' ? 'The video is not of a kind that browsers play.' : `This browser does not decode ${index.codec}.`;
      if (isSource) await this.#play('h264', reason);
      else this.#useStills(why ?? 'This browser decodes no video here.');
      return;
    }
    this.#start(index, codec, config);
    this.#stills = false;
    this.#options.onPlayback({ kind: 'video', fps: rateOf(index), encoded: !isSource, why });
    this.#target = null;
    this.#aim();
  }

  #start(index: VideoRead, codec: VideoCodec, config: VideoDecoderConfig): void {
    const { makeDecoder, segment, onChange } = this.#options;
    const { start, step } = index;
    const amounts = amountsFor(config, index);
    const segments = new SegmentStore({
      load: async (number, signal) => readFragments(await segment(number, codec, signal)),
      onSettled: (_segment, error) => {
        if (error !== null) this.#onLoadFailure(codec, error);
        else {
          this.#recover();
          window.pump();
          this.#bridge();
        }
      },
    });
    const plan = codec === 'source' ? sourcePlan(index.key_frames, index.first_frames) : transcodedPlan(index.length, index.transcoded_run);
    const window = new FrameWindow<VideoFrame>({
      plan,
      segments,
      makeDecoder: (description, events) => makeDecoder(config, description, events),
      isOfUse: (frame) => (frame - start) % step === 0,
      spare: amounts.spare * step,
      queue: amounts.queue,
      onFrame: (frame) => {
        if (this.#isSought(frame) && !window.isLost(frame)) this.#prepare(frame);
        else onChange((frame - start) / step);
        if (window.isLost(frame)) this.#bridge();
        if (this.#asked?.frame !== this.#target?.frame) this.#aim();
      },
      onError: (error) => this.#fallBack(codec, messageOf(error)),
    });
    this.#playing = { codec, plan, amounts, window, segments };
  }

  #stop(): void {
    this.#headStart.end();
    for (const source of this.#prepared.keys()) this.#forget(source);
    this.#playing?.window.close();
    this.#playing?.segments.close();
    this.#playing = null;
  }

  /** Has what was asked for last decoded, unless an earlier jump is about to be there. */
  #aim(): void {
    const [asked, target, playing] = [this.#asked, this.#target, this.#playing];
    if (asked === null || playing === null) return;
    const { clock } = this.#options;
    this.#cancelWait?.();
    this.#cancelWait = null;
    const isNew = asked.frame !== target?.frame;
    // Whoever goes frame by frame is followed by the decoder, once it works.
    const isFollowed = target !== null && Math.abs(asked.frame - target.frame) <= NEAR && !this.#headStart.isOn;
    if (target !== null && isNew && !isFollowed && this.#isAwaited(target.frame)) {
      const left = target.since + SEE_THROUGH - clock.now();
      if (left > 0) {
        this.#cancelWait = clock.after(left, () => this.#aim());
        return;
      }
    }
    if (isNew) {
      this.#target = { frame: asked.frame, since: clock.now() };
      if (!isFollowed && this.#isFar(playing, asked.frame)) this.#headStart.begin(asked.frame, asked.direction);
      else this.#headStart.end();
    }
    if (this.#headStart.isOn) {
      playing.window.want([], []);
      return;
    }
    const { wanted, kept } = around(asked.frame, asked.direction, { amounts: playing.amounts, ends: this.#options, isDecoded: (frame) => this.#isDecoded(frame) });
    const source = (frame: number): number => this.#source(frame);
    playing.window.want(wanted.map(source), kept.map(source), this.#nextSegment(asked.frame, asked.direction).map(source));
    this.#prepare(this.#source(asked.frame));
    this.#bridge();
  }

  /** True for a frame whose single picture is there before the decoder is, or before it is encoded. */
  #isFar({ codec, window }: Playing, frame: number): boolean {
    const source = this.#source(frame);
    if (this.#index === null || window.get(source) !== null || window.isLost(source) || this.#singles.get(frame) !== null) return false;
    return (codec === 'h264' && !window.isFetched(source)) || isFar(window.distance(source), this.#index);
  }

  #isDecoded(frame: number): boolean {
    return (this.#playing?.window.get(this.#source(frame)) ?? null) !== null;
  }

  /** True for the frame that was asked for, and the one that is decoded for. */
  #isSought(source: number): boolean {
    return [this.#asked?.frame, this.#target?.frame].some((frame) => frame !== undefined && this.#source(frame) === source);
  }

  /** Makes a decoded frame ready to be drawn, and says so. */
  #prepare(source: number): void {
    const { window } = this.#playing ?? {};
    const frame = window?.get(source) ?? null;
    const known = this.#prepared.get(source);
    if (frame === null || this.#preparing.has(source) || (known !== undefined && !isClosed(known.source))) return;
    this.#preparing.add(source);
    const turns = this.#index?.quarter_turns ?? 0;
    void videoPicture(frame, turns, this.#buffers).then((picture) => {
      this.#preparing.delete(source);
      if (this.#playing?.window !== window || window?.get(source) !== frame) {
        picture.close();
        if (this.#isSought(source)) this.#prepare(source); // it was let go meanwhile, and decoded again
        return;
      }
      this.#forget(source);
      this.#prepared.set(source, picture);
      if (this.#target !== null && source === this.#source(this.#target.frame)) this.#headStart.end();
      for (const old of this.#prepared.keys()) if (this.#prepared.size > PREPARED && !this.#isSought(old)) this.#forget(old);
      this.#options.onChange((source - (this.#index?.start ?? 0)) / (this.#index?.step ?? 1));
    });
  }

  #forget(source: number): void {
    this.#prepared.get(source)?.close();
    this.#prepared.delete(source);
  }

  #isAwaited(frame: number): boolean {
    const isLost = this.#playing?.window.isLost(this.#source(frame)) ?? true;
    return !isLost && !this.#isDecoded(frame) && this.#singles.status(frame).kind === 'loading';
  }

  /** A frame of the segment that comes after, or before, the one of a frame. */
  #nextSegment(frame: number, direction: 1 | -1): number[] {
    const index = this.#index;
    const plan = this.#playing?.plan;
    if (index === null || plan === undefined) return [];
    const { last: own } = plan.of(this.#source(frame));
    if (direction === 1 ? own + 1 >= plan.count : own < 1) return [];
    const next = ((direction === 1 ? plan.keyOf(own + 1) : plan.keyOf(own) - 1) - index.start) / index.step;
    const whole = direction === 1 ? Math.ceil(next) : Math.floor(next);
    return whole >= this.#options.first && whole <= this.#options.last ? [whole] : [];
  }

  /** Asks for a single picture where the video gives none, or only after it was encoded. */
  #bridge(): void {
    const playing = this.#playing;
    const asked = this.#asked;
    if (playing === null || asked === null) return;
    const source = this.#source(asked.frame);
    const isLate = playing.codec === 'h264' && playing.window.get(source) === null && !playing.window.isFetched(source);
    if (isLate || playing.window.isLost(source)) this.#singles.want(asked.frame, asked.direction, { alone: true });
  }

  #onLoadFailure(codec: VideoCodec, error: unknown): void {
    if (error instanceof DaemonError && error.isPassing && (error.status < 500 || this.#failures < TRIES)) this.#tryLater(error.message);
    else if (error instanceof DaemonError && error.status < 500) this.#useStills(null); // the video is gone: said with its pictures
    else this.#fallBack(codec, messageOf(error));
  }

  #fallBack(codec: VideoCodec, why: string): void {
    if (this.#playing?.codec !== codec) return;
    this.#stop();
    if (codec === 'source') void this.#play('h264', why);
    else this.#useStills(why);
  }

  #useStills(why: string | null): void {
    this.#stop();
    this.#recover();
    this.#stills = true;
    this.#options.onPlayback({ kind: 'pictures', why, ...(this.#index === null ? {} : { fps: rateOf(this.#index) }) });
    const asked = this.#asked;
    if (asked === null) return;
    this.#singles.want(asked.frame, asked.direction);
    this.#options.onChange(asked.frame);
  }

  #tryLater(message: string): void {
    this.#trouble = message;
    if (this.#asked !== null) this.#options.onChange(this.#asked.frame);
    if (this.#cancelRetry !== null) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#options.clock.after(wait, () => this.#retry());
  }

  #retry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (this.#playing === null) void this.#ask();
    else this.#playing.window.pump();
  }

  #recover(): void {
    this.#failures = 0;
    this.#trouble = null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
