/** Shapes as they lie on the image, whatever they are made of: a skeleton of its elements, the others of one piece. */

import { boxAround, shiftInside } from './box';
import type { Box } from './box';
import { onImage } from './point';
import type { Point, Size } from './point';
import { shapeUtil } from './registry';
import type { Handle, HitPart, Outline, Points } from './shapeUtil';
import { NOTHING, turnedBounds, turnedDrag, turnedHandles, turnedHit, turnedNormal, turnedOutline } from './turned';
import type { TurnedShape } from './turned';
import { distanceToPath } from './vertices';

export { turned } from './turned';

/** A line between two elements of a skeleton, by their places in it. */
export type Edge = readonly [number, number];

/** A shape of a type that this version does not know draws nothing and is never hit. */
export interface PosedShape extends TurnedShape {
  /** The joints of a skeleton that are in the picture; each is a shape of its own. Empty or absent for other types. */
  readonly elements?: readonly TurnedShape[];
  readonly edges?: readonly Edge[];
}

function isSkeleton(shape: PosedShape): boolean {
  return shape.type === 'skeleton';
}

function middleOf(element: TurnedShape | undefined): readonly number[] {
  const box = element === undefined ? null : turnedBounds(element);
  return box === null ? [] : [(box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2];
}

/** The lines of a skeleton, each of two positions. */
function edgeLines({ elements = [], edges = [] }: PosedShape): Points[] {
  return edges.map(([from, to]) => [...middleOf(elements[from]), ...middleOf(elements[to])]).filter((line) => line.length === 4);
}

/** What to draw. Of a skeleton these are its edges; its elements are drawn each by itself. */
export function posedOutline(shape: PosedShape): Outline {
  if (!isSkeleton(shape)) return turnedOutline(shape);
  const lines = edgeLines(shape);
  return lines.length === 0 ? NOTHING : { triangles: [], paths: lines.map((points) => ({ points, closed: false })) };
}

/** Upright box around the shape; null for one that has nothing to be seen. */
export function posedBounds(shape: PosedShape): Box | null {
  if (!isSkeleton(shape)) return turnedBounds(shape);
  const boxes = (shape.elements ?? []).map(turnedBounds).filter((box) => box !== null);
  return boxes.length === 0 ? null : boxAround(boxes.flatMap((box) => [box.minX, box.minY, box.maxX, box.maxY]));
}

/** The part of the shape at a position, within `tolerance` image pixels. The interior of a skeleton is its box. */
export function posedHit(shape: PosedShape, at: Point, tolerance: number): HitPart | null {
  if (!isSkeleton(shape)) return turnedHit(shape, at, tolerance);
  if (shape.elements?.some((element) => turnedHit(element, at, tolerance) !== null) === true) return 'border';
  if (edgeLines(shape).some((line) => distanceToPath(line, at, { closed: false }) <= tolerance)) return 'border';
  const box = posedBounds(shape);
  return box !== null && at.x >= box.minX && at.x <= box.maxX && at.y >= box.minY && at.y <= box.maxY ? 'interior' : null;
}

/** Covered area in square pixels, which decides between shapes that lie over each other; of a skeleton that of its box. */
export function posedArea(shape: PosedShape): number {
  if (!isSkeleton(shape)) return shapeUtil(shape.type)?.area(shape.points) ?? 0;
  const box = posedBounds(shape);
  return box === null ? 0 : (box.maxX - box.minX) * (box.maxY - box.minY);
}

/** Handles to drag. Those of a skeleton are its elements', named by the element's place: "3/nw". */
export function posedHandles(shape: PosedShape): readonly Handle[] {
  if (!isSkeleton(shape)) return turnedHandles(shape);
  return (shape.elements ?? []).flatMap((element, index) => turnedHandles(element).map((handle) => ({ ...handle, id: `${index}/${handle.id}` })));
}

function withElements<S extends PosedShape>(shape: S, change: (element: TurnedShape, index: number) => Points): S {
  return { ...shape, elements: shape.elements?.map((element, index) => ({ ...element, points: change(element, index) })) };
}

/** The shape moved by (dx, dy), less where it would leave the image, and by whole pixels where its kind demands it. */
export function posedMove<S extends PosedShape>(shape: S, dx: number, dy: number, image: Size): S {
  const box = posedBounds(shape);
  if (box === null) return shape;
  const by = shiftInside(box, dx, dy, image);
  const moved = (part: TurnedShape): Points => shapeUtil(part.type)?.move(part.points, by.x, by.y) ?? part.points;
  return isSkeleton(shape) ? withElements(shape, moved) : { ...shape, points: moved(shape) };
}

/** The shape with a handle at a position, or as near to it as the image reaches. */
export function posedDrag<S extends PosedShape>(shape: S, handle: string, to: Point, image: Size): { readonly shape: S; readonly handle: string } {
  const at = onImage(to, image);
  if (!isSkeleton(shape)) {
    const dragged = turnedDrag(shape, handle, at);
    return { shape: { ...shape, points: dragged.points }, handle: dragged.handle };
  }
  const [place = '', part = ''] = handle.split('/');
  const element = shape.elements?.[Number(place)];
  if (element === undefined) return { shape, handle };
  const dragged = turnedDrag(element, part, at);
  const changed = withElements(shape, (other) => (other === element ? dragged.points : other.points));
  return { shape: changed, handle: `${place}/${dragged.handle}` };
}

/** The form of the shape that is stored. */
export function posedNormal<S extends PosedShape>(shape: S, image: Size): S {
  const normal = (part: TurnedShape): Points => turnedNormal(part, image);
  return isSkeleton(shape) ? withElements(shape, normal) : { ...shape, points: normal(shape) };
}

/** True when the shape is too small to be kept. */
export function isDegenerate(shape: PosedShape): boolean {
  if (isSkeleton(shape)) return (shape.elements ?? []).length === 0;
  return shapeUtil(shape.type)?.isDegenerate(shape.points) ?? false;
}

/** True when both are at the same place. */
export function samePlace(a: PosedShape, b: PosedShape): boolean {
  return samePoints(a.points, b.points) && (a.elements ?? []).every((element, index) => samePoints(element.points, b.elements?.[index]?.points ?? []));
}

function samePoints(a: Points, b: Points): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}
