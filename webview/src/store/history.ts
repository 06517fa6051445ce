/** Undo and redo, of edits and of deleted frames. A step remembers the change that takes it back and the frame where it was made. */

import type { ChangeSet } from './change';
import type { JobDocument } from './document';

/** Whether a frame is deleted. */
export interface Deletion {
  readonly frame: number;
  readonly deleted: boolean;
}

export interface Step {
  /** What was done, as a phrase: "move rectangle". */
  readonly title: string;
  /** Frame to show when the step is undone or redone. */
  readonly frame: number;
  /** Applying it takes the step back. */
  readonly inverse: ChangeSet;
  /** What taking the step back makes of a frame. */
  readonly deletion?: Deletion | undefined;
  /** Steps in a row with the same key, close in time, are one (holding an arrow key, say). */
  readonly mergeKey?: string | undefined;
  /** Milliseconds on the clock of the caller. */
  readonly time: number;
}

/** What undo or redo did. */
export interface Travel {
  readonly title: string;
  readonly frame: number;
  readonly change: ChangeSet;
  /** What it makes of a frame: for the caller to carry out. */
  readonly deletion: Deletion | null;
}

/** Steps that can be undone; older ones are forgotten. */
const DEPTH = 1000;
/** Two steps with the same key merge when they are no more than this many milliseconds apart. */
const MERGE_WITHIN = 1000;

export class History {
  #done: Step[] = [];
  #undone: Step[] = [];

  get undoTitle(): string | null {
    return this.#done.at(-1)?.title ?? null;
  }

  get redoTitle(): string | null {
    return this.#undone.at(-1)?.title ?? null;
  }

  /** Remembers a step that was just made. What had been undone can no longer be redone. */
  record(step: Step): void {
    const last = this.#done.at(-1);
    const merges = step.mergeKey !== undefined && last?.mergeKey === step.mergeKey && this.#undone.length === 0;
    this.#undone = [];
    // The older inverse already leads back to before both; steps of one key touch the same objects.
    if (merges && step.time - last.time <= MERGE_WITHIN) this.#done[this.#done.length - 1] = { ...last, time: step.time };
    else this.#done.push(step);
    if (this.#done.length > DEPTH) this.#done.shift();
  }

  /** Takes the last step back; null when there is none. */
  undo(document: JobDocument): Travel | null {
    return travel(this.#done, this.#undone, document);
  }

  /** Makes the last undone step again; null when there is none. */
  redo(document: JobDocument): Travel | null {
    return travel(this.#undone, this.#done, document);
  }
}

function travel(from: Step[], to: Step[], document: JobDocument): Travel | null {
  const step = from.pop();
  if (step === undefined) return null;
  // The way back is taken from the document as it is now, so it is exact even if others changed it meanwhile.
  const inverse = document.apply(step.inverse);
  const deletion = step.deletion ?? null;
  const back = deletion === null ? undefined : { ...deletion, deleted: !deletion.deleted };
  to.push({ title: step.title, frame: step.frame, inverse, deletion: back, time: step.time });
  return { title: step.title, frame: step.frame, change: step.inverse, deletion };
}
