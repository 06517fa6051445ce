/** A track's state on any frame, from its keyframes. */

import { spinning } from './cuboid3d';
import { held, linear } from './linear';
import { shapeUtil } from './registry';
import type { Placement, Way } from './shapeUtil';

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

/** A list of keyframes, prepared: what is asked for frame after frame is found once. */
interface Line {
  readonly keyframes: readonly Keyframe[];
  /** The way that was asked for last: the next frame asks for the same. */
  last: { readonly index: number; readonly dimension: Dimension; readonly way: Way } | null;
}

/** Prepared lines by the lists that they were made from. */
const lines = new WeakMap<readonly Keyframe[], Line>();

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

function lineOf(keyframes: readonly Keyframe[]): Line {
  let line = lines.get(keyframes);
  if (line === undefined) {
    line = { keyframes: settle(keyframes), last: null };
    lines.set(keyframes, line);
  }
  return line;
}

/**
 * The keyframes by frame, each with all mutable attributes that are set by then. Of several on one frame, which no valid
 * document has, the last counts. The same list gives the same answer.
 */
export function settled<K extends Keyframe>(keyframes: readonly K[]): readonly K[] {
  return lineOf(keyframes).keyframes as readonly K[]; // settling keeps every other field
}

/** Index of the last of settled keyframes at or before a frame, or -1. */
function keyframeIndex(keyframes: readonly Keyframe[], frame: number): number {
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

/** The way from a keyframe to the next. Between two types the earlier is held. */
function between(before: Keyframe, after: Keyframe, dimension: Dimension): Way {
  if (before.type !== after.type) return held(before);
  if (before.type === 'skeleton') return bare(before, after);
  if (before.type === 'cuboid' && dimension === '3d') return spinning(before, after);
  return shapeUtil(before.type)?.interpolate(before, after) ?? held(before);
}

/** The state on a frame, outside of the picture or not; null before the first keyframe. At a keyframe it is that one, settled. */
export function stateAt<K extends Keyframe>(keyframes: readonly K[], frame: number, dimension: Dimension): K | null {
  const line = lineOf(keyframes);
  const index = keyframeIndex(line.keyframes, frame);
  const before = line.keyframes[index] as K | undefined; // settling keeps every other field
  if (before === undefined || before.frame === frame) return before ?? null;
  const after = line.keyframes[index + 1];
  if (after === undefined) return { ...before, frame };
  let { last } = line;
  if (last?.index !== index || last.dimension !== dimension) {
    last = { index, dimension, way: between(before, after, dimension) };
    line.last = last;
  }
  const { points, rotation } = last.way((frame - before.frame) / (after.frame - before.frame));
  return { ...before, frame, points, rotation };
}
