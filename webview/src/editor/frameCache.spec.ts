import { describe, expect, it } from 'vitest';

import { FakeClock, settle } from '../store/testing/fakeClock';
import { FrameCache, PictureError } from './frameCache';

function scene({ last = 99, budget = 1e9 }: { last?: number; budget?: number } = {}) {
  const clock = new FakeClock();
  const asked: number[] = [];
  const aborted: number[] = [];
  const closed: number[] = [];
  const world: { hold: boolean; error: PictureError | null } = { hold: false, error: null };
  const waiting: (() => void)[] = [];
  const changed: number[] = [];
  const cache = new FrameCache({
    first: 0,
    last,
    clock,
    budget,
    onChange: (frame) => changed.push(frame),
    load: async (frame, signal) => {
      asked.push(frame);
      signal.addEventListener('abort', () => aborted.push(frame));
      if (world.hold) await new Promise<void>((resolve) => waiting.push(resolve));
      if (world.error !== null) throw world.error;
      return { width: 10, height: 10, close: () => closed.push(frame) };
    },
  });
  const release = () => {
    world.hold = false;
    for (const resolve of waiting.splice(0)) resolve();
  };
  return { cache, clock, asked, aborted, closed, changed, world, release };
}

describe('FrameCache', () => {
  it('loads the frame first, then more of its neighbours in the direction of travel', async () => {
    const { cache, asked, changed } = scene();
    cache.want(10, -1);
    await settle();
    expect(asked).toEqual([10, 9, 8, 7, 6, 11]);
    expect(changed[0]).toBe(10);
    expect(cache.status(10)).toEqual({ kind: 'ready' });
  });

  it('stays within the job', async () => {
    const { cache, asked } = scene({ last: 2 });
    cache.want(1);
    await settle();
    expect(asked).toEqual([1, 2, 0]);
  });

  it('loads nothing beside the frame that is waited for', async () => {
    const { cache, asked, world, release } = scene();
    world.hold = true;
    cache.want(10);
    expect(asked).toEqual([10]);
    release();
    await settle();
    expect(asked).toEqual([10, 11, 12, 13, 14, 9]);
  });

  it('shows one frame on the way while others overtake it, and aborts those in between', async () => {
    const { cache, asked, aborted, changed, closed, world, release } = scene();
    world.hold = true;
    cache.want(10);
    cache.want(30);
    cache.want(50);
    expect(asked).toEqual([10, 30, 50]);
    expect(aborted).toEqual([30]);
    release();
    await settle();
    expect(changed.slice(0, 2)).toEqual([10, 50]);
    expect(cache.isWanted(10)).toBe(false);
    expect(cache.get(10)).not.toBeNull();
    expect(closed).toEqual([30]); // decoded for nothing, but not leaked
  });

  it('tries again what is broken when the person asks for it', async () => {
    const { cache, changed, world } = scene({ last: 0 });
    world.error = new PictureError('broken', { passing: false });
    cache.want(0);
    await settle();
    world.error = null;
    cache.retryNow();
    await settle();
    expect(cache.status(0)).toEqual({ kind: 'ready' });
    expect(changed).toEqual([0, 0, 0]);
  });

  it('forgets the least recently wanted beyond its budget, never the ones in view', async () => {
    const { cache, closed } = scene({ budget: 8 * 400 });
    cache.want(0);
    await settle();
    cache.want(40);
    await settle();
    expect(cache.bytes).toBeLessThanOrEqual(8 * 400);
    expect(closed.every((frame) => frame < 10)).toBe(true);
    expect([39, 40, 41, 42, 43, 44].every((frame) => cache.get(frame) !== null)).toBe(true);
  });

  it('shows what it has while the daemon is away and goes on trying for the rest', async () => {
    const { cache, clock, world } = scene();
    cache.want(0);
    await settle();
    world.error = new PictureError('cvatd does not answer.', { passing: true });
    cache.want(4);
    await settle();
    expect(cache.status(4)).toEqual({ kind: 'ready' });
    expect(cache.status(5)).toEqual({ kind: 'error', message: 'cvatd does not answer.', retrying: true });
    world.error = null;
    clock.advance(500);
    await settle();
    expect(cache.status(5)).toEqual({ kind: 'ready' });
  });

  it('does not try again what is broken', async () => {
    const { cache, clock, asked, world } = scene({ last: 0 });
    world.error = new PictureError('broken', { passing: false });
    cache.want(0);
    await settle();
    clock.advance(60_000);
    await settle();
    expect(asked).toEqual([0]);
    expect(cache.status(0)).toEqual({ kind: 'error', message: 'broken', retrying: false });
  });

  it('keeps what stands in for a missing picture in view until the picture is there', async () => {
    const { clock } = scene();
    const world = { missing: true, hold: false };
    const closed: string[] = [];
    const waiting: (() => void)[] = [];
    let made = 0;
    const cache = new FrameCache({
      first: 0,
      last: 1,
      clock,
      onChange: () => undefined,
      isStandIn: (picture) => picture.missing,
      load: async () => {
        if (world.hold) await new Promise<void>((resolve) => waiting.push(resolve));
        made += 1;
        const name = `${world.missing ? 'stand-in' : 'picture'} ${made}`;
        return { width: 1, height: 1, missing: world.missing, close: () => closed.push(name) };
      },
    });
    cache.want(0);
    await settle();
    expect(cache.status(0)).toEqual({ kind: 'ready', missing: true });
    world.missing = false;
    world.hold = true;
    cache.renewStandIns();
    expect(cache.status(0)).toEqual({ kind: 'ready', missing: true });
    for (const resolve of waiting) resolve();
    await settle();
    expect(cache.status(0)).toEqual({ kind: 'ready' });
    expect(cache.status(1)).toEqual({ kind: 'ready' });
    expect(closed).toEqual(['stand-in 1', 'stand-in 2']);
    cache.renewStandIns();
    await settle();
    expect(made).toBe(4);
  });
});
