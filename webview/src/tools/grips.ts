/** Which handles a shape offers at a zoom, and which of them a press means. */

import { contains } from '../geometry/box';
import { distance } from '../geometry/point';
import type { Point } from '../geometry/point';
import { posedArea, posedBounds, posedHandles } from '../geometry/posed';
import type { PosedShape } from '../geometry/posed';
import type { Handle } from '../geometry/shapeUtil';
import { REACH } from './tool';

/** Minor handles nearer than this to another one, in screen pixels, are left out. */
const ROOM = 14;
/** Of the shorter side: the handles of a small shape leave its middle free, or it could not be moved. */
const SHARE = 0.25;
/** More handles than this are a chain of vertices, which may be so dense that they would hide each other and the line. */
const MANY = 16;
/** Of a chain, handles nearer than this to the one before, in screen pixels, are left out. */
const LINK = 10;

/** The handles that there is room for; `zoom` in screen pixels per image pixel. */
export function grips(shape: PosedShape, zoom: number): readonly Handle[] {
  const handles = posedHandles(shape);
  if (handles.length > MANY) return thinned(handles, zoom);
  const major = handles.filter((handle) => handle.minor !== true);
  return handles.filter((handle) => handle.minor !== true || major.every((other) => distance(handle, other) * zoom >= ROOM));
}

function thinned(handles: readonly Handle[], zoom: number): readonly Handle[] {
  const kept: Handle[] = [];
  for (const handle of handles) {
    const last = kept.at(-1);
    if (last === undefined || distance(handle, last) * zoom >= LINK) kept.push(handle);
  }
  return kept;
}

/** The handle that a press at an image position means; null when it means the shape itself, or nothing. */
export function gripAt(shape: PosedShape, at: Point, zoom: number): Handle | null {
  const box = posedBounds(shape);
  if (box === null) return null;
  const side = Math.min(box.maxX - box.minX, box.maxY - box.minY) * zoom;
  const hasMiddle = contains(box, at) && posedArea(shape) > 0;
  const reach = hasMiddle ? Math.min(REACH, side * SHARE) : REACH;
  let best: Handle | null = null;
  let least = reach;
  for (const handle of grips(shape, zoom)) {
    const far = distance(handle, at) * zoom;
    if (far > least || (best !== null && far === least)) continue;
    best = handle;
    least = far;
  }
  return best;
}
