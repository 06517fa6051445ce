/** A change of a job's objects as a value: what undo, the journal, the wire and the canvas all speak. */

import { toLabeledData } from './objects';
import type { JobObject, LabeledData, ObjectId } from './objects';

/** Objects to insert or replace as a whole, and ids to remove. An id appears once. */
export interface ChangeSet {
  readonly put: readonly JobObject[];
  readonly delete: readonly ObjectId[];
}

/** The change that changes nothing. */
export const NO_CHANGE: ChangeSet = { put: [], delete: [] };

export function putting(...objects: readonly JobObject[]): ChangeSet {
  return { put: objects, delete: [] };
}

export function deleting(...ids: readonly ObjectId[]): ChangeSet {
  return { put: [], delete: ids };
}

export function isEmpty(change: ChangeSet): boolean {
  return change.put.length === 0 && change.delete.length === 0;
}

/** Ids that the change touches. */
export function idsOf(change: ChangeSet): ObjectId[] {
  return [...change.put.map((object) => object.id), ...change.delete];
}

/** One change with the effect of all of them in order: the last word on each id wins. */
export function coalesce(changes: Iterable<ChangeSet>): ChangeSet {
  const last = new Map<ObjectId, JobObject | null>();
  const say = (id: ObjectId, object: JobObject | null): void => {
    last.delete(id);
    last.set(id, object);
  };
  for (const change of changes) {
    for (const object of change.put) say(object.id, object);
    for (const id of change.delete) say(id, null);
  }
  const put: JobObject[] = [];
  const gone: ObjectId[] = [];
  for (const [id, object] of last) {
    if (object === null) gone.push(id);
    else put.push(object);
  }
  return { put, delete: gone };
}

/** The change without what it says of the given ids. */
export function without(change: ChangeSet, ids: ReadonlySet<ObjectId>): ChangeSet {
  return { put: change.put.filter((object) => !ids.has(object.id)), delete: change.delete.filter((id) => !ids.has(id)) };
}

/** Body of `POST /api/cvatd/jobs/{id}/changes`. */
export interface ChangesRequest {
  readonly client: string;
  readonly put: LabeledData;
  readonly delete: readonly ObjectId[];
}

export function toRequest(change: ChangeSet, client: string): ChangesRequest {
  return { client, put: toLabeledData(change.put), delete: change.delete };
}
