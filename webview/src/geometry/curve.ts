/**
 * How one polyline goes over into another of a different number of points.
 *
 * Each point stands at a share of its curve's length. A point of the earlier curve goes to the point of the later one whose
 * share is nearest; points of the later curve that none goes to are reached from their nearest one. Where several points
 * fall together, those that come too close to each other on the way are left out. The results are CVAT's.
 */

import { held } from './linear';
import type { Placement, Points, Way } from './shapeUtil';

/** A run of pairs that fall together at one end. */
interface Stretch {
  readonly first: number;
  readonly count: number;
  /** The distance, in pixels, that points must keep. */
  readonly apart: number;
}

/** The pairs of points between which an earlier curve moves to a later one. A closed curve has its first point at its end again. */
interface CurveMatch {
  /** Flat x, y of each pair at the earlier curve, and the way from there to the later one. */
  readonly start: Float64Array;
  readonly travel: Float64Array;
  readonly stretches: readonly Stretch[];
}

interface Curve {
  /** Flat x, y. */
  readonly points: Float64Array;
  /** Lengths of the edges. */
  readonly edges: Float64Array;
  /** Where the points stand, from 0 to 1; all at 0 on a curve without length. */
  readonly shares: Float64Array;
}

function distanceOf(x: number, y: number): number {
  // Not hypot: the last bit decides between points that are equally near.
  return Math.sqrt(x * x + y * y);
}

function curveOf(points: Points, closed: boolean): Curve {
  const corners = points.length >> 1;
  const count = closed ? corners + 1 : corners;
  const flat = new Float64Array(count * 2);
  for (let index = 0; index < count * 2; index += 1) flat[index] = points[index % (corners * 2)] ?? 0;
  const edges = new Float64Array(Math.max(0, count - 1));
  const shares = new Float64Array(count);
  let way = 0;
  for (let index = 0; index + 1 < count; index += 1) {
    const at = 2 * index;
    const edge = distanceOf((flat[at + 2] ?? 0) - (flat[at] ?? 0), (flat[at + 3] ?? 0) - (flat[at + 1] ?? 0));
    edges[index] = edge;
    way += edge;
    shares[index + 1] = way;
  }
  if (way > 0) for (let index = 0; index < count; index += 1) shares[index] = (shares[index] ?? 0) / way;
  return { points: flat, edges, shares };
}

/** The first of the points whose share, among ascending ones, is nearest. */
function nearest(shares: Float64Array, share: number): number {
  let low = 0;
  let high = shares.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((shares[middle] ?? 0) < share) low = middle + 1;
    else high = middle;
  }
  const gap = (index: number): number => Math.abs((shares[index] ?? Infinity) - share);
  let best = low > 0 && gap(low - 1) <= gap(low) ? low - 1 : low;
  while (best > 0 && gap(best - 1) <= gap(best)) best -= 1;
  return best;
}

/** For each point of the left curve the points of the right one that it goes to, in order; null when each goes to its own. */
function matchesOf(left: Curve, right: Curve): number[][] | null {
  const to = Array.from(left.shares, (share) => nearest(right.shares, share));
  if (left.shares.length === right.shares.length && to.every((index, from) => index === from)) return null;
  const reached = new Uint8Array(right.shares.length);
  for (const index of to) reached[index] = 1;
  const matches = to.map((index) => [index]);
  const crowded = new Set<number[]>();
  right.shares.forEach((share, index) => {
    if (reached[index] === 1) return;
    const match = matches[nearest(left.shares, share)];
    match?.push(index);
    if (match !== undefined) crowded.add(match);
  });
  for (const match of crowded) match.sort((a, b) => a - b);
  return matches;
}

function lengthBetween(edges: Float64Array, from: number, to: number): number {
  let length = 0;
  for (let index = from; index < to; index += 1) length += edges[index] ?? 0;
  return length;
}

