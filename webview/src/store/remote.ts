/** Merging what the daemon holds into what is shown. */

import type { ChangeSet } from './change';
import { sameValue } from './objects';
import type { JobObject, ObjectId } from './objects';

/**
 * The change that turns the shown objects into the fetched ones, but for the ids that have edits of their own on the way.
 * Objects that are the same stay the same values, so that nothing of them is drawn again.
 */
export function remoteDifference(
  shown: Iterable<JobObject>,
  fetched: Iterable<JobObject>,
  keep: ReadonlySet<ObjectId>,
): ChangeSet {
  const known = new Map<ObjectId, JobObject>();
  for (const object of shown) known.set(object.id, object);
  const put: JobObject[] = [];
  for (const object of fetched) {
    const mine = known.get(object.id);
    known.delete(object.id);
    if (!keep.has(object.id) && (mine === undefined || !sameValue(mine, object))) put.push(object);
  }
  return { put, delete: [...known.keys()].filter((id) => !keep.has(id)) };
}
