import { describe, expect, it } from 'vitest';

import { FragmentError, readFragments } from './fragments';

function bytes(...parts: readonly (number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function u32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function box(kind: string, ...content: readonly (number[] | Uint8Array)[]): Uint8Array {
  const body = bytes(...content);
  return bytes(u32(body.length + 8), kind.split('').map((letter) => letter.charCodeAt(0)), body);
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

function moov(entry: string, ...inside: readonly Uint8Array[]): Uint8Array {
  const table = box('stsd', zeros(4), u32(1), box(entry, zeros(78), ...inside));
  return box('moov', box('mvhd', zeros(100)), box('trak', box('tkhd', zeros(84)), box('mdia', box('minf', box('stbl', table)))));
}

/** A fragment with a default duration of 1000 and a packet for each size; offsets are of the times of showing. */
function fragment(start: number, sizes: readonly number[], offsets: readonly number[]): Uint8Array {
  const run = (dataOffset: number): Uint8Array =>
    box(
      'trun',
      u32(0x01000000 | 0x1 | 0x4 | 0x200 | 0x800),
      u32(sizes.length),
      u32(dataOffset),
      u32(0x02000000),
      sizes.flatMap((size, index) => [...u32(size), ...u32(offsets[index] ?? 0)]),
    );
  const moof = (dataOffset: number): Uint8Array =>
    box(
      'moof',
      box('mfhd', zeros(8)),
      box('traf', box('tfhd', u32(0x020000 | 0x8 | 0x20), u32(1), u32(1000), u32(0x01010000)), box('tfdt', u32(0), u32(start)), run(dataOffset)),
    );
  const data = sizes.flatMap((size, index) => Array.from({ length: size }, () => index + 1));
  return bytes(moof(moof(0).length + 8), box('mdat', data));
}

function buffer(...parts: readonly Uint8Array[]): ArrayBuffer {
  return bytes(...parts).buffer as ArrayBuffer;
}

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
