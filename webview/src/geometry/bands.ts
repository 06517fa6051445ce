/**
 * Masks as bands. CVAT stores a mask as the lengths of runs, row by row within its box, background first, and then the box:
 * left, top, right, bottom, whose pixels all belong to it. A band is a number of rows that look the same.
 */

import type { Box } from './box';
import type { Point } from './point';
import type { Points } from './shapeUtil';

/** Rows from `top` up to `bottom`, filled from edges[0] up to edges[1], from edges[2] up to edges[3], and so on. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
  readonly edges: readonly number[];
}

/** The box of a mask in image pixels, with the outer edges of its last pixels. */
export function maskBox(points: Points): Box {
  const [left = 0, top = 0, right = -1, bottom = -1] = points.length < 4 ? [] : points.slice(-4);
  return { minX: left, minY: top, maxX: Math.max(left, right + 1), maxY: Math.max(top, bottom + 1) };
}

/** Bands from top to bottom; what goes beyond the box, as damaged masks do, is left out. */
export function bandsOf(points: Points): readonly Band[] {
  const box = maskBox(points);
  const width = box.maxX - box.minX;
  const area = width * (box.maxY - box.minY);
  const bands: Band[] = [];
  let row = 0;
  let edges: number[] = [];

  const put = (top: number, bottom: number, filled: number[]): void => {
    const last = bands.at(-1);
    const same = last?.bottom === box.minY + top && last.edges.length === filled.length && last.edges.every((edge, index) => edge === filled[index]);
    if (same) bands[bands.length - 1] = { ...last, bottom: box.minY + bottom };
    else bands.push({ top: box.minY + top, bottom: box.minY + bottom, edges: filled });
  };
  const fill = (at: number, from: number, to: number): void => {
    if (at !== row) {
      if (edges.length > 0) put(row, row + 1, edges);
      row = at;
      edges = [];
    }
    if (edges.at(-1) === box.minX + from) edges[edges.length - 1] = box.minX + to;
    else edges.push(box.minX + from, box.minX + to);
  };

  let start = 0;
  for (let index = 0; index < points.length - 4 && start < area; index += 1) {
    const end = Math.min(area, start + Math.max(0, Math.trunc(points[index] ?? 0)));
    if (index % 2 === 1 && end > start) {
      const last = Math.ceil(end / width) - 1;
      let at = Math.floor(start / width);
      if (at === last) {
        fill(at, start - at * width, end - at * width);
      } else {
        if (start > at * width) {
          fill(at, start - at * width, width);
          at += 1;
        }
        const whole = Math.floor(end / width);
        if (whole > at) {
          if (edges.length > 0) put(row, row + 1, edges);
          edges = [];
          put(at, whole, [box.minX, box.maxX]);
          row = whole;
        }
        if (end > whole * width) fill(whole, 0, end - whole * width);
      }
    }
    start = end;
  }
  if (edges.length > 0) put(row, row + 1, edges);
  return bands;
}

/** Filled pixels. */
export function bandsArea(bands: readonly Band[]): number {
  return bands.reduce((sum, { top, bottom, edges }) => sum + (bottom - top) * filledOf(edges), 0);
}

function filledOf(edges: readonly number[]): number {
  return edges.reduce((sum, edge, index) => sum + (index % 2 === 0 ? -edge : edge), 0);
}

/** Index of the first band that ends below a height; as many as there are when none does. */
function bandBelow(bands: readonly Band[], y: number): number {
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bands[middle]?.bottom ?? Infinity) <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when the pixel at a position is filled. */
export function isFilled(bands: readonly Band[], at: Point): boolean {
  const band = bands[bandBelow(bands, at.y)];
  return band !== undefined && band.top <= at.y && isBetween(band.edges, at.x);
}

function isBetween(edges: readonly number[], x: number): boolean {
  return edges.filter((edge) => edge <= x).length % 2 === 1;
}

/** True when the border is within a distance of a position: when a pixel of the other sort than the one there is. */
export function isNearBorder(bands: readonly Band[], at: Point, distance: number): boolean {
  const filled = isFilled(bands, at);
  const differs = (edges: readonly number[], top: number, bottom: number): boolean => {
    const dx = isBetween(edges, at.x) === filled ? Math.min(...edges.map((edge) => Math.abs(edge - at.x))) : 0;
    return Math.hypot(dx, Math.max(0, top - at.y, at.y - bottom)) <= distance;
  };
  let above = -Infinity;
  for (let index = bandBelow(bands, at.y - distance); above <= at.y + distance; index += 1) {
    const band = bands[index];
    const top = band?.top ?? Infinity;
    const before = bands[index - 1]?.bottom ?? -Infinity;
    if (top > before && differs([], before, top)) return true;
    if (band === undefined) return false;
    if (differs(band.edges, band.top, band.bottom)) return true;
    above = band.bottom;
  }
  return false;
}

/** Two triangles for each filled part of a band. */
export function bandTriangles(bands: readonly Band[]): readonly number[] {
  const out: number[] = [];
  for (const { top, bottom, edges } of bands) {
    for (let index = 0; index + 1 < edges.length; index += 2) {
      const left = edges[index] ?? 0;
      const right = edges[index + 1] ?? 0;
      out.push(left, top, right, top, right, bottom, left, top, right, bottom, left, bottom);
    }
  }
  return out;
}