function stretchesOf(matches: readonly (readonly number[])[], left: Curve, right: Curve): Stretch[] {
  const stretches: Stretch[] = [];
  /** Points from here on all go to one point. */
  let opened: { readonly index: number; readonly pair: number; readonly to: number } | null = null;
  let pair = 0;
  for (let index = 0; index <= matches.length; index += 1) {
    const match = matches[index] ?? [];
    const [first = 0] = match;
    if (opened !== null && (match.length !== 1 || first !== opened.to)) {
      const count = index - opened.index;
      if (count > 1) stretches.push({ first: opened.pair, count, apart: lengthBetween(left.edges, opened.index, index - 1) / (2 * count) });
      opened = null;
    }
    if (match.length === 1) opened ??= { index, pair, to: first };
    if (match.length > 1) {
      const last = match.at(-1) ?? first;
      stretches.push({ first: pair, count: match.length, apart: lengthBetween(right.edges, first, last) / (2 * (last - first + 1)) });
    }
    pair += match.length;
  }
  return stretches;
}

function matchCurves(before: Points, after: Points, closed: boolean): CurveMatch {
  const left = curveOf(before, closed);
  const right = curveOf(after, closed);
  const matches = matchesOf(left, right);
  if (matches === null) return { start: left.points, travel: right.points.map((value, index) => value - (left.points[index] ?? 0)), stretches: [] };
  const pairs = matches.reduce((sum, match) => sum + match.length, 0);
  const start = new Float64Array(pairs * 2);
  const travel = new Float64Array(pairs * 2);
  let at = 0;
  matches.forEach((match, index) => {
    const x = left.points[2 * index] ?? 0;
    const y = left.points[2 * index + 1] ?? 0;
    for (const to of match) {
      start[at] = x;
      start[at + 1] = y;
      travel[at] = (right.points[2 * to] ?? 0) - x;
      travel[at + 1] = (right.points[2 * to + 1] ?? 0) - y;
      at += 2;
    }
  });
  return { start, travel, stretches: stretchesOf(matches, left, right) };
}

/** The curve on the way of a match: flat x, y. */
function blendCurve({ start, travel, stretches }: CurveMatch, t: number): number[] {
  const all = new Array<number>(start.length);
  for (let index = 0; index < start.length; index += 1) all[index] = (start[index] ?? 0) + (travel[index] ?? 0) * t;
  return stretches.length === 0 ? all : thinned(all, stretches);
}

/** The points without those in stretches that come too close to the one before. */
function thinned(all: readonly number[], stretches: readonly Stretch[]): number[] {
  const points: number[] = [];
  const x = (pair: number): number => all[2 * pair] ?? 0;
  const y = (pair: number): number => all[2 * pair + 1] ?? 0;
  const apart = (a: number, b: number): number => distanceOf(x(a) - x(b), y(a) - y(b));
  let next = 0;
  const keepUpTo = (end: number): void => {
    for (let index = 2 * next; index < 2 * end; index += 1) points.push(all[index] ?? 0);
  };
  for (const stretch of stretches) {
    keepUpTo(stretch.first + 1);
    const tail = stretch.first + stretch.count - 1;
    let last = stretch.first;
    for (let pair = last + 1; pair < tail; pair += 1) {
      if (apart(last, pair) < stretch.apart) continue;
      points.push(x(pair), y(pair));
      last = pair;
    }
    if (last === stretch.first && apart(last, tail) < stretch.apart) {
      // Nothing was kept between the ends, and the ends are close: one point is left, in their middle.
      points.length -= 2;
      points.push((x(last) + x(tail)) / 2, (y(last) + y(tail)) / 2);
    } else {
      points.push(x(tail), y(tail));
    }
    next = tail + 1;
  }
  keepUpTo(all.length >> 1);
  return points;
}

/**
 * Moves curves, which keep the rotation of the earlier keyframe; a curve without points, which only a damaged document has,
 * leads nowhere. `closed`: the last point is joined to the first (a polygon).
 */
export function curved({ closed }: { readonly closed: boolean }): (from: Placement, to: Placement) => Way {
  return (from, to) => {
    if (from.points.length < 2 || to.points.length < 2) return held(from);
    const match = matchCurves(from.points, to.points, closed);
    const { rotation } = from;
    return (t) => {
      const points = blendCurve(match, t);
      if (closed && points.length > 2) points.length -= 2;
      return { points, rotation };
    };
  };
}
