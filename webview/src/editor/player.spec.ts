import { describe, expect, it } from 'vitest';

import { FakeClock } from '../store/testing/fakeClock';
import { Player } from './player';

function scene(last = 3, { drops = false } = {}) {
  const clock = new FakeClock();
  const world = { frame: 0, missing: new Set<number>(), playing: false };
  const player = new Player({
    clock,
    fps: () => 10,
    frame: () => world.frame,
    next: (frame, by) => (frame + by <= last ? frame + by : null),
    mayDrop: () => drops,
    isReady: (frame) => !world.missing.has(frame),
    advance: (frame) => (world.frame = frame),
    onPlaying: (playing) => (world.playing = playing),
  });
  return { clock, world, player };
}

describe('Player', () => {
  it('plays at its rate and stops at the end', () => {
    const { clock, world, player } = scene();
    player.play();
    clock.advance(99);
    expect(world.frame).toBe(0);
    for (const expected of [1, 2, 3]) {
      clock.advance(100);
      expect(world.frame).toBe(expected);
    }
    clock.advance(100);
    expect(world.playing).toBe(false);
    player.play();
    expect(world.playing).toBe(false);
  });

  it('waits for a picture instead of skipping it', () => {
    const { clock, world, player } = scene();
    world.missing.add(1);
    player.play();
    clock.advance(500);
    expect(world.frame).toBe(0);
    world.missing.clear();
    player.onReady();
    expect(world.frame).toBe(1);
  });

  it('keeps its rate when showing a frame takes time', () => {
    const { clock, world, player } = scene(9);
    world.missing.add(1);
    player.play();
    clock.advance(130);
    world.missing.clear();
    player.onReady();
    expect(world.frame).toBe(1);
    clock.advance(70);
    expect(world.frame).toBe(2);
  });

  it('pauses at once', () => {
    const { clock, world, player } = scene();
    player.toggle();
    player.toggle();
    clock.advance(1000);
    expect([world.frame, world.playing]).toEqual([0, false]);
  });

  it('leaves frames out to catch up, but never one that is not there yet', () => {
    const { clock, world, player } = scene(99, { drops: true });
    world.missing.add(1).add(4);
    player.play();
    clock.advance(320);
    world.missing.delete(1);
    player.onReady();
    expect(world.frame).toBe(3);
    clock.advance(80);
    expect(world.frame).toBe(3);
    world.missing.clear();
    player.onReady();
    expect(world.frame).toBe(4);
    clock.advance(100);
    expect(world.frame).toBe(5);
  });

  it('leaves out no more than a moment after a long wait', () => {
    const { clock, world, player } = scene(99, { drops: true });
    world.missing.add(1);
    player.play();
    clock.advance(5000);
    world.missing.clear();
    player.onReady();
    expect(world.frame).toBe(3);
    clock.advance(100);
    expect(world.frame).toBe(4);
  });

  it('steps over what is not to be seen', () => {
    const clock = new FakeClock();
    const seen: number[] = [0];
    const player = new Player({
      clock,
      fps: () => 10,
      frame: () => seen.at(-1) ?? 0,
      next: (frame, by) => (frame + 2 * by <= 4 ? frame + 2 * by : null),
      isReady: () => true,
      mayDrop: () => true,
      advance: (frame) => seen.push(frame),
      onPlaying: () => undefined,
    });
    player.play();
    for (let tick = 0; tick < 4; tick += 1) clock.advance(100);
    expect(seen).toEqual([0, 2, 4]);
  });
});
