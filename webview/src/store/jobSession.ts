/** A job being edited: its document, what can be undone, and the way of every edit to the daemon. */

import { NO_CHANGE, isEmpty, without } from './change';
import type { ChangeSet } from './change';
import type { Clock } from './clock';
import { JobDocument } from './document';
import { History } from './history';
import type { Deletion, Travel } from './history';
import { objectsOf } from './objects';
import type { LabeledData, ObjectId } from './objects';
import { remoteDifference } from './remote';
import type { SaveQueue } from './saveQueue';
import { PLAIN } from './scheme';
import type { JobScheme } from './scheme';

export interface EditNote {
  /** What was done, as a phrase: "move rectangle". */
  readonly title: string;
  readonly frame: number;
  /** Edits in a row with the same key become one step of undo. */
  readonly mergeKey?: string | undefined;
}

export class JobSession {
  readonly document: JobDocument;
  readonly history = new History();
  readonly #queue: SaveQueue;
  readonly #fetch: () => Promise<LabeledData>;
  readonly #clock: Clock;
  /** The merge under way, and whether something changed since it began. */
  #merging: Promise<void> | null = null;
  #stale = false;

  constructor(queue: SaveQueue, fetch: () => Promise<LabeledData>, clock: Clock, scheme: JobScheme = PLAIN) {
    this.document = new JobDocument([], scheme);
    this.#queue = queue;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Reads the document and lays over it what earlier pages did not get to the daemon. */
  async open(adopt?: (client: string) => boolean): Promise<void> {
    // Fetched first: an edit that is acknowledged in between would be in neither.
    const fetched = await this.#fetch();
    const leftovers = await this.#queue.open(adopt);
    this.document.apply(remoteDifference(this.document.objects(), objectsOf(fetched), this.#queue.pendingIds()));
    this.document.apply(leftovers);
  }

  /** Takes over what a page that is gone left in the journal; newer edits of this page stay. */
  async adopt(client: string): Promise<void> {
    const mine = this.#queue.pendingIds();
    const leftovers = await this.#queue.open((other) => other === client);
    this.document.apply(without(leftovers, mine));
  }

  /** Carries out an edit, remembers how to undo it, and sends it on its way. */
  edit(change: ChangeSet, note: EditNote): void {
    if (isEmpty(change)) return;
    const inverse = this.document.apply(change);
    if (isEmpty(inverse)) return;
    this.history.record({ ...note, inverse, time: this.#clock.now() });
    void this.#queue.edit(change);
  }

  /** Remembers that a frame was deleted or restored, for undo. */
  recordDeletion({ frame, deleted }: Deletion): void {
    const title = deleted ? 'delete frame' : 'restore frame';
    this.history.record({ title, frame, inverse: NO_CHANGE, deletion: { frame, deleted: !deleted }, time: this.#clock.now() });
  }

  undo(): Travel | null {
    return this.#send(this.history.undo(this.document));
  }

  redo(): Travel | null {
    return this.#send(this.history.redo(this.document));
  }

  /** Reads the document again and merges it; objects with edits of their own on the way are left alone. */
  merge(): Promise<void> {
    this.#stale = true;
    this.#merging ??= this.#mergeUntilFresh().finally(() => {
      this.#merging = null;
    });
    return this.#merging;
  }

  /** Gives up what the daemon refused and shows the daemon's version of it. */
  async discardRejected(): Promise<readonly ObjectId[]> {
    const ids = this.#queue.discardRejected();
    await this.merge();
    return ids;
  }

  async #mergeUntilFresh(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      const watch = this.#queue.watch();
      try {
        const fetched = await this.#fetch();
        this.document.apply(remoteDifference(this.document.objects(), objectsOf(fetched), watch.ids));
      } finally {
        watch.stop();
      }
    }
  }

  #send(travel: Travel | null): Travel | null {
    if (travel !== null && !isEmpty(travel.change)) void this.#queue.edit(travel.change);
    return travel;
  }
}
