/** Where the shapes of one frame lie: an R-tree whose updates cost nothing for the shapes that did not change. */

import RBush from 'rbush';

import type { Box } from '../geometry/box';
import type { ObjectId } from './objects';

interface Entry extends Box {
  readonly id: ObjectId;
}

export class FrameIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<ObjectId, Entry>();

  constructor(boxes: Iterable<readonly [ObjectId, Box]> = []) {
    for (const [id, box] of boxes) this.#entries.set(id, { ...box, id });
    this.#tree.load([...this.#entries.values()]);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Puts a shape at a box, or takes it out when the box is null. */
  set(id: ObjectId, box: Box | null): void {
    const old = this.#entries.get(id);
    if (old !== undefined) this.#tree.remove(old);
    if (box === null) {
      this.#entries.delete(id);
      return;
    }
    const entry = { ...box, id };
    this.#entries.set(id, entry);
    this.#tree.insert(entry);
  }

  /** Ids of the shapes whose boxes touch a box, in no particular order. */
  within(box: Box): ObjectId[] {
    return this.#tree.search(box).map((entry) => entry.id);
  }
}
