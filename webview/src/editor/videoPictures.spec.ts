import { describe, expect, it } from 'vitest';

import type { VideoRead } from '../protocol/generated';
import { FakeClock, settle } from '../store/testing/fakeClock';
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
    stills: new FrameCache<FramePicture>({
      first: 0,
      last: 99,
      clock,
      onChange: () => undefined,
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
