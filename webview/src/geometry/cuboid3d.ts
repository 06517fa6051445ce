/** Cuboids of a point cloud: position, rotation and scale, three numbers each, and seven zeros. */

import { held, linear, wrapped } from './linear';
import type { Placement, Way } from './shapeUtil';

const NUMBERS = 16;
const byNumber = linear(NUMBERS);

/** An angle in radians, the shorter way round, above -π up to π. */
function blendRadians(from: number, to: number, t: number): number {
  const turn = wrapped(to - from + Math.PI, 2 * Math.PI) - Math.PI;
  return Math.PI - wrapped(Math.PI - (from + turn * t), 2 * Math.PI);
}

/** The way between two cuboids: everything is linear, but the rotation goes the shorter way round. */
export function spinning(from: Placement, to: Placement): Way {
  if (from.points.length !== NUMBERS || to.points.length !== NUMBERS) return held(from);
  const straight = byNumber(from, to);
  return (t) => {
    const { points, rotation } = straight(t);
    const angle = (index: number): number => blendRadians(from.points[index] ?? 0, to.points[index] ?? 0, t);
    return { points: [...points.slice(0, 3), angle(3), angle(4), angle(5), ...points.slice(6)], rotation };
  };
}
