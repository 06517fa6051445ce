import { describe, expect, it } from 'vitest';

import type { EncodedPacket, Fragments } from './fragments';
import { FrameWindow } from './frameWindow';
import type { Decoder, DecoderEvents } from './frameWindow';
import { frameAt, sourcePlan } from './segmentPlan';

interface Frame {
  readonly number: number;
  isOpen: boolean;
  close(): void;
}

/**
 * A decoder that gives frames out in the order of showing and holds back a few, as real ones do. It refuses what real ones
 * refuse: to begin with anything but a keyframe. Packets whose data is empty are broken, and pass without a frame.
 */
class DecoderDouble implements Decoder {
  readonly #events: DecoderEvents<Frame>;
  readonly #made: Frame[];
  #waiting: EncodedPacket[] = [];
  #held: number[] = [];
  #needsKey = true;
  isClosed = false;
  /** Frames whose packets it was given. */
  readonly given: number[] = [];

  constructor(events: DecoderEvents<Frame>, made: Frame[]) {
    this.#events = events;
    this.#made = made;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  decode(packet: EncodedPacket): void {
    if (this.isClosed) throw new Error('closed');
    if (this.#needsKey && !packet.isKey) throw new Error('A key frame is required after configure() or flush().');
    this.#needsKey = false;
    this.#waiting.push(packet);
    this.given.push(packet.time / 1000);
  }

  /** Does the work of one packet; false when there is none. */
  work(): boolean {
    const packet = this.#waiting.shift();
    if (packet === undefined || this.isClosed) return false;
    if (packet.data.length > 0) this.#held.push(packet.time);
    this.#held.sort((a, b) => a - b);
    this.#events.onRoom();
    if (this.#held.length > 3) this.#give();
    return true;
  }

  async flush(): Promise<void> {
    await Promise.resolve();
    while (this.work());
    while (this.#held.length > 0 && !this.isClosed) this.#give();
    this.#needsKey = true;
  }

  close(): void {
    this.isClosed = true;
  }

  #give(): void {
    const time = this.#held.shift() ?? 0;
    const frame: Frame = {
      number: frameAt(time) ?? -1,
      isOpen: true,
      close() {
        if (!this.isOpen) throw new Error(`frame ${this.number} is closed twice`);
        this.isOpen = false;
      },
    };
    this.#made.push(frame);
    this.#events.onFrame(frame, time);
  }
}

/** Frames 0 to 39 in groups of ten: each two frames are stored in turned order, as with B-frames. */
interface Given {
  readonly keys?: readonly number[];
  readonly firsts?: readonly number[];
  readonly broken?: ReadonlySet<number>;
  readonly spare?: number;
  readonly leaves?: ReadonlySet<number>;
  readonly isOfUse?: (frame: number) => boolean;
}

function scene({ keys = [0, 10, 20, 30], firsts = keys, broken = new Set<number>(), spare = 8, leaves = new Set<number>(), isOfUse = () => true }: Given = {}) {
  const length = 40;
  const made: Frame[] = [];
  const decoders: DecoderDouble[] = [];
  const told: number[] = [];
  const errors: unknown[] = [];
  const held = new Set<number>();
  let wanted: readonly number[] = [];
  const segment = (index: number): Fragments => {
    const [from, to] = [firsts[index] ?? 0, firsts[index + 1] ?? length];
    const key = keys[index] ?? 0;
    const rest = Array.from({ length: to - from }, (_, at) => from + at).filter((number) => number !== key);
    const order = [key, ...rest];
    return { description: null, packets: order.map((number) => ({ time: number * 1000, isKey: number === key, isLeaf: leaves.has(number), data: new Uint8Array(broken.has(number) ? 0 : 1) })) };
  };
  const segments = keys.map((_, index) => segment(index));
  const window = new FrameWindow<Frame>({
    plan: sourcePlan(keys, firsts),
    segments: {
      get: (index) => (held.has(index) ? (segments[index] ?? null) : null),
      want: (all) => (wanted = all),
    },
    makeDecoder: (_description, events) => {
      const decoder = new DecoderDouble(events, made);
      decoders.push(decoder);
      return decoder;
    },
    onFrame: (frame) => told.push(frame),
    onError: (error) => errors.push(error),
    isOfUse,
    spare,
    queue: 4,
  });
  /** Everything arrives and is decoded. */
  const settle = async ({ arrives = true } = {}): Promise<void> => {
    for (let turn = 0; turn < 400; turn += 1) {
      if (arrives) for (const index of wanted) held.add(index);
      window.pump();
      for (const decoder of decoders) decoder.work();
      await Promise.resolve();
    }
  };
  const open = (): number[] => made.filter((frame) => frame.isOpen).map((frame) => frame.number).sort((a, b) => a - b);
  return { window, settle, held, decoders, told, errors, open, wanted: () => wanted };
}

function to(from: number, end: number): number[] {
  return Array.from({ length: end - from + 1 }, (_, index) => from + index);
}

describe('FrameWindow', () => {
  it('gives the frame that is wanted, and its followers', async () => {
    const { window, settle, errors } = scene();
    window.want([13, 14, 15], [12]);
    await settle();
    expect([12, 13, 14, 15].map((frame) => window.get(frame)?.number)).toEqual([12, 13, 14, 15]);
    expect(errors).toEqual([]);
  });

  it('goes through all frames in one run, group after group, to the last', async () => {
    const { window, settle, decoders, errors } = scene();
    for (let frame = 0; frame < 40; frame += 1) {
      window.want([frame, frame + 1, frame + 2].filter((one) => one < 40), [frame - 1]);
      await settle();
      expect(window.get(frame)?.number).toBe(frame);
    }
    expect(decoders).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('jumps anywhere, without decoding what lies between', async () => {
    const { window, settle, decoders } = scene();
    for (const frame of [35, 2, 39, 0, 21]) {
      window.want([frame], []);
      await settle();
      expect(window.get(frame)?.number).toBe(frame);
    }
    expect(decoders).toHaveLength(5);
    expect(decoders.filter((decoder) => !decoder.isClosed).length).toBeLessThanOrEqual(1);
  });

  it('closes every frame but those that are wanted, kept, or came a little early', async () => {
    const { window, settle, open } = scene({ spare: 4 });
    for (const frame of [35, 5, 25, 12]) {
      window.want([frame, frame + 1], [frame - 1]);
      await settle();
      expect(open().length).toBeLessThanOrEqual(7);
      expect(open().length).toBe(window.size);
    }
    window.close();
    expect(open()).toEqual([]);
  });

  it('decodes a block at once for going back', async () => {
    const { window, settle, decoders } = scene();
    window.want([29, ...to(20, 28).reverse()], []);
    await settle();
    expect(to(20, 29).map((frame) => window.get(frame)?.number)).toEqual(to(20, 29));
    expect(decoders).toHaveLength(1);
  });

  it('feeds the group before where frames refer to it', async () => {
    const { window, settle, errors } = scene({ firsts: [0, 8, 18, 28] });
    for (const frame of [9, 18, 30, 29, 10]) {
      window.want([frame], []);
      await settle();
      expect(window.get(frame)?.number).toBe(frame);
    }
    expect(errors).toEqual([]);
  });

  it('never shows a frame that was decoded without what it refers to', async () => {
    const { window, settle, told } = scene({ firsts: [0, 8, 18, 28] });
    window.want([22], to(15, 25));
    await settle();
    expect(window.get(22)?.number).toBe(22);
    expect([18, 19].map((frame) => window.get(frame))).toEqual([null, null]);
    expect(told.every((frame) => frame >= 20)).toBe(true);
  });

  it('passes over broken frames and says which they are', async () => {
    const { window, settle, told } = scene({ broken: new Set([13, 39]) });
    window.want([13, 14], []);
    await settle();
    expect([window.isLost(13), window.get(14)?.number, told.includes(13)]).toEqual([true, 14, true]);
    window.want([39], []);
    await settle();
    expect(window.isLost(39)).toBe(true);
  });

  it('gets the last frames of a group out while the next group is on its way', async () => {
    const { window, settle, held } = scene();
    held.add(0);
    window.want([9], []);
    await settle({ arrives: false });
    expect(window.get(9)?.number).toBe(9);
    window.want([10], []);
    await settle();
    expect(window.get(10)?.number).toBe(10);
  });

  it('fetches what is waited for alone, then what comes next', async () => {
    const { window, settle, wanted } = scene();
    window.want([15], [], [20]);
    expect(wanted()).toEqual([1]);
    await settle();
    expect(wanted()).toEqual([1, 2]);
  });

  it('leaves out frames on the way that no other refers to, and decodes them when they are wanted', async () => {
    const { window, settle, decoders, told } = scene({ leaves: new Set(to(0, 39).filter((frame) => frame % 3 > 0)) });
    window.want([18, 19], [17]);
    await settle();
    expect(decoders[0]?.given.filter((frame) => frame <= 19)).toEqual([10, 12, 15, 17, 18, 19]);
    expect([17, 18, 19].map((frame) => window.get(frame)?.number)).toEqual([17, 18, 19]);
    window.want([16, 14, 13], []);
    await settle();
    expect([16, 14, 13].map((frame) => window.get(frame)?.number)).toEqual([16, 14, 13]);
    expect([13, 14, 16].filter((frame) => window.isLost(frame))).toEqual([]);
    expect(told).not.toContain(11);
  });

  it('does not take a frame for lost that was left out before it was wanted', async () => {
    const { window, settle, held, decoders } = scene({ leaves: new Set([14]) });
    held.add(1);
    window.want([18], []);
    expect(decoders[0]?.given.slice(0, 5)).toEqual([10, 11, 12, 13, 15]);
    window.want([14, 18], []);
    await settle();
    expect([window.get(14)?.number, window.isLost(14)]).toEqual([14, false]);
  });

  it('leaves out what nobody will ever want', async () => {
    const { window, settle, decoders } = scene({ leaves: new Set(to(0, 39).filter((frame) => frame % 2 > 0)), isOfUse: (frame) => frame % 4 === 0 });
    for (const frame of [0, 4, 8, 12, 16]) {
      window.want([frame, frame + 4], []);
      await settle();
      expect(window.get(frame)?.number).toBe(frame);
    }
    expect(decoders).toHaveLength(1);
    expect(decoders[0]?.given.filter((frame) => frame % 2 > 0)).toEqual([]);
  });

  it('says how much is to be decoded for a frame', async () => {
    const { window, settle } = scene({ leaves: new Set([11, 13, 15, 17, 19]) });
    expect(window.distance(29)).toBe(10);
    window.want([18], []);
    await settle();
    expect(window.distance(18)).toBe(0);
    // Half of what was seen last could be left out.
    expect(window.distance(28)).toBe(5);
    // The run goes on from there.
    expect(window.distance(19)).toBeLessThan(2);
  });

  it('fetches nothing beside a long way to what is wanted', async () => {
    const { window, settle, held, wanted } = scene({ keys: [0, 30], firsts: [0, 30] });
    held.add(0);
    window.want([25], [], [30]);
    expect(wanted()).toEqual([0]);
    await settle();
    expect(wanted()).toEqual([0, 1]);
  });

  it.each([new Set<number>(), new Set([1, 3, 9, 10, 12, 13, 15, 18, 25, 26, 33, 38, 39])])('is right about any walk', async (leaves) => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
    const { window, settle, errors, open } = scene({ keys: [0, 7, 8, 19, 31], firsts: [0, 7, 8, 17, 31], leaves });
    let frame = 0;
    for (let move = 0; move < 60; move += 1) {
      frame = random(3) === 0 ? random(40) : Math.min(39, Math.max(0, frame + random(5) - 2));
      const wanted = random(2) === 0 ? to(frame, Math.min(39, frame + 4)) : to(Math.max(0, frame - 5), frame).reverse();
      window.want(wanted, [frame - 1, frame + 1]);
      if (random(4) > 0) await settle();
      if (random(4) > 0) continue;
      await settle();
      expect(window.get(frame)?.number).toBe(frame);
      expect(wanted.filter((one) => window.isLost(one))).toEqual([]);
    }
    expect(errors).toEqual([]);
    expect(open().length).toBe(window.size);
  });
});
