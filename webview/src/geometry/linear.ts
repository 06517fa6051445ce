/** Shapes whose numbers move one by one from a keyframe to the next. */

import type { Placement, Points, Way } from './shapeUtil';

/** The remainder with the sign of the divisor. */
export function wrapped(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}

/** Numbers on the way from `from` to `to`, which have as many. */
function blend(from: Points, to: Points, t: number): number[] {
  const out = new Array<number>(from.length);
  for (let index = 0; index < from.length; index += 1) {
    const start = from[index] ?? 0;
    out[index] = start + ((to[index] ?? start) - start) * t;
  }
  return out;
}

/** Rotations in degrees, the shorter way round, from 0 up to 360. */
function blendRotation(from: number, to: number, t: number): number {
  const turn = wrapped(to - from + 180, 360) - 180;
  return wrapped(from + turn * t + 360, 360);
}

/** The way of a shape that stays where it is. */
export function held(from: Placement): Way {
  return () => from;
}

/** Moves shapes of `count` numbers, their rotation too; others, which only a damaged document has, are held. */
export function linear(count: number): (from: Placement, to: Placement) => Way {
  return (from, to) => {
    if (from.points.length !== count || to.points.length !== count) return held(from);
    return (t) => ({ points: blend(from.points, to.points, t), rotation: blendRotation(from.rotation, to.rotation, t) });
  };
}
