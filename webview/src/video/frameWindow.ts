/**
 * The decoded frames around the one in view. Frames are numbered as in the video file.
 *
 * Decoding is a run: it begins at a keyframe and goes forwards. A run is gone on with where it leads to what is wanted, and else
 * given up for one that begins nearer. No more is decoded than was wanted, but for what a decoder holds back until it gets more.
 * On the way to what is wanted, frames that no other refers to are left out.
 */

import type { EncodedPacket } from './fragments';
import { frameAt } from './segmentPlan';
import type { SegmentPlan } from './segmentPlan';
import type { SegmentStore } from './segmentStore';

/** A decoded frame, whose memory is the decoder's until it is closed. */
export interface Closable {
  close(): void;
}

export interface Decoder {
  /** Packets that wait. */
  readonly queued: number;
  decode(packet: EncodedPacket): void;
  /** Gives out everything that was held back; after that decoding goes on with a keyframe. */
  flush(): Promise<void>;
  close(): void;
}

export interface DecoderEvents<F> {
  /** A frame with its time. Frames come in the order in which they are shown. */
  readonly onFrame: (frame: F, time: number) => void;
  /** Fewer packets wait than before. */
  readonly onRoom: () => void;
  readonly onError: (error: unknown) => void;
}

export interface FrameWindowOptions<F extends Closable> {
  readonly plan: SegmentPlan;
  readonly segments: Pick<SegmentStore, 'get' | 'want'>;
  readonly makeDecoder: (description: Uint8Array | null, events: DecoderEvents<F>) => Decoder;
  /** A frame is there, or will never be. */
  readonly onFrame: (frame: number) => void;
  readonly onError: (error: unknown) => void;
  /** False for a frame that nobody will ever want: it is only decoded. */
  readonly isOfUse: (frame: number) => boolean;
  /** How far after the last wanted one frames are kept, when they come by themselves. */
  readonly spare: number;
  /** How many packets wait in the decoder: enough to keep it busy. What it was given too much comes out as spare frames. */
  readonly queue: number;
}

/** Packets in the decoder's queue while the frame that is wanted is that far. */
const LONG_QUEUE = 16;

interface Run {
  readonly decoder: Decoder;
  readonly description: Uint8Array | null;
  /** The segment that it began with. */
  readonly from: number;
  /** The packet that comes next. */
  segment: number;
  index: number;
  /** The last frame that came out. */
  shown: number;
  /** Frames whose packets were left out. */
  readonly skipped: Set<number>;
  flushing: boolean;
}

export class FrameWindow<F extends Closable> {
  readonly #options: FrameWindowOptions<F>;
  readonly #frames = new Map<number, F>();
  /** Frames that the decoder passed over: their packets are broken. */
  readonly #lost = new Set<number>();
  #wanted: readonly number[] = [];
  #kept: ReadonlySet<number> = new Set();
  #last = -Infinity;
  #ahead: readonly number[] = [];
  #run: Run | null = null;
  /** Of the packets of the segment that was begun with last, how many of one cannot be left out. */
  #share = 1;
  #closed = false;

  constructor(options: FrameWindowOptions<F>) {
    this.#options = options;
  }

  get(frame: number): F | null {
    return this.#frames.get(frame) ?? null;
  }

  isLost(frame: number): boolean {
    return this.#lost.has(frame);
  }

  /** How many decoded frames are held. */
  get size(): number {
    return this.#frames.size;
  }

