import { describe, expect, it } from 'vitest';

import { PlaneBuffers } from './planeBuffers';

describe('PlaneBuffers', () => {
  it('hands out what was given back, to one at a time', () => {
    const buffers = new PlaneBuffers();
    const first = buffers.take(6);
    const second = buffers.take(6);
    expect(second).not.toBe(first);
    buffers.give(first);
    expect(buffers.take(6)).toBe(first);
    expect(buffers.take(6)).not.toBe(first);
  });

  it('keeps a few, and none of another size', () => {
    const buffers = new PlaneBuffers();
    const many = Array.from({ length: 9 }, () => buffers.take(6));
    for (const one of many) buffers.give(one);
    const again = new Set(Array.from({ length: 9 }, () => buffers.take(6)));
    expect(many.filter((one) => again.has(one))).toHaveLength(4);
    buffers.give(buffers.take(6));
    expect(buffers.take(8)).toHaveLength(8);
  });
});
