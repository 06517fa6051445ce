/** Positions and sizes. Image coordinates: x to the right, y down, (0, 0) is the outer corner of the first pixel. */

/** A position; in image pixels unless the name says otherwise. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A width and a height, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The number nearest to `value` that lies between `low` and `high`; `low` wins when they cross. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Distance between two positions. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Distance from a position to the segment between `a` and `b`. */
export function distanceToSegment(at: Point, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const lengthSquared = dx * dx + dy * dy;
  const t = lengthSquared === 0 ? 0 : clamp(((at.x - a.x) * dx + (at.y - a.y) * dy) / lengthSquared, 0, 1);
  return Math.hypot(at.x - (a.x + t * dx), at.y - (a.y + t * dy));
}

/** The position on the image that is nearest. */
export function onImage(at: Point, image: Size): Point {
  return { x: clamp(at.x, 0, image.width), y: clamp(at.y, 0, image.height) };
}

/** Hundredths of a pixel are kept: finer digits are noise that makes diffs unreadable. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
