/** The pieces of a video that were fetched last, and those on their way. */

import type { Fragments } from './fragments';

export interface SegmentStoreOptions {
  readonly load: (segment: number, signal: AbortSignal) => Promise<Fragments>;
  /** A segment arrived, or could not be had. */
  readonly onSettled: (segment: number, error: unknown) => void;
  /** Bytes that segments may take besides the ones that are wanted now. */
  readonly budget?: number;
}

const BUDGET = 64 * 1024 * 1024;

export class SegmentStore {
  readonly #options: SegmentStoreOptions;
  /** Least recently wanted first. */
  readonly #segments = new Map<number, Fragments>();
  readonly #loads = new Map<number, AbortController>();
  #wanted: readonly number[] = [];

  constructor(options: SegmentStoreOptions) {
    this.#options = options;
  }

  get(segment: number): Fragments | null {
    return this.#segments.get(segment) ?? null;
  }

  /** Segments on their way. */
  get loading(): readonly number[] {
    return [...this.#loads.keys()];
  }

  /** Fetches what is not there; gives up what is on its way and not among these. */
  want(segments: readonly number[]): void {
    this.#wanted = segments;
    for (const [segment, controller] of this.#loads) {
      if (segments.includes(segment)) continue;
      this.#loads.delete(segment);
      controller.abort();
    }
    for (const segment of segments.toReversed()) {
      const held = this.#segments.get(segment);
      if (held === undefined) continue;
      this.#segments.delete(segment);
      this.#segments.set(segment, held);
    }
    for (const segment of segments) if (!this.#segments.has(segment) && !this.#loads.has(segment)) void this.#load(segment);
  }

  close(): void {
    for (const controller of this.#loads.values()) controller.abort();
    this.#loads.clear();
    this.#segments.clear();
  }

  async #load(segment: number): Promise<void> {
    const controller = new AbortController();
    this.#loads.set(segment, controller);
    let failure: unknown = null;
    try {
      const fragments = await this.#options.load(segment, controller.signal);
      if (controller.signal.aborted) return;
      this.#segments.set(segment, fragments);
      this.#evict();
    } catch (error) {
      if (controller.signal.aborted) return;
      failure = error ?? new Error('unknown');
    }
    this.#loads.delete(segment);
    this.#options.onSettled(segment, failure);
  }

  #evict(): void {
    let bytes = [...this.#segments.values()].reduce((sum, fragments) => sum + bytesOf(fragments), 0);
    for (const [segment, fragments] of this.#segments) {
      if (bytes <= (this.#options.budget ?? BUDGET)) return;
      if (this.#wanted.includes(segment)) continue;
      this.#segments.delete(segment);
      bytes -= bytesOf(fragments);
    }
  }
}

function bytesOf(fragments: Fragments): number {
  return fragments.packets[0]?.data.buffer.byteLength ?? 0;
}
