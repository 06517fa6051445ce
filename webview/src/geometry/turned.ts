/** Shapes of one piece as they lie on the image: their type's geometry, turned about the centre of its box. */

import { boxAround, centreOf } from './box';
import type { Box } from './box';
import { rounded } from './point';
import type { Point, Size } from './point';
import { shapeUtil } from './registry';
import type { Handle, HitPart, Outline, Placement, Points, ShapeUtil } from './shapeUtil';

/** A shape of a type whose functions are in the registry. */
export interface TurnedShape extends Placement {
  readonly type: string;
}

/** A position turned by `degrees` clockwise about a centre. */
export function turned(at: Point, centre: Point, degrees: number): Point {
  if (degrees === 0) return at;
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const dx = at.x - centre.x;
  const dy = at.y - centre.y;
  return { x: centre.x + dx * cos - dy * sin, y: centre.y + dx * sin + dy * cos };
}

/** Flat x, y, turned. */
function turnedFlat(flat: readonly number[], centre: Point, degrees: number): number[] {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const out = new Array<number>(flat.length);
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const dx = (flat[index] ?? 0) - centre.x;
    const dy = (flat[index + 1] ?? 0) - centre.y;
    out[index] = centre.x + dx * cos - dy * sin;
    out[index + 1] = centre.y + dx * sin + dy * cos;
  }
  return out;
}

function centreOfShape(util: ShapeUtil, points: Points): Point {
  return centreOf(util.bounds(points));
}

export const NOTHING: Outline = { triangles: [], paths: [] };

export function turnedOutline(shape: TurnedShape): Outline {
  const util = shapeUtil(shape.type);
  if (util === null) return NOTHING;
  const outline = util.outline(shape.points);
  if (shape.rotation === 0) return outline;
  const centre = centreOfShape(util, shape.points);
  return {
    triangles: turnedFlat(outline.triangles, centre, shape.rotation),
    paths: outline.paths.map((path) => ({ ...path, points: turnedFlat(path.points, centre, shape.rotation) })),
    dots: turnedFlat(outline.dots ?? [], centre, shape.rotation),
  };
}

export function turnedBounds(shape: TurnedShape): Box | null {
  const util = shapeUtil(shape.type);
  if (util === null) return null;
  if (shape.rotation === 0) return util.bounds(shape.points);
  if (util.turnedBounds !== undefined) return util.turnedBounds(shape.points, shape.rotation);
  const { paths, dots = [] } = turnedOutline(shape);
  return boxAround([...paths.flatMap((path) => path.points), ...dots]);
}

export function turnedHit(shape: TurnedShape, at: Point, tolerance: number): HitPart | null {
  const util = shapeUtil(shape.type);
  if (util === null) return null;
  const local = shape.rotation === 0 ? at : turned(at, centreOfShape(util, shape.points), -shape.rotation);
  return util.hit(shape.points, local, tolerance);
}

/** The cursors of the ways to resize, each an eighth of a turn after the one before. */
const CURSORS = ['ns-resize', 'nesw-resize', 'ew-resize', 'nwse-resize'];

function turnedCursor(cursor: string, degrees: number): string {
  const at = CURSORS.indexOf(cursor);
  return CURSORS[at < 0 ? -1 : (at + Math.round(degrees / 45)) % 4] ?? cursor;
}

export function turnedHandles(shape: TurnedShape): readonly Handle[] {
  const util = shapeUtil(shape.type);
  if (util === null) return [];
  const handles = util.handles(shape.points);
  if (shape.rotation === 0) return handles;
  const centre = centreOfShape(util, shape.points);
  return handles.map((handle) => ({ ...handle, ...turned(handle, centre, shape.rotation), cursor: turnedCursor(handle.cursor, shape.rotation) }));
}

/** The points with a handle at a position on the image; what is not dragged stays where it is seen. */
export function turnedDrag(shape: TurnedShape, handle: string, to: Point): { readonly points: Points; readonly handle: string } {
  const util = shapeUtil(shape.type);
  if (util === null) return { points: shape.points, handle };
  if (shape.rotation === 0) return util.dragHandle(shape.points, handle, to);
  const centre = centreOfShape(util, shape.points);
  const dragged = util.dragHandle(shape.points, handle, turned(to, centre, -shape.rotation));
  // The box has another centre now, about which it will be turned: it is put where it was turned about the old one.
  const local = centreOfShape(util, dragged.points);
  const seen = turned(local, centre, shape.rotation);
  return { points: util.move(dragged.points, seen.x - local.x, seen.y - local.y), handle: dragged.handle };
}

/** What is stored. A turned shape may stick out of the image before it is turned, so it is not cut. */
export function turnedNormal(shape: TurnedShape, image: Size): Points {
  const util = shapeUtil(shape.type);
  if (util === null) return shape.points;
  return shape.rotation === 0 ? util.normalise(shape.points, image) : shape.points.map(rounded);
}
