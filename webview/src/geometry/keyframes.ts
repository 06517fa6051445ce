/** A track's state on any frame, from its keyframes. */

import { spinning } from './cuboid3d';
import { linear } from './linear';
import { shapeUtil } from './registry';
import type { Placement } from './shapeUtil';

/** What a job shows: pictures or point clouds. */
export type Dimension = '2d' | '3d';

export interface AttributeValue {
  readonly spec_id: number;
  readonly value: string;
}

/** A shape on a frame; its track has it in this way until the next one, but for what is interpolated. */
export interface Keyframe extends Placement {
  readonly type: string;
  readonly frame: number;
  readonly occluded: boolean;
  /** Not in the picture. */
  readonly outside: boolean;
  readonly z_order: number;
  /** The mutable attributes that the keyframe sets. */
  readonly attributes: readonly AttributeValue[];
}

/** Settled keyframes by the list that they were made from. */
const settledLists = new WeakMap<readonly Keyframe[], readonly Keyframe[]>();

/** What holds from a keyframe on: what it sets, and what was set before. */
function carried(before: readonly AttributeValue[], set: readonly AttributeValue[]): readonly AttributeValue[] {
  const missing = before.filter((value) => !set.some((other) => other.spec_id === value.spec_id));
  return missing.length === 0 ? set : [...missing, ...set];
}

function settle(keyframes: readonly Keyframe[]): readonly Keyframe[] {
  const settled: Keyframe[] = [];
  for (const keyframe of keyframes.toSorted((a, b) => a.frame - b.frame)) {
    const last = settled.at(-1);
    const attributes = carried(last?.attributes ?? [], keyframe.attributes);
    if (last?.frame === keyframe.frame) settled.pop();
    settled.push(attributes === keyframe.attributes ? keyframe : { ...keyframe, attributes });
  }
  return settled;
}

/**
 * The keyframes by frame, each with all mutable attributes that are set by then. Of several on one frame, which no valid
 * document has, the last counts. The same list gives the same answer, found once.
 */
export function settled<K extends Keyframe>(keyframes: readonly K[]): readonly K[] {
  let found = settledLists.get(keyframes);
  if (found === undefined) {
    found = settle(keyframes);
    settledLists.set(keyframes, found);
  }
  return found as readonly K[]; // settling keeps every other field
}

/** Index of the last of settled keyframes at or before a frame, or -1. */
export function keyframeIndex(keyframes: readonly Keyframe[], frame: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keyframes[middle]?.frame ?? Infinity) <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A skeleton has no points of its own; what it has is turned. */
const bare = linear(0);

/** Where a shape is on the way from a keyframe to the next; `t` goes from 0 to 1. Between two types the earlier is held. */
function between(before: Keyframe, after: Keyframe, t: number, dimension: Dimension): Placement {
  if (before.type !== after.type) return before;
  if (before.type === 'skeleton') return bare(before, after, t);
  if (before.type === 'cuboid' && dimension === '3d') return spinning(before, after, t);
  return shapeUtil(before.type)?.interpolate(before, after, t) ?? before;
}

/** The state on a frame, outside of the picture or not; null before the first keyframe. At a keyframe it is that one, settled. */
export function stateAt<K extends Keyframe>(keyframes: readonly K[], frame: number, dimension: Dimension): K | null {
  const all = settled(keyframes);
  const index = keyframeIndex(all, frame);
  const before = all[index];
  if (before === undefined || before.frame === frame) return before ?? null;
  const after = all[index + 1];
  if (after === undefined) return { ...before, frame };
  const { points, rotation } = between(before, after, (frame - before.frame) / (after.frame - before.frame), dimension);
  return { ...before, frame, points, rotation };
}
