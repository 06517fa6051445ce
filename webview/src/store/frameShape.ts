/** An object's geometry on one frame: a shape has one frame, a track is interpolated between its keyframes. */

import { shapeUtil } from '../geometry/registry';
import type { Size } from '../geometry/point';
import type { JobObject, ShapeState, Track, TrackedShape } from './objects';

/** Index of the last keyframe at or before a frame, or -1. */
function keyframeBefore(keyframes: readonly TrackedShape[], frame: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keyframes[middle]?.frame ?? Infinity) <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The shorter way round from one angle to another, in degrees. */
function turnBetween(from: number, to: number): number {
  return ((to - from + 540) % 360) - 180;
}

function trackedShape(track: Track, frame: number): ShapeState | null {
  const index = keyframeBefore(track.shapes, frame);
  const before = track.shapes[index];
  if (before === undefined || before.outside) return null;
  const after = track.shapes[index + 1];
  if (before.frame === frame || after?.type !== before.type) return { ...before, frame };
  const t = (frame - before.frame) / (after.frame - before.frame);
  const util = shapeUtil(before.type);
  return {
    ...before,
    frame,
    points: util === null ? before.points : util.interpolate(before.points, after.points, t),
    rotation: (before.rotation + turnBetween(before.rotation, after.rotation) * t + 360) % 360,
  };
}

/** The geometry on a frame, or null where the object has none: a tag, another frame, outside of the picture. */
export function frameShape(object: JobObject, frame: number): ShapeState | null {
  switch (object.kind) {
    case 'tag':
      return null;
    case 'shape':
      return object.data.frame === frame && !object.data.outside ? object.data : null;
    case 'track':
      return trackedShape(object.data, frame);
  }
}

/** True when the object is to be listed on a frame. */
export function isOnFrame(object: JobObject, frame: number): boolean {
  return object.kind === 'tag' ? object.data.frame === frame : frameShape(object, frame) !== null;
}

/** The object with other points on a frame, normalised to the image. A track gets a keyframe there. */
export function withPoints(object: JobObject, frame: number, points: readonly number[], image: Size): JobObject {
  const now = frameShape(object, frame);
  if (now === null || object.kind === 'tag') return object;
  const kept = shapeUtil(now.type)?.normalise(points, image) ?? points;
  if (object.kind === 'shape') return { ...object, data: { ...object.data, points: kept } };
  const index = keyframeBefore(object.data.shapes, frame);
  const replaces = object.data.shapes[index]?.frame === frame;
  const keyframe: ShapeState & { id?: number } = { ...now, points: kept };
  // The id of a keyframe names a stored row; a new keyframe has none yet.
  if (!replaces) delete keyframe.id;
  const shapes = object.data.shapes.toSpliced(replaces ? index : index + 1, replaces ? 1 : 0, keyframe);
  return { ...object, data: { ...object.data, shapes } };
}
