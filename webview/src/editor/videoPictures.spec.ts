import { describe, expect, it } from 'vitest';

import type { VideoRead } from '../protocol/generated';
import { FakeClock, settle } from '../store/testing/fakeClock';
import type { DecoderEvents } from '../video/frameWindow';
import { buffer, fragment, moov } from '../video/testing/fragmentBytes';
import type { Playback } from './api';
import { FrameCache } from './frameCache';
import type { FramePicture } from './pictures';
import { DaemonError } from './transport';
import { VideoPictures } from './videoPictures';

const INDEX: VideoRead = {
  codec: 'avc1.64001f', width: 64, height: 48, quarter_turns: 0, length: 100, start: 0, stop: 99, step: 1, fps: 30,
  key_frames: [0, 50], first_frames: [0, 50], transcoded_run: 24, transcoded_codec: 'avc1.64001f', transcoded_width: 64, transcoded_height: 48,
};

/** Pictures of a video in a browser that decodes nothing, unless told otherwise. */
function scene(index: () => Promise<VideoRead>, { supports = false } = {}) {
  (globalThis as { VideoDecoder?: unknown }).VideoDecoder = () => undefined;
  const clock = new FakeClock();
  const playbacks: Playback[] = [];
  const stills: number[] = [];
  const segments: [number, string][] = [];
  const asked: string[] = [];
  const pictures = new VideoPictures({
    first: 0,
    last: 99,
    clock,
    stills: (onChange) => new FrameCache<FramePicture>({
      first: 0,
      last: 99,
      clock,
      onChange,
      load: (frame) => {
        stills.push(frame);
        return Promise.resolve({ source: { width: 1, height: 1 } as ImageBitmap, width: 1, height: 1, turns: 0, missing: false, close: () => undefined });
      },
    }),
    index,
    segment: (segment, codec) => {
      segments.push([segment, codec]);
      return Promise.reject(new DaemonError(500, 'It broke.'));
    },
    support: ({ codec }) => {
      asked.push(codec);
      return Promise.resolve(supports ? { codec } : null);
    },
    makeDecoder: () => {
      throw new Error('nothing is decoded here');
    },
    onChange: () => undefined,
    onPlayback: (playback) => playbacks.push(playback),
  });
  return { pictures, clock, playbacks, stills, segments, asked };
}

describe('VideoPictures', () => {
  it('shows single pictures where the browser decodes neither the video nor H.264', async () => {
    const { pictures, playbacks, stills, asked } = scene(() => Promise.resolve({ ...INDEX, codec: 'hvc1.1.6.L93.B0' }));
    pictures.want(7);
    await settle();
    expect(asked).toEqual(['hvc1.1.6.L93.B0', 'avc1.64001f']);
    expect(playbacks).toEqual([{ kind: 'pictures', fps: 30, why: 'This browser does not decode hvc1.1.6.L93.B0.' }]);
    expect([stills[0], pictures.status(7), pictures.get(7)?.missing]).toEqual([7, { kind: 'ready' }, false]);
  });

  it('shows single pictures, and says nothing, where the video is not there', async () => {
    const { pictures, playbacks, stills } = scene(() => Promise.reject(new DaemonError(404, 'It is missing.')));
    pictures.want(3);
    await settle();
    expect(playbacks).toEqual([{ kind: 'pictures', why: null }]);
    expect(stills[0]).toBe(3);
  });

  it('waits for a daemon that is away, and says so', async () => {
    let away = true;
    const { pictures, clock, playbacks } = scene(() => (away ? Promise.reject(new DaemonError(0, 'cvatd does not answer.')) : Promise.resolve(INDEX)));
    pictures.want(3);
    await settle();
    expect(pictures.status(3)).toEqual({ kind: 'error', message: 'cvatd does not answer.', retrying: true });
    away = false;
    clock.advance(500);
    await settle();
    expect(playbacks).toHaveLength(1);
  });

  it('goes from the video to H.264, and from there to single pictures, where the daemon fails again and again', async () => {
    const { pictures, clock, playbacks, segments, stills } = scene(() => Promise.resolve(INDEX), { supports: true });
    pictures.want(60);
    for (let turn = 0; turn < 20; turn += 1) {
      await settle();
      clock.advance(8000);
    }
    await settle();
    expect(segments[0]).toEqual([1, 'source']);
    expect(segments.some(([segment, codec]) => segment === 2 && codec === 'h264')).toBe(true);
    expect(playbacks.map(({ kind }) => kind)).toEqual(['video', 'video', 'pictures']);
    expect(playbacks.at(-1)?.why).toBe('It broke.');
    expect([stills.includes(60), pictures.status(60)]).toEqual([true, { kind: 'ready' }]);
  });
});

