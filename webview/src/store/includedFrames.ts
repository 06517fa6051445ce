/** Which frames of its range a job has: all of them, or of ground truth those that were chosen. */

/** Null where it has all. */
export type Included = ReadonlySet<number> | null;

export function includedFrames(frames: readonly number[] | null | undefined): Included {
  return frames === null || frames === undefined || frames.length === 0 ? null : new Set(frames);
}

/** The frame that the job has next to one, the later of two as near; the frame itself where the job has all. */
export function nearestIncluded(frame: number, included: Included): number {
  if (included === null || included.has(frame)) return frame;
  let found = frame;
  let distance = Infinity;
  for (const one of included) {
    const away = Math.abs(one - frame);
    if (away < distance || (away === distance && one > found)) {
      found = one;
      distance = away;
    }
  }
  return found;
}
