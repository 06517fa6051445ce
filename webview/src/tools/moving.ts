/** Moving shapes and writing down the result. */

import type { Size } from '../geometry/point';
import { posedBounds, posedMove, samePlace } from '../geometry/posed';
import type { PosedShape } from '../geometry/posed';
import { putting } from '../store/change';
import type { ChangeSet } from '../store/change';
import type { FrameShape } from '../store/frameShape';
import type { ObjectId } from '../store/objects';
import { reshaped } from '../store/reshape';
import type { ToolContext } from './tool';

/** Shapes moved by the same amount, which is less than asked for when one of them reaches the image's edge. */
export function moveTogether<S extends PosedShape>(shapes: ReadonlyMap<ObjectId, S>, dx: number, dy: number, image: Size): Map<ObjectId, S> {
  let x = dx;
  let y = dy;
  for (const shape of shapes.values()) {
    const before = posedBounds(shape);
    const after = posedBounds(posedMove(shape, x, y, image));
    if (before === null || after === null) continue;
    x = after.minX - before.minX;
    y = after.minY - before.minY;
  }
  return new Map([...shapes].map(([id, shape]) => [id, posedMove(shape, x, y, image)]));
}

/** The change that puts shapes where they were moved to; those that stay where they are do not appear in it. */
export function placeChange(shapes: ReadonlyMap<ObjectId, FrameShape>, context: ToolContext): ChangeSet {
  const put = [];
  for (const [id, moved] of shapes) {
    const object = context.object(id);
    const before = context.shape(id);
    if (object === undefined || before === null || samePlace(before, moved)) continue;
    put.push(reshaped(object, context.frame, moved, context.image, context.scheme));
  }
  return putting(...put);
}

/** The unlocked shapes among the selected ones, as they are on this frame. */
export function movableShapes(context: ToolContext): Map<ObjectId, FrameShape> {
  const shapes = new Map<ObjectId, FrameShape>();
  for (const id of context.selectedIds) {
    const shape = context.shape(id);
    if (shape !== null && !context.isLocked(id)) shapes.set(id, shape);
  }
  return shapes;
}

/** "rectangle", or "3 objects". */
export function nameOf(shapes: ReadonlyMap<ObjectId, Pick<FrameShape, 'type'>>): string {
  const [first] = shapes.values();
  return shapes.size === 1 && first !== undefined ? first.type : `${shapes.size} objects`;
}

/** Moves the selection by whole steps of the arrow keys. A run of steps is one step of undo. */
export function nudge(context: ToolContext, dx: number, dy: number): void {
  const shapes = movableShapes(context);
  const moved = moveTogether(shapes, dx, dy, context.image);
  const mergeKey = `nudge ${context.frame}: ${[...shapes.keys()].join(' ')}`;
  context.commit(placeChange(moved, context), { title: `move ${nameOf(shapes)}`, mergeKey });
}
