/** Which handles a shape offers at a zoom, and which of them a press means. */

import { contains } from '../geometry/box';
import { distance } from '../geometry/point';
import type { Point } from '../geometry/point';
import { posedBounds, posedHandles } from '../geometry/posed';
import type { PosedShape } from '../geometry/posed';
import type { Handle } from '../geometry/shapeUtil';
import { REACH } from './tool';

/** Minor handles nearer than this to another one, in screen pixels, are left out. */
const ROOM = 14;
/** Of the shorter side: the handles of a small shape leave its middle free, or it could not be moved. */
const SHARE = 0.25;

/** The handles that there is room for; `zoom` in screen pixels per image pixel. */
export function grips(shape: PosedShape, zoom: number): readonly Handle[] {
  const handles = posedHandles(shape);
  const major = handles.filter((handle) => handle.minor !== true);
  return handles.filter((handle) => handle.minor !== true || major.every((other) => distance(handle, other) * zoom >= ROOM));
}

/** The handle that a press at an image position means; null when it means the shape itself, or nothing. */
export function gripAt(shape: PosedShape, at: Point, zoom: number): Handle | null {
  const box = posedBounds(shape);
  if (box === null) return null;
  const side = Math.min(box.maxX - box.minX, box.maxY - box.minY) * zoom;
  const reach = contains(box, at) ? Math.min(REACH, side * SHARE) : REACH;
  return grips(shape, zoom).find((handle) => distance(handle, at) * zoom <= reach) ?? null;
}
