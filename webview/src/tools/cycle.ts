/** Walking through objects with the Tab key. */

import type { ObjectId } from '../store/objects';

/**
 * The object after the selected one. When several lie under the pointer the walk stays among them, else it goes through all
 * of the frame; it starts again at the end. Null when there is nothing to select.
 */
export function nextObject(
  underPointer: readonly ObjectId[],
  onFrame: readonly ObjectId[],
  selected: readonly ObjectId[],
  direction: 1 | -1,
): ObjectId | null {
  const all = underPointer.length > 0 && !(underPointer.length === 1 && selected.includes(underPointer[0] ?? -1)) ? underPointer : onFrame;
  if (all.length === 0) return null;
  const at = all.findIndex((id) => selected.includes(id));
  if (at === -1) return (direction === 1 ? all[0] : all.at(-1)) ?? null;
  return all[(at + direction + all.length) % all.length] ?? null;
}
