/** Random documents and edits, for property tests. */

import fc from 'fast-check';

import { pieces } from '../../geometry/testing/kinds';
import type { ChangeSet } from '../change';
import type { Element, ElementTrack, JobObject, Shape, ShapeState, Tag, Track } from '../objects';

export { IMAGE } from '../../geometry/testing/kinds';

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

export function makeElement(over: Partial<Element> = {}): Element {
  return { id: null, label_id: 11, group: 0, source: 'manual', ...makeState({ type: 'points', points: [20, 20] }), ...over };
}

export function makeElementTrack(over: Partial<ElementTrack> = {}): ElementTrack {
  return { id: null, frame: 0, label_id: 11, group: 0, source: 'manual', attributes: [], shapes: [], ...over };
}

const ids = fc.integer({ min: 1, max: 12 });
const frames = fc.integer({ min: 0, max: 3 });
const labelIds = fc.integer({ min: 1, max: 3 });

const shapes = fc
  .record({ id: ids, frame: frames, label_id: labelIds, z_order: fc.integer({ min: 0, max: 2 }), place: pieces })
  .map(({ place: { type, points, rotation }, ...rest }) => makeShape({ type, points, rotation, ...rest }));
const tags = fc.record({ id: ids, frame: frames, label_id: labelIds }).map(makeTag);

/** Keyframes of one line, by frame: all of the type of the first, as far as the others are given its points. */
const lines = (states: fc.Arbitrary<Pick<ShapeState, 'type' | 'points' | 'rotation'>>): fc.Arbitrary<ShapeState[]> =>
  fc
    .uniqueArray(fc.record({ frame: frames, place: states, outside: fc.boolean() }), { selector: (one) => one.frame, minLength: 1 })
    .map((all) => all.sort((a, b) => a.frame - b.frame).map(({ frame, place: { type, points, rotation }, outside }) => makeState({ type, points, rotation, frame, outside })));
const tracks = fc.record({ id: ids, shapes: lines(pieces) }).map(({ id, shapes: line }) => makeTrack({ id, frame: line[0]?.frame ?? 0, shapes: line }));

const joints = fc
  .tuple(fc.integer({ min: 0, max: 640 }), fc.integer({ min: 0, max: 480 }))
  .map((points) => ({ type: 'points', points, rotation: 0 }));
const skeletons = fc
  .record({ id: ids, frame: frames, elements: fc.array(fc.tuple(joints, fc.boolean()), { minLength: 1, maxLength: 4 }) })
  .map(({ elements, ...rest }) =>
    makeShape({ type: 'skeleton', points: [], elements: elements.map(([place, outside], index) => makeElement({ ...place, outside, label_id: 11 + index })), ...rest }),
  );
const skeletonTracks = fc
  .record({ id: ids, own: lines(fc.constant({ type: 'skeleton', points: [], rotation: 0 })), elements: fc.array(lines(joints), { minLength: 1, maxLength: 4 }) })
  .map(({ id, own, elements }) => makeTrack({ id, shapes: own, elements: elements.map((line, index) => makeElementTrack({ shapes: line, label_id: 11 + index })) }));

export const jobObjects: fc.Arbitrary<JobObject> = fc.oneof({ weight: 4, arbitrary: shapes }, tags, { weight: 2, arbitrary: tracks }, skeletons, skeletonTracks);

/** Documents with ids from 1 to 12, and changes of the same, so that they meet. */
export const documents = fc.uniqueArray(jobObjects, { selector: (object) => object.id, maxLength: 12 });

export const changes: fc.Arbitrary<ChangeSet> = fc
  .record({ put: fc.uniqueArray(jobObjects, { selector: (object) => object.id, maxLength: 4 }), delete: fc.uniqueArray(ids, { maxLength: 3 }) })
  .map(({ put, delete: gone }) => ({ put, delete: gone.filter((id) => !put.some((object) => object.id === id)) }));
