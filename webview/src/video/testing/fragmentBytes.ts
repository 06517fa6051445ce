/** Fragmented MP4 as the daemon makes it, box by box. */

export function bytes(...parts: readonly (number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function u32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

export function box(kind: string, ...content: readonly (number[] | Uint8Array)[]): Uint8Array {
  const body = bytes(...content);
  return bytes(u32(body.length + 8), kind.split('').map((letter) => letter.charCodeAt(0)), body);
}

export function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

export function moov(entry: string, ...inside: readonly Uint8Array[]): Uint8Array {
  const table = box('stsd', zeros(4), u32(1), box(entry, zeros(78), ...inside));
  return box('moov', box('mvhd', zeros(100)), box('trak', box('tkhd', zeros(84)), box('mdia', box('minf', box('stbl', table)))));
}

/** A fragment with a default duration of 1000 and a packet for each size; offsets are of the times of showing. */
export function fragment(start: number, sizes: readonly number[], offsets: readonly number[]): Uint8Array {
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

export function buffer(...parts: readonly Uint8Array[]): ArrayBuffer {
  return bytes(...parts).buffer as ArrayBuffer;
}
