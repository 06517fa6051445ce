/** Random documents and edits, for property tests. */

import fc from 'fast-check';

import type { ChangeSet } from '../change';
import type { JobObject, Shape, ShapeState, Tag, Track } from '../objects';

export const IMAGE = { width: 640, height: 480 };

export function makeState(over: Partial<ShapeState> = {}): ShapeState {
  return { type: 'rectangle', frame: 0, occluded: false, outside: false, z_order: 0, rotation: 0, points: [10, 10, 50, 40], attributes: [], ...over };
}

export function makeShape(over: Partial<Shape> = {}): JobObject {
  const data = { id: 1, label_id: 1, group: 0, source: 'manual', elements: [], ...makeState(), ...over };
  return { kind: 'shape', id: data.id, data };
}

export function makeTag(over: Partial<Tag> = {}): JobObject {
  const data = { id: 1, frame: 0, label_id: 1, group: 0, source: 'manual', attributes: [], ...over };
  return { kind: 'tag', id: data.id, data };
}

export function makeTrack(over: Partial<Track> = {}): JobObject {
  const data = { id: 1, frame: 0, label_id: 1, group: 0, source: 'manual', attributes: [], shapes: [], elements: [], ...over };
  return { kind: 'track', id: data.id, data };
}

const ids = fc.integer({ min: 1, max: 12 });
const frames = fc.integer({ min: 0, max: 3 });
const boxes = fc
  .tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 440 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .map(([x, y, width, height]) => [x, y, x + width, y + height]);

const shapes = fc
  .record({ id: ids, frame: frames, label_id: fc.integer({ min: 1, max: 3 }), z_order: fc.integer({ min: 0, max: 2 }), points: boxes, rotation: fc.constantFrom(0, 0, 30) })
  .map(makeShape);
const tags = fc.record({ id: ids, frame: frames, label_id: fc.integer({ min: 1, max: 3 }) }).map(makeTag);
const tracks = fc
  .record({ id: ids, keyframes: fc.uniqueArray(fc.record({ frame: frames, points: boxes, outside: fc.boolean() }), { selector: (one) => one.frame, minLength: 1 }) })
  .map(({ id, keyframes }) => {
    const sorted = keyframes.sort((a, b) => a.frame - b.frame).map((one) => makeState(one));
    return makeTrack({ id, frame: sorted[0]?.frame ?? 0, shapes: sorted });
  });

export const jobObjects: fc.Arbitrary<JobObject> = fc.oneof({ weight: 4, arbitrary: shapes }, tags, tracks);

/** Documents with ids from 1 to 12, and changes of the same, so that they meet. */
export const documents = fc.uniqueArray(jobObjects, { selector: (object) => object.id, maxLength: 12 });

export const changes: fc.Arbitrary<ChangeSet> = fc
  .record({ put: fc.uniqueArray(jobObjects, { selector: (object) => object.id, maxLength: 4 }), delete: fc.uniqueArray(ids, { maxLength: 3 }) })
  .map(({ put, delete: gone }) => ({ put, delete: gone.filter((id) => !put.some((object) => object.id === id)) }));
