import { describe, expect, it } from 'vitest';

import { isLeaf, lengthSize } from './leaves';

const REFERRED = 0x60;
const [SLICE, KEY, EXTRA, PARAMETERS, DELIMITER] = [1, 5, 6, 7, 9] as const;

/** A packet of units, each a header with some bytes after it and its length before it. */
function packet(headers: readonly number[], size = 4): Uint8Array {
  return Uint8Array.from(headers.flatMap((header) => [...new Array<number>(size - 1).fill(0), 3, header, 9, 9]));
}

describe('isLeaf', () => {
  it('finds slices that no other picture refers to, whatever harmless is beside them', () => {
    expect(isLeaf(packet([SLICE]), 4)).toBe(true);
    expect(isLeaf(packet([DELIMITER, EXTRA, SLICE, SLICE]), 4)).toBe(true);
    expect(isLeaf(packet([SLICE], 2), 2)).toBe(true);
  });

  it('keeps what others refer to, what sets the decoder up, and half of a picture that is referred to', () => {
    for (const headers of [[SLICE | REFERRED], [KEY | REFERRED], [PARAMETERS, SLICE], [SLICE, SLICE | 0x20], [20, SLICE], [EXTRA], []]) {
      expect(isLeaf(packet(headers), 4)).toBe(false);
    }
  });

  it('keeps what it cannot read', () => {
    const whole = packet([SLICE, SLICE]);
    expect(isLeaf(whole.slice(0, -1), 4)).toBe(false);
    expect(isLeaf(whole, 2)).toBe(false);
    expect(isLeaf(new Uint8Array(12), 4)).toBe(false);
  });

  it('reads how long lengths are', () => {
    expect([0xff, 0xfc, 0xfd].map((byte) => lengthSize(Uint8Array.from([1, 100, 0, 31, byte])))).toEqual([4, 1, 2]);
  });
});