  /** About how many frames are decoded until one is there. */
  distance(frame: number): number {
    if (this.#frames.has(frame)) return 0;
    const { plan } = this.#options;
    const { first } = plan.of(frame);
    const run = this.#run;
    const next = run !== null && this.#leadsTo(run, frame, first) ? Math.max(run.shown + 1, plan.keyOf(run.from)) : plan.keyOf(first);
    return (frame - next) * this.#share + 1;
  }

  /** True when the packets of a frame are here. */
  isFetched(frame: number): boolean {
    return this.#options.segments.get(this.#options.plan.of(frame).last) !== null;
  }

  /**
   * Decodes `wanted`, the most urgent first. `kept` stay if they are there, and are kept when they come by. `ahead` are frames
   * whose packets are fetched when nothing else is waited for.
   */
  want(wanted: readonly number[], kept: readonly number[], ahead: readonly number[] = []): void {
    this.#wanted = wanted;
    this.#kept = new Set([...wanted, ...kept]);
    this.#last = wanted.reduce((last, frame) => Math.max(last, frame), -Infinity);
    this.#ahead = ahead;
    for (const [number, frame] of this.#frames) {
      if (this.#keeps(number)) continue;
      this.#frames.delete(number);
      frame.close();
    }
    this.pump();
  }

  /** Goes on: something arrived, or may be asked for again. */
  pump(): void {
    if (this.#closed) return;
    const target = this.#wanted.find((frame) => !this.#frames.has(frame) && !this.#lost.has(frame));
    this.#options.segments.want(this.#segmentsFor(target));
    if (target === undefined) return;
    const { first, last } = this.#options.plan.of(target);
    if (this.#run === null || !this.#leadsTo(this.#run, target, first)) this.#run = this.#begin(first);
    if (this.#run !== null) this.#feed(this.#run, target, last);
  }

  close(): void {
    this.#closed = true;
    this.#run?.decoder.close();
    this.#run = null;
    for (const frame of this.#frames.values()) frame.close();
    this.#frames.clear();
  }

  #keeps(frame: number): boolean {
    if (this.#kept.has(frame)) return true;
    return frame > this.#last && frame <= this.#last + this.#options.spare && this.#options.isOfUse(frame);
  }

  /** What is to be fetched: alone what is waited for, and when that is here, all that will be needed soon. */
  #segmentsFor(target: number | undefined): number[] {
    const { plan, segments } = this.#options;
    const of = (frames: readonly number[]): number[] => {
      const all = frames.flatMap((frame) => {
        const { first, last } = plan.of(frame);
        return first === last ? [last] : [first, last];
      });
      return [...new Set(all)].filter((segment) => segment < plan.count);
    };
    const urgent = target === undefined ? [] : of([target]);
    if (urgent.some((segment) => segments.get(segment) === null)) return urgent;
    // A jump takes the decoder a while: nothing else shall take its time meanwhile.
    if (target !== undefined && target === this.#wanted[0] && this.distance(target) > LONG_QUEUE) return urgent;
    return [...new Set([...urgent, ...of(this.#wanted), ...of(this.#ahead)])];
  }

  #leadsTo(run: Run, target: number, first: number): boolean {
    if (target <= run.shown || run.from > first || run.skipped.has(target)) return false;
    if (first <= run.segment) return true;
    // Into the next segment it goes without a break; what lies between now and a later one need not be decoded.
    const packets = this.#options.segments.get(run.segment)?.packets;
    return first === run.segment + 1 && packets !== undefined && run.index >= packets.length;
  }

  #begin(segment: number): Run | null {
    this.#run?.decoder.close();
    this.#run = null;
    const fragments = this.#options.segments.get(segment);
    if (fragments === null) return null;
    const events: DecoderEvents<F> = {
      onFrame: (frame, time) => this.#onFrame(run, frame, time),
      onRoom: () => {
        if (this.#run === run) this.pump();
      },
      onError: (error) => {
        if (this.#run === run) this.#options.onError(error);
      },
    };
    const { description, packets } = fragments;
    this.#share = packets.filter(({ isLeaf }) => !isLeaf).length / Math.max(1, packets.length);
    let decoder: Decoder;
    try {
      decoder = this.#options.makeDecoder(description, events);
    } catch (error) {
      this.#options.onError(error);
      return null;
    }
    const run: Run = { decoder, description, from: segment, segment, index: 0, shown: -1, skipped: new Set(), flushing: false };
    return run;
  }

  #feed(run: Run, target: number, last: number): void {
    const { plan, segments, queue } = this.#options;
    const room = target - run.shown > LONG_QUEUE ? LONG_QUEUE : queue;
    while (this.#run === run && !run.flushing) {
      const fragments = run.segment < plan.count ? segments.get(run.segment) : null;
      if (fragments === null || !sameBytes(fragments.description, run.description)) {
        // Everything that there is was given: what the decoder still holds back comes out without more packets.
        const mayFlush = run.segment > last && (run.segment >= plan.count || plan.isClosed(run.segment));
        if (mayFlush && run.index === 0) void this.#flush(run, fragments !== null);
        return;
      }
      const packet = fragments.packets[run.index];
      if (packet === undefined) {
        run.segment += 1;
        run.index = 0;
      } else if (this.#isSpared(packet, target)) {
        run.index += 1;
        run.skipped.add(frameAt(packet.time) ?? -1);
      } else {
        if (run.decoder.queued >= room) return;
        run.index += 1;
        run.decoder.decode(packet);
      }
    }
  }

  /** True for a packet that need not be decoded on the way to a frame. */
  #isSpared({ isKey, isLeaf, time }: EncodedPacket, target: number): boolean {
    const number = frameAt(time);
    if (isKey || !isLeaf || number === null) return false;
    return number < target ? !this.#keeps(number) : !this.#options.isOfUse(number);
  }

  async #flush(run: Run, isAtChange: boolean): Promise<void> {
    run.flushing = true;
    try {
      await run.decoder.flush();
    } catch {
      return; // the run was given up, or its error is told by itself
    }
    if (this.#run !== run) return;
    run.flushing = false;
    for (const frame of this.#wanted) if (this.#options.plan.of(frame).last < run.segment) this.#passed(run, frame);
    // The decoder is set up for what came before.
    if (isAtChange) {
      run.decoder.close();
      this.#run = null;
    }
    this.pump();
  }

  #onFrame(run: Run, frame: F, time: number): void {
    const number = frameAt(time);
    if (this.#run !== run || number === null || this.#frames.has(number) || !this.#isWhole(run, number)) {
      frame.close();
      if (this.#run === run && number !== null) run.shown = Math.max(run.shown, number);
      return;
    }
    run.shown = Math.max(run.shown, number);
    if (this.#keeps(number)) {
      this.#frames.set(number, frame);
      this.#lost.delete(number);
      this.#options.onFrame(number);
    } else frame.close();
    for (const wanted of this.#wanted) if (wanted < number) this.#passed(run, wanted);
    this.pump();
  }

  /** False for a frame that refers to one from before the run's beginning. */
  #isWhole(run: Run, frame: number): boolean {
    return this.#options.plan.of(frame).first >= run.from;
  }

  /** A frame that should have come by now, and did not, never will. */
  #passed(run: Run, frame: number): void {
    if (this.#frames.has(frame) || this.#lost.has(frame) || run.skipped.has(frame) || !this.#isWhole(run, frame)) return;
    this.#lost.add(frame);
    this.#options.onFrame(frame);
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