/** A film so large that a few frames take the decoder long, in groups of fifty; what is asked of the daemon waits for an answer. */
function largeFilm() {
  (globalThis as { VideoDecoder?: unknown }).VideoDecoder = () => undefined;
  const clock = new FakeClock();
  const log: string[] = [];
  const answers = new Map<string, (fails?: boolean) => void>();
  const changed: number[] = [];
  const ask = <T>(what: string, signal: AbortSignal, answer: () => T): Promise<T> => {
    log.push(what);
    signal.addEventListener('abort', () => log.push(`abort ${what}`));
    return new Promise((resolve, reject) => answers.set(what, (fails = false) => (fails ? reject(new Error('no')) : resolve(answer()))));
  };
  const still = (): FramePicture => ({ source: { width: 9, height: 9 } as ImageBitmap, width: 9, height: 9, turns: 0, missing: false, close: () => undefined });
  const group = (segment: number): ArrayBuffer =>
    buffer(moov('avc1'), fragment(segment * 50_000, Array.from({ length: 50 }, () => 1), Array.from({ length: 50 }, () => 0)));
  const makeDecoder = (_config: unknown, _description: unknown, events: DecoderEvents<VideoFrame>) => ({
    queued: 0,
    decode: ({ time }: { readonly time: number }) =>
      queueMicrotask(() => events.onFrame({ codedWidth: 9, codedHeight: 9, format: null, colorSpace: {}, close: () => undefined } as unknown as VideoFrame, time)),
    flush: () => Promise.resolve(),
    close: () => undefined,
  });
  const pictures = new VideoPictures({
    first: 0,
    last: 99,
    clock,
    stills: (onChange) =>
      new FrameCache<FramePicture>({ first: 0, last: 99, clock, onChange, load: (frame, signal) => ask(`still ${frame}`, signal, still) }),
    index: () => Promise.resolve({ ...INDEX, width: 7680, height: 4320 }),
    segment: (segment, _codec, signal) => ask(`segment ${segment}`, signal, () => group(segment)),
    support: ({ codec }) => Promise.resolve({ codec }),
    makeDecoder,
    onChange: (frame) => changed.push(frame),
    onPlayback: () => undefined,
  });
  const answer = async (what: string, fails = false): Promise<void> => {
    answers.get(what)?.(fails);
    for (let turn = 0; turn < 5; turn += 1) await settle();
  };
  /** At the film's beginning, with its first group here. */
  const open = async (): Promise<void> => {
    pictures.want(0);
    await answer('nothing');
    await answer('segment 0');
    await answer('segment 1');
    log.length = 0;
    changed.length = 0;
  };
  const kind = (frame: number): string => {
    const source = pictures.get(frame)?.source;
    return source === undefined ? 'none' : 'codedWidth' in source ? 'decoded' : 'single';
  };
  return { pictures, clock, log, changed, answer, open, kind };
}

describe('a jump in a video', () => {
  it('shows a single picture first where decoding takes long, and then the decoded frame', async () => {
    const { pictures, log, changed, answer, open, kind } = largeFilm();
    await open();
    pictures.want(40);
    expect([log, pictures.status(40)]).toEqual([['still 40'], { kind: 'loading' }]);
    await answer('nothing');
    expect([kind(40), pictures.held]).toEqual(['none', 0]);
    await answer('still 40');
    expect([changed.includes(40), pictures.status(40), kind(40)]).toEqual([true, { kind: 'ready' }, 'decoded']);
  });

  it('keeps the single picture in view until the decoder has got there', async () => {
    const { pictures, log, answer, open, kind } = largeFilm();
    pictures.want(90);
    await answer('nothing');
    expect(log).toEqual(['still 90']);
    await answer('still 90');
    expect([log, kind(90), pictures.status(90)]).toEqual([['still 90', 'segment 1'], 'single', { kind: 'ready' }]);
    await answer('segment 1');
    expect(kind(90)).toBe('decoded');
    await open();
  });

  it('starts the decoder all the same when the picture takes long, or cannot be had, and gives the picture up when it is not needed', async () => {
    const slow = largeFilm();
    slow.pictures.want(90);
    await slow.answer('nothing');
    slow.clock.advance(300);
    expect(slow.log).toEqual(['still 90', 'segment 1']);
    await slow.answer('segment 1');
    expect([slow.kind(90), slow.log.at(-1)]).toEqual(['decoded', 'abort still 90']);
    const broken = largeFilm();
    broken.pictures.want(90);
    await broken.answer('nothing');
    await broken.answer('still 90', true);
    expect([broken.log.at(-1), broken.pictures.status(90)]).toEqual(['segment 1', { kind: 'loading' }]);
  });

  it('asks for no single picture of what is decoded soon, nor of what follows frame by frame', async () => {
    const { pictures, log, answer, open, kind } = largeFilm();
    await open();
    pictures.want(50);
    await answer('nothing');
    expect([kind(50), log.filter((one) => one.startsWith('still'))]).toEqual(['decoded', []]);
    for (let frame = 51; frame < 70; frame += 1) {
      pictures.want(frame);
      await answer('nothing');
      expect(kind(frame)).toBe('decoded');
    }
    expect(log.filter((one) => one.startsWith('still'))).toEqual([]);
  });

  it('piles nothing up while the slider is dragged, shows something on the way, and ends at the last frame', async () => {
    const { pictures, clock, log, changed, answer, open, kind } = largeFilm();
    await open();
    for (let frame = 20; frame < 49; frame += 1) {
      pictures.want(frame);
      clock.advance(5);
    }
    expect(log).toEqual(['still 20']);
    await answer('still 20');
    expect([changed, log]).toEqual([[20], ['still 20', 'still 48']]);
    await answer('still 48');
    expect(kind(48)).toBe('decoded');
    expect(log).toEqual(['still 20', 'still 48']);
  });

  it('has at most two single pictures on their way, however long they take', async () => {
    const { pictures, clock, log, open } = largeFilm();
    await open();
    for (let frame = 10; frame < 49; frame += 1) {
      pictures.want(frame);
      clock.advance(100);
      await settle();
      const asked = log.filter((one) => one.startsWith('still')).length;
      expect(asked - log.filter((one) => one.startsWith('abort still')).length).toBeLessThanOrEqual(2);
    }
  });
});
