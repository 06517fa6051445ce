/** How fast a film is played. */

const USUAL = 25;

/** Frames of the task per second; videos that do not know theirs are played at the usual rate. */
export function rateOf({ fps, step }: { readonly fps: number; readonly step: number }): number {
  return fps > 0 ? fps / step : USUAL;
}
