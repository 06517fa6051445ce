/** What the program knows of one kind of shape: pure functions over its flat points, in image pixels. */

import type { Box } from './box';
import type { Point, Size } from './point';

/** The points of a shape as CVAT stores them; what the numbers mean depends on the shape's type. */
export type Points = readonly number[];

/** Where a shape is. */
export interface Placement {
  readonly points: Points;
  /** Degrees, clockwise on the screen (y points down), about the centre of the unturned box. */
  readonly rotation: number;
}

/** Where a shape is between two keyframes; `t` goes from 0 (at the earlier) to 1 (at the later). */
export type Way = (t: number) => Placement;

/** A point of the shape that a person can drag; its position is in image pixels. */
export interface Handle {
  /** Names the handle within its shape: "nw" for a rectangle, a vertex number for a polygon. */
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** The CSS cursor that tells what dragging does. */
  readonly cursor: string;
  /** True when the shape can do without it where there is no room. */
  readonly minor?: boolean;
}

/** The shape after one of its handles was dragged; the handle may change when the shape is flipped over. */
export interface Dragged {
  readonly points: Points;
  readonly handle: string;
}

/** Where a position lies with respect to a shape. */
export type HitPart = 'border' | 'interior';

/** A polyline of flat x, y. */
export interface Path {
  readonly points: readonly number[];
  readonly closed: boolean;
}

/** What the renderer needs of a shape: triangles to fill, lines to stroke, dots to set; flat x, y in image pixels. */
export interface Outline {
  /** Corners of triangles, three after another; empty for shapes that have no area. */
  readonly triangles: readonly number[];
  readonly paths: readonly Path[];
  /** Positions that are marked by a dot of the same size on the screen at every zoom. */
  readonly dots?: readonly number[];
}

/** One kind of shape. Register it in `registry.ts`; nothing else needs to know that it exists. */
export interface ShapeUtil {
  /** CVAT's name of the type: "rectangle", "polygon", … */
  readonly type: string;
  /** Smallest upright box around the shape. */
  bounds(points: Points): Box;
  /** The same of the shape turned by `degrees` about the centre of that box, where it can be told without its outline. */
  turnedBounds?(points: Points, degrees: number): Box;
  /** The part of the shape within `tolerance` image pixels of the position, or null. */
  hit(points: Points, at: Point, tolerance: number): HitPart | null;
  /** Distance in pixels from the position to the shape's border. */
  distance(points: Points, at: Point): number;
  /** Covered area in square pixels; 0 for shapes without one. */
  area(points: Points): number;
  handles(points: Points): readonly Handle[];
  /** Moves the shape by (dx, dy), or as near to it as its kind can be moved. */
  move(points: Points, dx: number, dy: number): Points;
  /** Puts a handle at a position. */
  dragHandle(points: Points, handle: string, to: Point): Dragged;
  /** The canonical form of the same shape, inside the image: what is stored. */
  normalise(points: Points, image: Size): Points;
  /** True when the shape is too small to be kept. */
  isDegenerate(points: Points): boolean;
  /** The way between two keyframes of its type. */
  interpolate(from: Placement, to: Placement): Way;
  outline(points: Points): Outline;
}
