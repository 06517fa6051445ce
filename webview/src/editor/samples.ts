/** The last few hundred measurements of something, in milliseconds. */

const KEPT = 600;

export interface Summary {
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export class Samples {
  #values: number[] = [];
  #next = 0;
  #count = 0;

  /** Measurements since the last reset, those that are no longer kept included. */
  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT;
    this.#count += 1;
  }

  reset(): void {
    this.#values = [];
    this.#next = 0;
    this.#count = 0;
  }

  /** Zeros when nothing was measured. */
  summary(): Summary {
    const sorted = this.#values.toSorted((a, b) => a - b);
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
    return { median: at(0.5), p95: at(0.95), max: at(1) };
  }
}
