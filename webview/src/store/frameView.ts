/** What is known of one frame: the geometry of its objects, found once, and an R-tree of their boxes. */

import type { Box } from '../geometry/box';
import { posedBounds } from '../geometry/posed';
import { FrameIndex } from './frameIndex';
import { frameShape } from './frameShape';
import type { FrameShape } from './frameShape';
import type { JobObject, ObjectId } from './objects';
import type { JobScheme } from './scheme';

export class FrameView {
  readonly #frame: number;
  readonly #scheme: JobScheme;
  readonly #shapes = new Map<ObjectId, FrameShape | null>();
  #index: FrameIndex | null = null;

  constructor(frame: number, scheme: JobScheme) {
    this.#frame = frame;
    this.#scheme = scheme;
  }

  shape(object: JobObject): FrameShape | null {
    // Nothing has to be found out about a shape of one piece.
    if (object.kind === 'shape' && object.data.elements.length === 0) return frameShape(object, this.#frame, this.#scheme);
    const known = this.#shapes.get(object.id);
    if (known !== undefined) return known;
    const shape = frameShape(object, this.#frame, this.#scheme);
    this.#shapes.set(object.id, shape);
    return shape;
  }

  /** The box of what is drawn; null where nothing is, as of point clouds. */
  bounds(object: JobObject): Box | null {
    const shape = this.#scheme.dimension === '3d' ? null : this.shape(object);
    return shape === null ? null : posedBounds(shape);
  }

  /** The R-tree; made from the frame's objects when it is first asked for and kept up to date from then on. */
  index(objects: () => Iterable<JobObject>): FrameIndex {
    if (this.#index === null) {
      const boxes: (readonly [ObjectId, Box])[] = [];
      for (const object of objects()) {
        const box = this.bounds(object);
        if (box !== null) boxes.push([object.id, box]);
      }
      this.#index = new FrameIndex(boxes);
    }
    return this.#index;
  }

  /** The object of an id is another one now, or none. */
  changed(id: ObjectId, object: JobObject | undefined): void {
    this.#shapes.delete(id);
    this.#index?.set(id, object === undefined ? null : this.bounds(object));
  }
}
