import { describe, expect, it } from 'vitest';

import { FakeClock } from '../store/testing/fakeClock';
import { HeadStart, isFar } from './headStart';

function scene() {
  const clock = new FakeClock();
  const said: string[] = [];
  const headStart = new HeadStart({
    clock,
    stills: { want: (frame) => said.push(`want ${frame}`), unwant: (frame) => said.push(`unwant ${frame}`) },
    onOver: () => said.push('over'),
  });
  return { clock, said, headStart };
}

describe('HeadStart', () => {
  it('lets the decoder begin when the picture is there', () => {
    const { clock, said, headStart } = scene();
    headStart.begin(7, 1);
    headStart.onSettled(6);
    expect([said, headStart.isOn]).toEqual([['want 7'], true]);
    headStart.onSettled(7);
    clock.advance(1000);
    headStart.onSettled(7);
    expect([said, headStart.isOn]).toEqual([['want 7', 'over'], false]);
  });

  it('lets it begin after a moment all the same, and gives the picture up when that is not needed', () => {
    const { clock, said, headStart } = scene();
    headStart.begin(7, 1);
    clock.advance(250);
    headStart.end();
    headStart.end();
    expect(said).toEqual(['want 7', 'over', 'unwant 7']);
  });

  it('waits for one picture at a time', () => {
    const { clock, said, headStart } = scene();
    headStart.begin(7, 1);
    clock.advance(200);
    headStart.begin(90, 1);
    clock.advance(200);
    headStart.onSettled(7);
    expect([said, headStart.isOn]).toEqual([['want 7', 'want 90'], true]);
    headStart.end();
    clock.advance(200);
    expect([said.at(-1), headStart.isOn]).toEqual(['unwant 90', false]);
  });

  it('takes what is decoded quickly for near: many small frames, or few large ones', () => {
    expect([isFar(250, { width: 640, height: 360 }), isFar(25, { width: 1920, height: 1080 })]).toEqual([false, false]);
    expect([isFar(40, { width: 1920, height: 1080 }), isFar(10, { width: 3840, height: 2160 })]).toEqual([true, true]);
  });
});
