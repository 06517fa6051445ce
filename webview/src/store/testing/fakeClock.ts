/** A clock whose hands a test moves. */

import type { Clock } from '../clock';

export class FakeClock implements Clock {
  #now = 0;
  #alarms: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): () => void {
    const alarm = { at: this.#now + delay, callback };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Moves on and rings what is due, in order. */
  advance(by: number): void {
    this.#now += by;
    const due = this.#alarms.filter((alarm) => alarm.at <= this.#now).sort((a, b) => a.at - b.at);
    this.#alarms = this.#alarms.filter((alarm) => alarm.at > this.#now);
    for (const alarm of due) alarm.callback();
  }
}

/** Lets every promise that can settle without waiting settle. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
