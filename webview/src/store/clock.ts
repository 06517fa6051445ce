/** Time as an argument, so that waiting can be tested without waiting. */

export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Calls back once after `delay` milliseconds; the answer cancels it. */
  after(delay: number, callback: () => void): () => void;
}
