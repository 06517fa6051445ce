/** Drawing a rectangle: two clicks at opposite corners, or press, drag and release. */

import { distance, onImage } from '../geometry/point';
import type { Point } from '../geometry/point';
import { rectangle, rectangleBetween } from '../geometry/rectangle';
import type { Points } from '../geometry/shapeUtil';
import { putting } from '../store/change';
import type { JobObject, ObjectId } from '../store/objects';
import { CLICK_SLACK } from './tool';
import type { PointerSample, Tool, ToolContext } from './tool';

function newRectangle(id: ObjectId, points: Points, labelId: number, frame: number): JobObject {
  return {
    kind: 'shape',
    id,
    data: {
      id,
      label_id: labelId,
      type: 'rectangle',
      frame,
      group: 0,
      source: 'manual',
      occluded: false,
      outside: false,
      z_order: 0,
      rotation: 0,
      points,
      attributes: [],
      elements: [],
    },
  };
}

export class DrawRectangleTool implements Tool {
  readonly name = 'rectangle';
  readonly crosshair = true;
  /** The first corner on the image, and where the press was: perhaps beside the image. */
  #anchor: { readonly at: Point; readonly press: Point } | null = null;

  pointerDown(sample: PointerSample, context: ToolContext): void {
    if (sample.button !== 0) return;
    this.#anchor ??= { at: onImage(sample.at, context.image), press: sample.at };
    this.#show(sample, context);
  }

  pointerMove(sample: PointerSample, context: ToolContext): void {
    context.cursor('crosshair');
    context.hover(null);
    if (this.#anchor !== null) this.#show(sample, context);
  }

  pointerUp(sample: PointerSample, context: ToolContext): void {
    if (this.#anchor === null || sample.button !== 0) return;
    // The release of the first of two clicks happens where the press was: wait for the second.
    if (distance(this.#anchor.press, sample.at) * context.zoom <= CLICK_SLACK) return;
    const points = rectangle.normalise(this.#points(this.#anchor.at, sample, context), context.image);
    if (rectangle.isDegenerate(points)) return;
    const labelId = context.activeLabelId;
    const id = labelId === null ? null : context.newId();
    this.cancel(context);
    if (id === null || labelId === null) return;
    context.commit(putting(newRectangle(id, points, labelId, context.frame)), { title: 'draw rectangle' });
    context.select([id]);
    context.finish();
  }

  cancel(context: ToolContext): boolean {
    const drawing = this.#anchor !== null;
    this.#anchor = null;
    context.draft(null);
    return drawing;
  }

  #points(anchor: Point, sample: PointerSample, context: ToolContext): Points {
    return rectangleBetween(anchor, onImage(sample.at, context.image));
  }

  #show(sample: PointerSample, context: ToolContext): void {
    if (this.#anchor === null || context.activeLabelId === null) return;
    context.draft({ type: 'rectangle', points: this.#points(this.#anchor.at, sample, context), labelId: context.activeLabelId });
  }
}
