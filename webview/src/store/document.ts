/** The objects of a job by id and by frame. It changes only through `apply`, which answers with the exact inverse. */

import type { Box } from '../geometry/box';
import type { Point } from '../geometry/point';
import { posedArea, posedHit } from '../geometry/posed';
import type { HitPart } from '../geometry/shapeUtil';
import type { ChangeSet } from './change';
import type { FrameIndex } from './frameIndex';
import type { FrameShape } from './frameShape';
import { FrameView } from './frameView';
import type { JobObject, ObjectId } from './objects';
import { PLAIN } from './scheme';
import type { JobScheme } from './scheme';

/** A shape under a position. */
export interface Hit {
  readonly id: ObjectId;
  readonly part: HitPart;
}

/** Views of this many frames are kept; the frame on the screen is the one that matters. */
const VIEWS_KEPT = 4;

export class JobDocument {
  readonly scheme: JobScheme;
  readonly #objects = new Map<ObjectId, JobObject>();
  /** Tags and shapes by their frame. */
  readonly #byFrame = new Map<number, Set<ObjectId>>();
  readonly #tracks = new Set<ObjectId>();
  readonly #views = new Map<number, FrameView>();
  readonly #listeners = new Set<(change: ChangeSet) => void>();

  constructor(objects: Iterable<JobObject> = [], scheme: JobScheme = PLAIN) {
    this.scheme = scheme;
    for (const object of objects) this.#insert(object);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(id: ObjectId): JobObject | undefined {
    return this.#objects.get(id);
  }

  objects(): IterableIterator<JobObject> {
    return this.#objects.values();
  }

  /** Objects on a frame, the ones drawn on top last: lower layers first, then older objects. */
  onFrame(frame: number): JobObject[] {
    const view = this.#view(frame);
    const found = [...this.#on(frame)].map((object) => ({ object, z: view.shape(object)?.z_order ?? 0 }));
    return found.sort((a, b) => a.z - b.z || a.object.id - b.object.id).map(({ object }) => object);
  }

  /** True when the object is to be listed on a frame. */
  isOn(id: ObjectId, frame: number): boolean {
    const object = this.#objects.get(id);
    return object !== undefined && this.#isOn(object, frame);
  }

  /** An object's geometry on a frame (interpolated for tracks), or null when it has none there. */
  shape(id: ObjectId, frame: number): FrameShape | null {
    const object = this.#objects.get(id);
    return object === undefined ? null : this.#view(frame).shape(object);
  }

  /** Carries out a change and answers with the change that takes it back. Unknown ids to delete are ignored. */
  apply(change: ChangeSet): ChangeSet {
    const before = new Map<ObjectId, JobObject | null>();
    for (const object of change.put) {
      if (!before.has(object.id)) before.set(object.id, this.#objects.get(object.id) ?? null);
      this.#remove(object.id);
      this.#insert(object);
    }
    for (const id of change.delete) {
      const old = this.#objects.get(id);
      if (old === undefined) continue;
      if (!before.has(id)) before.set(id, old);
      this.#remove(id);
    }
    const put: JobObject[] = [];
    const gone: ObjectId[] = [];
    for (const [id, old] of before) {
      if (old !== null) put.push(old);
      else if (this.#objects.has(id)) gone.push(id);
    }
    for (const view of this.#views.values()) for (const id of before.keys()) view.changed(id, this.#objects.get(id));
    if (before.size > 0) for (const listener of this.#listeners) listener(change);
    return { put, delete: gone };
  }

  /** Calls back after every change; the answer ends it. */
  subscribe(listener: (change: ChangeSet) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Shapes of a frame within `tolerance` image pixels of a position. The best choice for a click comes first: higher
   * layers, then a border before an interior, then the smaller shape (else a shape within another could never be reached).
   */
  hits(frame: number, at: Point, tolerance: number): Hit[] {
    const around = { minX: at.x - tolerance, minY: at.y - tolerance, maxX: at.x + tolerance, maxY: at.y + tolerance };
    const hits: (Hit & { z: number; area: number })[] = [];
    for (const id of this.index(frame).within(around)) {
      const shape = this.shape(id, frame);
      const part = shape === null ? null : posedHit(shape, at, tolerance);
      if (shape !== null && part !== null) hits.push({ id, part, z: shape.z_order, area: posedArea(shape) });
    }
    hits.sort((a, b) => b.z - a.z || Number(a.part !== 'border') - Number(b.part !== 'border') || a.area - b.area || b.id - a.id);
    return hits.map(({ id, part }) => ({ id, part }));
  }

  /** Upright box of an object on a frame, or null when it has no geometry there. */
  bounds(id: ObjectId, frame: number): Box | null {
    const object = this.#objects.get(id);
    return object === undefined ? null : this.#view(frame).bounds(object);
  }

  /** The R-tree of a frame. */
  index(frame: number): FrameIndex {
    return this.#view(frame).index(() => this.#on(frame));
  }

  #view(frame: number): FrameView {
    const known = this.#views.get(frame);
    if (known !== undefined) return known;
    const view = new FrameView(frame, this.scheme);
    this.#views.set(frame, view);
    const oldest = this.#views.keys().next().value;
    if (this.#views.size > VIEWS_KEPT && oldest !== undefined) this.#views.delete(oldest);
    return view;
  }

  #isOn(object: JobObject, frame: number): boolean {
    return object.kind === 'tag' ? object.data.frame === frame : this.#view(frame).shape(object) !== null;
  }

  *#on(frame: number): Generator<JobObject> {
    for (const ids of [this.#byFrame.get(frame) ?? [], this.#tracks]) {
      for (const id of ids) {
        const object = this.#objects.get(id);
        if (object !== undefined && this.#isOn(object, frame)) yield object;
      }
    }
  }

  #insert(object: JobObject): void {
    this.#objects.set(object.id, object);
    if (object.kind === 'track') {
      this.#tracks.add(object.id);
      return;
    }
    const ids = this.#byFrame.get(object.data.frame);
    if (ids === undefined) this.#byFrame.set(object.data.frame, new Set([object.id]));
    else ids.add(object.id);
  }

  #remove(id: ObjectId): void {
    const object = this.#objects.get(id);
    if (object === undefined) return;
    this.#objects.delete(id);
    this.#tracks.delete(id);
    if (object.kind !== 'track') this.#byFrame.get(object.data.frame)?.delete(id);
  }
}
