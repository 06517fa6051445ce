/** Moving shapes and writing down the result. */

import type { Size } from '../geometry/point';
import { shapeUtil } from '../geometry/registry';
import type { Points } from '../geometry/shapeUtil';
import { putting } from '../store/change';
import type { ChangeSet } from '../store/change';
import { withPoints } from '../store/frameShape';
import type { ObjectId, ShapeState } from '../store/objects';
import type { ToolContext } from './tool';

/** Shapes moved by the same amount, which is less than asked for when one of them reaches the image's edge. */
export function moveTogether(
  shapes: ReadonlyMap<ObjectId, Pick<ShapeState, 'type' | 'points'>>,
  dx: number,
  dy: number,
  image: Size,
): Map<ObjectId, Points> {
  let x = dx;
  let y = dy;
  for (const { type, points } of shapes.values()) {
    const util = shapeUtil(type);
    if (util === null) continue;
    const before = util.bounds(points);
    const after = util.bounds(util.move(points, x, y, image));
    x = after.minX - before.minX;
    y = after.minY - before.minY;
  }
  const moved = new Map<ObjectId, Points>();
  for (const [id, { type, points }] of shapes) {
    const util = shapeUtil(type);
    if (util !== null) moved.set(id, util.move(points, x, y, image));
  }
  return moved;
}

/** The change that puts shapes at their new points; those that stay as they are do not appear in it. */
export function pointsChange(points: ReadonlyMap<ObjectId, Points>, context: ToolContext): ChangeSet {
  const put = [];
  for (const [id, moved] of points) {
    const object = context.object(id);
    const before = context.shape(id);
    if (object === undefined || before === null) continue;
    if (before.points.some((value, index) => value !== moved[index])) put.push(withPoints(object, context.frame, moved, context.image));
  }
  return putting(...put);
}

/** The unlocked shapes among the selected ones, as they are on this frame. */
export function movableShapes(context: ToolContext): Map<ObjectId, ShapeState> {
  const shapes = new Map<ObjectId, ShapeState>();
  for (const id of context.selectedIds) {
    const shape = context.shape(id);
    if (shape !== null && !context.isLocked(id)) shapes.set(id, shape);
  }
  return shapes;
}

/** "rectangle", or "3 objects". */
export function nameOf(shapes: ReadonlyMap<ObjectId, Pick<ShapeState, 'type'>>): string {
  const [first] = shapes.values();
  return shapes.size === 1 && first !== undefined ? first.type : `${shapes.size} objects`;
}

/** Moves the selection by whole steps of the arrow keys. A run of steps is one step of undo. */
export function nudge(context: ToolContext, dx: number, dy: number): void {
  const shapes = movableShapes(context);
  const moved = moveTogether(shapes, dx, dy, context.image);
  const mergeKey = `nudge ${context.frame}: ${[...shapes.keys()].join(' ')}`;
  context.commit(pointsChange(moved, context), { title: `move ${nameOf(shapes)}`, mergeKey });
}
