import { describe, expect, it } from 'vitest';

import { FakeClock } from '../store/testing/fakeClock';
import { Player } from './player';

function scene(last = 3) {
  const clock = new FakeClock();
  const world = { frame: 0, missing: new Set<number>(), playing: false };
  const player = new Player({
    clock,
    fps: 10,
    last,
    frame: () => world.frame,
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
});
