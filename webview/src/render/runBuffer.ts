/**
 * One flat buffer in which every key owns a run of records. Setting or removing a key touches its own run only, and the
 * buffer remembers which bytes changed, so that an edit uploads what it changed and nothing else.
 */

interface Run {
  /** In records. */
  readonly offset: number;
  readonly count: number;
}

/** Changed records [from, to). */
export interface DirtyRange {
  readonly from: number;
  readonly to: number;
}

const FIRST_CAPACITY = 256;
/** More separate ranges than this are uploaded as one: each upload has its own cost. */
const MOST_RANGES = 16;

export class RunBuffer<Key> {
  /** 32-bit words of a record. */
  readonly stride: number;
  /** The same memory as numbers and as packed bytes; replaced when the buffer grows, so do not keep them. */
  floats: Float32Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  readonly #runs = new Map<Key, Run>();
  /** Offsets of free runs by their length. All their words are zero: they draw nothing. */
  readonly #free = new Map<number, number[]>();
  #freeRecords = 0;
  #end = 0;
  #dirty: DirtyRange[] = [];

  constructor(stride: number) {
    this.stride = stride;
    const memory = new ArrayBuffer(FIRST_CAPACITY * stride * 4);
    this.floats = new Float32Array(memory);
    this.words = new Uint32Array(memory);
  }

  /** Records in use or free, all of which are drawn (the free ones as nothing). */
  get length(): number {
    return this.#end;
  }

  /** Records that fit before the buffer has to grow. */
  get capacity(): number {
    return this.words.length / this.stride;
  }

  get keys(): number {
    return this.#runs.size;
  }

  /** Gives the key a run of `count` records and answers with its first word. The caller writes every word of the run. */
  set(key: Key, count: number): number {
    const old = this.#runs.get(key);
    if (old?.count === count) {
      this.#mark(old);
      return old.offset * this.stride;
    }
    this.remove(key);
    const run = { offset: this.#allocate(count), count };
    this.#runs.set(key, run);
    this.#mark(run);
    return run.offset * this.stride;
  }

  remove(key: Key): void {
    const run = this.#runs.get(key);
    if (run === undefined) return;
    this.#runs.delete(key);
    if (run.count === 0) return;
    this.words.fill(0, run.offset * this.stride, (run.offset + run.count) * this.stride);
    this.#mark(run);
    const same = this.#free.get(run.count);
    if (same === undefined) this.#free.set(run.count, [run.offset]);
    else same.push(run.offset);
    this.#freeRecords += run.count;
    if (this.#freeRecords > FIRST_CAPACITY && this.#freeRecords > this.#end / 2) this.#compact();
  }

  clear(): void {
    this.#runs.clear();
    this.#free.clear();
    this.#freeRecords = 0;
    this.#end = 0;
    this.#dirty = [];
  }

  /** The words of a key's run, or null. */
  read(key: Key): Uint32Array | null {
    const run = this.#runs.get(key);
    if (run === undefined) return null;
    return this.words.slice(run.offset * this.stride, (run.offset + run.count) * this.stride);
  }

  /** Ranges that changed since they were taken last. */
  takeDirty(): readonly DirtyRange[] {
    const ranges = this.#dirty.map(({ from, to }) => ({ from, to: Math.min(to, this.#end) })).filter(({ from, to }) => from < to);
    this.#dirty = [];
    return ranges;
  }

  #allocate(count: number): number {
    const free = this.#free.get(count)?.pop();
    if (free !== undefined) {
      this.#freeRecords -= count;
      return free;
    }
    const offset = this.#end;
    this.#end += count;
    if (this.#end > this.capacity) this.#grow(this.#end);
    return offset;
  }

  #grow(records: number): void {
    const words = new Uint32Array(new ArrayBuffer(Math.max(records, this.capacity * 2) * this.stride * 4));
    words.set(this.words);
    this.words = words;
    this.floats = new Float32Array(words.buffer);
  }

  /** Moves all runs to the front, in their order, so that free records are no longer drawn. */
  #compact(): void {
    const runs = [...this.#runs].sort(([, a], [, b]) => a.offset - b.offset);
    let end = 0;
    for (const [key, run] of runs) {
      this.words.copyWithin(end * this.stride, run.offset * this.stride, (run.offset + run.count) * this.stride);
      this.#runs.set(key, { offset: end, count: run.count });
      end += run.count;
    }
    this.words.fill(0, end * this.stride, this.#end * this.stride);
    this.#free.clear();
    this.#freeRecords = 0;
    this.#end = end;
    this.#dirty = [{ from: 0, to: end }];
  }

  #mark({ offset, count }: Run): void {
    const range = { from: offset, to: offset + count };
    const last = this.#dirty.at(-1);
    if (last !== undefined && range.from <= last.to && range.to >= last.from) {
      this.#dirty[this.#dirty.length - 1] = { from: Math.min(last.from, range.from), to: Math.max(last.to, range.to) };
    } else {
      this.#dirty.push(range);
    }
    if (this.#dirty.length <= MOST_RANGES) return;
    const from = Math.min(...this.#dirty.map((one) => one.from));
    const to = Math.max(...this.#dirty.map((one) => one.to));
    this.#dirty = [{ from, to }];
  }
}
