/** Lines of keyframes: a track is one, a skeleton's track one and one for each element. Putting and taking single ones. */

import { settled, stateAt } from '../geometry/keyframes';
import type { Dimension } from '../geometry/keyframes';
import { sameValue } from './objects';
import type { AttributeValue, TrackedShape } from './objects';

export type Line = readonly TrackedShape[];

/** What a keyframe has to set, where some of it is in force already. */
function missing(wanted: readonly AttributeValue[], inForce: readonly AttributeValue[]): readonly AttributeValue[] {
  return wanted.filter((value) => !inForce.some((other) => other.spec_id === value.spec_id && other.value === value.value));
}

/**
 * The line with a keyframe, in place of the one on its frame. The keyframe has all attributes that are to hold there, of which
 * it keeps those that are not in force by then; what later keyframes set stays as it is.
 */
export function withKeyframe(line: Line, keyframe: TrackedShape): Line {
  const before = settled(line.filter((other) => other.frame < keyframe.frame));
  const attributes = missing(keyframe.attributes, before.at(-1)?.attributes ?? []);
  const put = sameValue(attributes, keyframe.attributes) ? keyframe : { ...keyframe, attributes };
  return [...line.filter((other) => other.frame !== keyframe.frame), put].sort((a, b) => a.frame - b.frame);
}

/**
 * The state on a frame as a keyframe there: the one that there is, with all attributes in force, or what is interpolated,
 * which changes nothing that is seen. Null before the first keyframe.
 */
export function keyframeOn(line: Line, frame: number, dimension: Dimension): TrackedShape | null {
  const state = stateAt(line, frame, dimension);
  if (state === null || line.some((other) => other.frame === frame)) return state;
  // The id of a keyframe names a stored row; a new keyframe has none yet.
  const keyframe: { id?: number } & TrackedShape = { ...state };
  delete keyframe.id;
  return keyframe;
}
