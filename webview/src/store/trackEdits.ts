/** Edits of tracks on one frame: keyframes set and removed, in the picture or not, covered or not. A skeleton with its elements. */

import { settled } from '../geometry/keyframes';
import type { Dimension } from '../geometry/keyframes';
import { keyframeOn, withKeyframe } from './keyframeLists';
import type { Line } from './keyframeLists';
import type { JobObject, Track } from './objects';

function linesOf(track: Track): readonly Line[] {
  return [track.shapes, ...track.elements.map((element) => element.shapes)];
}

/** The frames on which a track or an element of it has a keyframe. */
function keyframeNumbers(track: Track): ReadonlySet<number> {
  return new Set(linesOf(track).flatMap((line) => line.map((keyframe) => keyframe.frame)));
}

/** The track with each of its lines changed; its first frame follows them. A line without keyframes stays so. */
function changedLines(track: Track, change: (line: Line) => Line): Track {
  const changed = (line: Line): Line => (line.length === 0 ? line : change(line));
  const elements = track.elements.map((element) => {
    const shapes = changed(element.shapes);
    return { ...element, shapes, frame: shapes[0]?.frame ?? element.frame };
  });
  const whole = { ...track, shapes: changed(track.shapes), elements };
  const numbers = keyframeNumbers(whole);
  return numbers.size === 0 ? whole : { ...whole, frame: Math.min(...numbers) };
}

export function hasKeyframe(track: Track, frame: number): boolean {
  return keyframeNumbers(track).has(frame);
}

/** What a track shows on a frame made a keyframe of it; a skeleton's elements get one each, those that have begun. */
export function withKeyframeOn(track: Track, frame: number, dimension: Dimension): Track {
  return changedLines(track, (line) => {
    const keyframe = keyframeOn(line, frame, dimension);
    return keyframe === null ? line : withKeyframe(line, keyframe);
  });
}

/**
 * The track without its keyframe on a frame, a skeleton's with those of its elements. Where it was the first one, the track
 * begins at the next, with the attributes that it had set. An element whose only keyframe it was has it at the track's nearest
 * one instead. Null when the track has no other.
 */
export function withoutKeyframe(track: Track, frame: number): Track | null {
  const others = [...keyframeNumbers(track)].filter((number) => number !== frame).sort((a, b) => a - b);
  const nearest = others.find((number) => number > frame) ?? others.at(-1);
  if (nearest === undefined) return null;
  return changedLines(track, (line) => {
    const all = settled(line);
    const [first, second] = all;
    if (first?.frame !== frame) return line.filter((keyframe) => keyframe.frame !== frame);
    return second === undefined ? [{ ...first, frame: nearest }] : [second, ...line.filter((keyframe) => keyframe.frame > second.frame)];
  });
}

/** A flag of an object on a frame: a track gets a keyframe there, and has it up to the next one. Only tracks can be outside. */
export function flagged(object: JobObject, frame: number, flag: { readonly outside: boolean } | { readonly occluded: boolean }, dimension: Dimension): JobObject {
  switch (object.kind) {
    case 'tag':
      return object;
    case 'shape':
      if ('outside' in flag) return object;
      return { ...object, data: { ...object.data, ...flag, elements: object.data.elements.map((element) => ({ ...element, ...flag })) } };
    case 'track': {
      const data = changedLines(object.data, (line) => {
        const keyframe = keyframeOn(line, frame, dimension);
        return keyframe === null ? line : withKeyframe(line, { ...keyframe, ...flag });
      });
      return { ...object, data };
    }
  }
}
