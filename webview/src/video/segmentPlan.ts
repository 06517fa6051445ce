/** Which pieces of a video hold which of its frames. All numbers of frames here are those of the video file. */

/** Units of time between two frames, as the daemon writes them: frame n is shown at n times this. */
const FRAME_TIME = 1000;

/** The frame that is shown at a time, or null for a packet that is decoded but never shown. */
export function frameAt(time: number): number | null {
  const number = Math.round(time / FRAME_TIME);
  return number * FRAME_TIME === time && number >= 0 ? number : null;
}

export interface SegmentPlan {
  readonly count: number;
  /** The segment whose packets hold a frame, and the one where decoding has to begin for it: the same, or the one before. */
  of(frame: number): { readonly first: number; readonly last: number };
  /** The frame of a segment's keyframe. */
  keyOf(segment: number): number;
  /** True when decoding can begin with a segment and give all of its frames. */
  isClosed(segment: number): boolean;
}

/**
 * Segments that begin with the video's own keyframes. Where frames that are shown before a keyframe come after it in the file
 * (an open group of pictures), they refer to the segment before.
 */
export function sourcePlan(keyFrames: readonly number[], firstFrames: readonly number[]): SegmentPlan {
  const isClosed = (segment: number): boolean => segment === 0 || (firstFrames[segment] ?? 0) >= (keyFrames[segment] ?? 0);
  return {
    count: keyFrames.length,
    keyOf: (segment) => keyFrames[segment] ?? 0,
    isClosed,
    of(frame) {
      const before = Math.max(0, lastAtMost(keyFrames, frame));
      const next = before + 1;
      const leads = next < keyFrames.length && frame >= (firstFrames[next] ?? Infinity);
      return leads ? { first: before, last: next } : { first: before, last: before };
    },
  };
}

/** Segments that the daemon encoded anew: each of the same number of frames, each on its own. */
export function transcodedPlan(length: number, run: number): SegmentPlan {
  return {
    count: Math.ceil(length / run),
    keyOf: (segment) => segment * run,
    isClosed: () => true,
    of(frame) {
      const segment = Math.floor(frame / run);
      return { first: segment, last: segment };
    },
  };
}

/** The place of the last of ascending numbers that is not above a limit; -1 when all are. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
