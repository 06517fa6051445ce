/** The objects of a job by id and by frame. It changes only through `apply`, which answers with the exact inverse. */

import { centreOf } from '../geometry/box';
import type { Box } from '../geometry/box';
import type { Point } from '../geometry/point';
import { posedBounds, posedHit } from '../geometry/posed';
import { shapeUtil } from '../geometry/registry';
import type { HitPart } from '../geometry/shapeUtil';
import type { ChangeSet } from './change';
import { FrameIndex } from './frameIndex';
import { frameShape, isOnFrame } from './frameShape';
import type { JobObject, ObjectId } from './objects';

/** A shape under a position. */
export interface Hit {
  readonly id: ObjectId;
  readonly part: HitPart;
}

/** Indexes of this many frames are kept; the frame in view is the one that matters. */
const INDEXES_KEPT = 4;

export class JobDocument {
  readonly #objects = new Map<ObjectId, JobObject>();
  /** Tags and shapes by their frame. */
  readonly #byFrame = new Map<number, Set<ObjectId>>();
  readonly #tracks = new Set<ObjectId>();
  readonly #indexes = new Map<number, FrameIndex>();
  readonly #listeners = new Set<(change: ChangeSet) => void>();

  constructor(objects: Iterable<JobObject> = []) {
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

  /** Objects on a frame, the ones drawn on top last. */
  onFrame(frame: number): JobObject[] {
    return [...this.#on(frame)].sort((a, b) => drawingOrder(a, b, frame));
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
    this.#updateIndexes(before.keys());
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
      const object = this.#objects.get(id);
      const shape = object === undefined ? null : frameShape(object, frame);
      if (shape === null) continue;
      const part = posedHit(shape, at, tolerance);
      if (part !== null) hits.push({ id, part, z: shape.z_order, area: shapeUtil(shape.type)?.area(shape.points) ?? 0 });
    }
    hits.sort((a, b) => b.z - a.z || Number(a.part !== 'border') - Number(b.part !== 'border') || a.area - b.area || b.id - a.id);
    return hits.map(({ id, part }) => ({ id, part }));
  }

  /** Centre of an object on a frame, or null when it has no geometry there. */
  centre(id: ObjectId, frame: number): Point | null {
    const box = this.bounds(id, frame);
    return box === null ? null : centreOf(box);
  }

  /** Upright box of an object on a frame, or null when it has no geometry there. */
  bounds(id: ObjectId, frame: number): Box | null {
    const object = this.#objects.get(id);
    const shape = object === undefined ? null : frameShape(object, frame);
    return shape === null ? null : posedBounds(shape);
  }

  /** The R-tree of a frame; made when it is first asked for and kept up to date from then on. */
  index(frame: number): FrameIndex {
    const known = this.#indexes.get(frame);
    if (known !== undefined) return known;
    const boxes: (readonly [ObjectId, Box])[] = [];
    for (const object of this.#on(frame)) {
      const box = this.bounds(object.id, frame);
      if (box !== null) boxes.push([object.id, box]);
    }
    const index = new FrameIndex(boxes);
    this.#indexes.set(frame, index);
    const oldest = this.#indexes.keys().next().value;
    if (this.#indexes.size > INDEXES_KEPT && oldest !== undefined) this.#indexes.delete(oldest);
    return index;
  }

  *#on(frame: number): Generator<JobObject> {
    for (const ids of [this.#byFrame.get(frame) ?? [], this.#tracks]) {
      for (const id of ids) {
        const object = this.#objects.get(id);
        if (object !== undefined && isOnFrame(object, frame)) yield object;
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

  #updateIndexes(ids: Iterable<ObjectId>): void {
    const changed = [...ids];
    for (const [frame, index] of this.#indexes) {
      for (const id of changed) index.set(id, this.bounds(id, frame));
    }
  }
}

/** Lower layers first, then older objects. */
export function drawingOrder(a: JobObject, b: JobObject, frame: number): number {
  return (frameShape(a, frame)?.z_order ?? 0) - (frameShape(b, frame)?.z_order ?? 0) || a.id - b.id;
}
