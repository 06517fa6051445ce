/**
 * Reading the fragmented MP4 that the daemon makes: one track, its packets in the order of decoding.
 *
 * The usual libraries read every kind of MP4 and are larger than the rest of the editor; times here stay whole numbers.
 */

import { isLeaf, lengthSize } from './leaves';

export interface EncodedPacket {
  /** When the frame is shown, in units of the track's timescale. */
  readonly time: number;
  readonly isKey: boolean;
  /** True when no other packet is known to refer to it. */
  readonly isLeaf: boolean;
  readonly data: Uint8Array;
}

/** How the packets of a track are to be read. */
interface Coding {
  readonly description: Uint8Array | null;
  readonly isLeaf: (data: Uint8Array) => boolean;
}

export interface Fragments {
  /** What the decoder has to know first: the content of avcC or hvcC; null for codecs that need nothing. */
  readonly description: Uint8Array | null;
  readonly packets: readonly EncodedPacket[];
}

/** These bytes are not what they should be: cut off, or something else. */
export class FragmentError extends Error {
  constructor(what: string) {
    super(`The daemon's video cannot be read: ${what}.`);
    this.name = 'FragmentError';
  }
}

interface Box {
  readonly kind: string;
  readonly start: number;
  /** First byte of the content, and the one after its last. */
  readonly body: number;
  readonly end: number;
}

/** Bytes of a sample entry before the boxes in it, and of `stsd` before its entries. */
const VISUAL_ENTRY = 78;
const ENTRIES = 8;
/** Boxes whose content configures a decoder. AV1 and VP9 carry everything in their packets. */
const CONFIGURATIONS = new Set(['avcC', 'hvcC']);
const NOT_SYNC = 0x10000;

export function readFragments(bytes: ArrayBuffer): Fragments {
  const view = new DataView(bytes);
  const packets: EncodedPacket[] = [];
  let coding: Coding | null = null;
  for (const box of boxes(view, 0, view.byteLength)) {
    if (box.kind === 'moov') {
      const table = find(view, box, ['trak', 'mdia', 'minf', 'stbl', 'stsd']);
      if (table === null) throw new FragmentError('it has no track');
      coding = codingOf(view, table);
    } else if (box.kind === 'moof') {
      if (coding === null) throw new FragmentError('it has no track');
      for (const track of boxes(view, box.body, box.end)) if (track.kind === 'traf') readTrack(view, { fragment: box, track, coding }, packets);
    }
  }
  if (coding === null) throw new FragmentError('it has no track');
  return { description: coding.description, packets };
}

function* boxes(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at < to; ) {
    if (at + 8 > to) throw new FragmentError('it is cut off');
    let size = view.getUint32(at);
    let body = at + 8;
    if (size === 1) {
      if (at + 16 > to) throw new FragmentError('it is cut off');
      size = Number(view.getBigUint64(at + 8));
      body = at + 16;
    } else if (size === 0) size = to - at;
    if (size < body - at || at + size > to) throw new FragmentError('it is cut off');
    yield { kind: letters(view, at + 4), start: at, body, end: at + size };
    at += size;
  }
}

function letters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function find(view: DataView, box: Box, path: readonly string[]): Box | null {
  const [kind, ...rest] = path;
  if (kind === undefined) return box;
  for (const inner of boxes(view, box.body, box.end)) if (inner.kind === kind) return find(view, inner, rest);
  return null;
}

function codingOf(view: DataView, table: Box): Coding {
  for (const entry of boxes(view, table.body + ENTRIES, table.end)) {
    for (const box of boxes(view, entry.body + VISUAL_ENTRY, entry.end)) {
      if (!CONFIGURATIONS.has(box.kind)) continue;
      const description = new Uint8Array(view.buffer, box.body, box.end - box.body);
      const size = lengthSize(description);
      return { description, isLeaf: box.kind === 'avcC' ? (data) => isLeaf(data, size) : () => false };
    }
  }
  return { description: null, isLeaf: () => false };
}

interface Defaults {
  base: number;
  duration: number;
  size: number;
  flags: number;
}

interface Run {
  readonly fragment: Box;
  readonly track: Box;
  readonly coding: Coding;
}

function readTrack(view: DataView, { fragment, track, coding }: Run, packets: EncodedPacket[]): void {
  const defaults: Defaults = { base: fragment.start, duration: 0, size: 0, flags: 0 };
  let time = 0;
  for (const box of boxes(view, track.body, track.end)) {
    if (box.kind === 'tfhd') readDefaults(view, box, defaults);
    else if (box.kind === 'tfdt') time = view.getUint8(box.body) === 1 ? Number(view.getBigUint64(box.body + 4)) : view.getUint32(box.body + 4);
    else if (box.kind === 'trun') time = readRun(view, box, { defaults, coding, time }, packets);
  }
}

/** The fields of a box after its version and flags; those whose flag is not set are left out. */
class Fields {
  readonly version: number;
  readonly flags: number;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  constructor(view: DataView, box: Box) {
    this.#view = view;
    this.#end = box.end;
    this.#at = box.body + 4;
    if (this.#at > box.end) throw new FragmentError('it is cut off');
    this.version = view.getUint8(box.body);
    this.flags = view.getUint32(box.body) & 0xffffff;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  #take(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw new FragmentError('it is cut off');
    return at;
  }

  unsigned(): number {
    return this.#view.getUint32(this.#take(4));
  }

  signed(): number {
    return this.#view.getInt32(this.#take(4));
  }

  long(): number {
    return Number(this.#view.getBigUint64(this.#take(8)));
  }
}

function readDefaults(view: DataView, box: Box, defaults: Defaults): void {
  const fields = new Fields(view, box);
  fields.unsigned(); // which track: there is one
  if (fields.has(0x1)) defaults.base = fields.long();
  if (fields.has(0x2)) fields.unsigned();
  if (fields.has(0x8)) defaults.duration = fields.unsigned();
  if (fields.has(0x10)) defaults.size = fields.unsigned();
  if (fields.has(0x20)) defaults.flags = fields.unsigned();
}

/** Adds the packets of a run; answers the decoding time after it. */
function readRun(
  view: DataView,
  box: Box,
  { defaults, coding, time: start }: { readonly defaults: Defaults; readonly coding: Coding; readonly time: number },
  packets: EncodedPacket[],
): number {
  const fields = new Fields(view, box);
  const count = fields.unsigned();
  let at = defaults.base + (fields.has(0x1) ? fields.signed() : 0);
  const first = fields.has(0x4) ? fields.unsigned() : null;
  let time = start;
  for (let index = 0; index < count; index += 1) {
    const duration = fields.has(0x100) ? fields.unsigned() : defaults.duration;
    const size = fields.has(0x200) ? fields.unsigned() : defaults.size;
    const own = fields.has(0x400) ? fields.unsigned() : defaults.flags;
    const offset = fields.has(0x800) ? (fields.version === 0 ? fields.unsigned() : fields.signed()) : 0;
    const flags = index === 0 && first !== null ? first : own;
    if (at < 0 || at + size > view.byteLength) throw new FragmentError('it is cut off');
    const data = new Uint8Array(view.buffer, at, size);
    packets.push({ time: time + offset, isKey: (flags & NOT_SYNC) === 0, isLeaf: coding.isLeaf(data), data });
    time += duration;
    at += size;
  }
  return time;
}
