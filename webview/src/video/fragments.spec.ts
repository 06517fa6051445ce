import { describe, expect, it } from 'vitest';

import { FragmentError, readFragments } from './fragments';
import { box, buffer, fragment, moov, zeros } from './testing/fragmentBytes';

describe('readFragments', () => {
  it('gives the packets of all fragments with their times, and the configuration', () => {
    const read = readFragments(
      buffer(box('ftyp', zeros(8)), moov('avc1', box('avcC', [1, 100, 0, 31])), fragment(0, [3, 1, 2], [2000, 0, -1000]), fragment(3000, [2], [0])),
    );
    expect(read.description).toEqual(Uint8Array.from([1, 100, 0, 31]));
    expect(read.packets.map(({ time, isKey, data }) => [time, isKey, [...data]])).toEqual([
      [2000, true, [1, 1, 1]],
      [1000, false, [2]],
      [1000, false, [3, 3]],
      [3000, true, [1, 1]],
    ]);
  });

  it('knows packets of H.264 that no other refers to, and of no other codec', () => {
    // Each packet is full of its number: 1 is a slice that no other refers to, after a length of one byte.
    const read = (kind: string, configuration: string) =>
      readFragments(buffer(moov(kind, box(configuration, [1, 100, 0, 31, 0xfc])), fragment(0, [2, 2], [0, 0]))).packets.map(({ isLeaf }) => isLeaf);
    expect(read('avc1', 'avcC')).toEqual([true, false]);
    expect(read('hvc1', 'hvcC')).toEqual([false, false]);
  });

  it('knows codecs that need no configuration', () => {
    expect(readFragments(buffer(moov('vp09', box('vpcC', zeros(12))), fragment(0, [1], [0]))).description).toBeNull();
  });

  it('says so when the bytes are something else, or end early', () => {
    const whole = new Uint8Array(buffer(moov('avc1', box('avcC', [1])), fragment(0, [30, 30], [0, 0])));
    for (let end = 1; end < whole.length; end += 1) {
      const cut = whole.slice(0, end).buffer;
      // At the end of a box nothing is seen to be missing.
      let count = -1;
      try {
        count = readFragments(cut).packets.length;
      } catch (error) {
        expect(error).toBeInstanceOf(FragmentError);
      }
      expect(count).toBeLessThan(2);
    }
    expect(() => readFragments(new TextEncoder().encode('<!doctype html><html></html>').buffer)).toThrow(FragmentError);
    expect(() => readFragments(new ArrayBuffer(0))).toThrow(FragmentError);
  });
});
