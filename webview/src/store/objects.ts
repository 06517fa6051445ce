/** What a job holds, as plain immutable values in the JSON terms of CVAT's REST API. */

import type { AttributeValue, Keyframe } from '../geometry/keyframes';

export type { AttributeValue } from '../geometry/keyframes';

/** Id of a tag, a shape or a track; unique among all three in a workspace, below 2^53. */
export type ObjectId = number;

/** A label that holds for a whole frame. */
export interface Tag {
  readonly id: ObjectId;
  readonly frame: number;
  readonly label_id: number;
  readonly group: number | null;
  readonly source: string;
  readonly attributes: readonly AttributeValue[];
}

/** The geometry that shapes and keyframes of tracks share. */
export type ShapeState = Keyframe;

/** A joint of a skeleton; its label is one of the skeleton label's sub-labels. */
export interface Element extends ShapeState {
  readonly id: ObjectId | null;
  readonly label_id: number;
  readonly group: number | null;
  readonly source: string;
}

/** A shape on one frame. */
export interface Shape extends ShapeState {
  readonly id: ObjectId;
  readonly label_id: number;
  readonly group: number | null;
  readonly source: string;
  /** From 0 to 1, of shapes that a model found. */
  readonly score?: number;
  /** The joints of a skeleton. */
  readonly elements: readonly Element[];
}

/** A keyframe of a track. */
export interface TrackedShape extends ShapeState {
  readonly id?: number;
}

/** A joint of a skeleton's track: a track of its own. */
export interface ElementTrack {
  readonly id: ObjectId | null;
  readonly frame: number;
  readonly label_id: number;
  readonly group: number | null;
  readonly source: string;
  readonly attributes: readonly AttributeValue[];
  readonly shapes: readonly TrackedShape[];
}

/** A shape that lives over several frames: keyframes, between which it is interpolated. */
export interface Track {
  readonly id: ObjectId;
  readonly frame: number;
  readonly label_id: number;
  readonly group: number | null;
  readonly source: string;
  readonly attributes: readonly AttributeValue[];
  readonly shapes: readonly TrackedShape[];
  readonly elements: readonly ElementTrack[];
}

/** Everything in a job, as `GET /api/jobs/{id}/annotations` answers it. */
export interface LabeledData {
  readonly version?: number;
  readonly tags: readonly Tag[];
  readonly shapes: readonly Shape[];
  readonly tracks: readonly Track[];
}

/** One object of the job with its kind, so that it can be handled alone. */
export type JobObject =
  | { readonly kind: 'tag'; readonly id: ObjectId; readonly data: Tag }
  | { readonly kind: 'shape'; readonly id: ObjectId; readonly data: Shape }
  | { readonly kind: 'track'; readonly id: ObjectId; readonly data: Track };

/** The objects of a document, one after another. */
export function* objectsOf(data: LabeledData): Generator<JobObject> {
  for (const tag of data.tags) yield { kind: 'tag', id: tag.id, data: tag };
  for (const shape of data.shapes) yield { kind: 'shape', id: shape.id, data: shape };
  for (const track of data.tracks) yield { kind: 'track', id: track.id, data: track };
}

/** The objects grouped as the wire wants them. */
export function toLabeledData(objects: Iterable<JobObject>): LabeledData {
  const tags: Tag[] = [];
  const shapes: Shape[] = [];
  const tracks: Track[] = [];
  for (const object of objects) {
    if (object.kind === 'tag') tags.push(object.data);
    else if (object.kind === 'shape') shapes.push(object.data);
    else tracks.push(object.data);
  }
  return { tags, shapes, tracks };
}

/** What kind of shape an object is made of: "rectangle", "skeleton", … or "tag". */
export function typeOf(object: JobObject): string {
  switch (object.kind) {
    case 'tag':
      return 'tag';
    case 'shape':
      return object.data.type;
    case 'track':
      return object.data.elements.length > 0 ? 'skeleton' : (object.data.shapes[0]?.type ?? 'rectangle');
  }
}

/** True when an object can have a label: one for its type. A skeleton keeps its own, whose sub-labels its joints have. */
export function labelFits(label: { readonly type?: string }, object: JobObject): boolean {
  const type = typeOf(object);
  if (type === 'skeleton' || label.type === 'skeleton') return false;
  return [undefined, 'any', type, `${type}_3d`].includes(label.type);
}

/** The same object under another label. Attributes belong to a label, so they are dropped. */
export function withLabel(object: JobObject, labelId: number): JobObject {
  switch (object.kind) {
    case 'tag':
      return { ...object, data: { ...object.data, label_id: labelId, attributes: [] } };
    case 'shape':
      return { ...object, data: { ...object.data, label_id: labelId, attributes: [] } };
    case 'track': {
      const shapes = object.data.shapes.map((shape) => ({ ...shape, attributes: [] }));
      return { ...object, data: { ...object.data, label_id: labelId, attributes: [], shapes } };
    }
  }
}

/** True when both hold the same values, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && sameValue(left[key], right[key]));
}
