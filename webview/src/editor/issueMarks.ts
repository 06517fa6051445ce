/** Issues on the picture: how one is drawn, and where a new one points to. */

import { boxAround } from '../geometry/box';
import { posedBounds, posedOutline } from '../geometry/posed';
import type { PosedShape } from '../geometry/posed';
import type { Point } from '../geometry/point';
import type { SceneItem } from '../render/scene';
import type { IssueMark } from './api';
import { issueStyle } from './theme';

/** As CVAT draws it: two numbers are a point, four a box, more an outline; none, the whole frame, is not drawn. */
export function issueItem(mark: IssueMark, current: boolean): SceneItem | null {
  const points = mark.position;
  if (points.length < 2 || points.length % 2 === 1) return null;
  const type = points.length === 2 ? 'points' : points.length === 4 ? 'rectangle' : 'polygon';
  const { minX, minY, maxX, maxY } = boxAround(points);
  const drawn = type === 'rectangle' ? [minX, minY, maxX, maxY] : points;
  return { outline: posedOutline({ type, points: drawn, rotation: 0 }), style: issueStyle({ current, resolved: mark.resolved }) };
}

/** The box around shapes, else a place; nothing for the whole frame. */
export function issuePosition(shapes: readonly (PosedShape | null)[], at: Point | null): readonly number[] {
  const boxes = shapes.flatMap((shape) => (shape === null ? [] : [posedBounds(shape)])).filter((box) => box !== null);
  if (boxes.length > 0) {
    const { minX, minY, maxX, maxY } = boxAround(boxes.flatMap((box) => [box.minX, box.minY, box.maxX, box.maxY]));
    return [minX, minY, maxX, maxY].map(hundredths);
  }
  return at === null ? [] : [hundredths(at.x), hundredths(at.y)];
}

function hundredths(number: number): number {
  return Math.round(number * 100) / 100;
}
