/** Selecting, moving and resizing; dragging where nothing lies moves the picture. */

import { distance } from '../geometry/point';
import type { Point } from '../geometry/point';
import { isDegenerate, posedDrag } from '../geometry/posed';
import type { Handle } from '../geometry/shapeUtil';
import type { FrameShape } from '../store/frameShape';
import type { ObjectId } from '../store/objects';
import { gripAt } from './grips';
import { movableShapes, moveTogether, nameOf, placeChange } from './moving';
import { CLICK_SLACK, REACH } from './tool';
import type { PointerSample, Tool, ToolContext } from './tool';

type State =
  | { readonly kind: 'idle' }
  /** Pressed on a shape; becomes `moving` when the pointer leaves the place. */
  | { readonly kind: 'pressed'; readonly from: PointerSample; readonly id: ObjectId }
  | { readonly kind: 'moving'; readonly from: Point; readonly shapes: ReadonlyMap<ObjectId, FrameShape>; moved: ReadonlyMap<ObjectId, FrameShape> }
  | { readonly kind: 'resizing'; readonly id: ObjectId; readonly grip: Point; handle: string; shape: FrameShape }
  /** Pressed on empty ground; a click without a drag clears the selection. */
  | { readonly kind: 'panning'; readonly from: Point; last: Point; moved: boolean };

const IDLE: State = { kind: 'idle' };

/** The handle of the only selected shape under a position, if it may be resized. */
function handleAt(context: ToolContext, at: Point): { id: ObjectId; shape: FrameShape; handle: Handle } | null {
  const [id, ...others] = context.selectedIds;
  if (id === undefined || others.length > 0 || context.isLocked(id)) return null;
  const shape = context.shape(id);
  if (shape === null) return null;
  const handle = gripAt(shape, at, context.zoom);
  return handle === null ? null : { id, shape, handle };
}

/** The shape that a press at a position means: one that is selected already, else the best hit. */
function shapeAt(context: ToolContext, at: Point): ObjectId | null {
  const hits = context.hits(at, REACH / context.zoom);
  const selected = hits.find((hit) => context.selectedIds.includes(hit.id));
  return (selected ?? hits[0])?.id ?? null;
}

/** What dragging a handle does to a shape. */
function resizing(type: string): string {
  return type === 'rectangle' || type === 'ellipse' ? 'resize' : 'reshape';
}

export class SelectTool implements Tool {
  readonly name = 'select';
  readonly crosshair = false;
  #state: State = IDLE;

  pointerDown(sample: PointerSample, context: ToolContext): void {
    if (sample.button !== 0 || this.#state.kind !== 'idle') return;
    const grip = handleAt(context, sample.at);
    if (grip !== null) {
      const { id, shape, handle } = grip;
      // The pointer need not be exactly on the handle; the handle must not jump to it.
      const offset = { x: handle.x - sample.at.x, y: handle.y - sample.at.y };
      this.#state = { kind: 'resizing', id, grip: offset, handle: handle.id, shape };
      return;
    }
    const id = shapeAt(context, sample.at);
    if (id === null) {
      this.#state = { kind: 'panning', from: sample.screen, last: sample.screen, moved: false };
    } else {
      this.#selectPressed(id, sample, context);
      this.#state = { kind: 'pressed', from: sample, id };
    }
  }

  pointerMove(sample: PointerSample, context: ToolContext): void {
    const state = this.#state;
    switch (state.kind) {
      case 'idle':
        this.#look(sample, context);
        break;
      case 'pressed':
        if (distance(state.from.screen, sample.screen) <= CLICK_SLACK) break;
        this.#state = { kind: 'moving', from: state.from.at, shapes: movableShapes(context), moved: new Map() };
        this.pointerMove(sample, context);
        break;
      case 'moving':
        state.moved = moveTogether(state.shapes, sample.at.x - state.from.x, sample.at.y - state.from.y, context.image);
        context.preview(state.moved);
        break;
      case 'resizing': {
        const to = { x: sample.at.x + state.grip.x, y: sample.at.y + state.grip.y };
        const dragged = posedDrag(state.shape, state.handle, to, context.image);
        state.shape = dragged.shape;
        state.handle = dragged.handle;
        context.preview(new Map([[state.id, state.shape]]));
        break;
      }
      case 'panning':
        state.moved ||= distance(state.from, sample.screen) > CLICK_SLACK;
        if (!state.moved) break;
        context.cursor('grabbing');
        context.panBy(sample.screen.x - state.last.x, sample.screen.y - state.last.y);
        state.last = sample.screen;
        break;
    }
  }

  pointerUp(sample: PointerSample, context: ToolContext): void {
    const state = this.#state;
    this.#state = IDLE;
    context.preview(null);
    switch (state.kind) {
      case 'idle':
        break;
      case 'pressed':
        // A click on one of several selected shapes means that one; a press may have been the start of moving all.
        if (!sample.shift && !sample.ctrl) context.select([this.#clicked(state.id, sample, context)]);
        break;
      case 'moving':
        context.commit(placeChange(state.moved, context), { title: `move ${nameOf(state.shapes)}` });
        break;
      case 'resizing':
        if (!isDegenerate(state.shape)) {
          context.commit(placeChange(new Map([[state.id, state.shape]]), context), { title: `${resizing(state.shape.type)} ${state.shape.type}` });
        }
        break;
      case 'panning':
        if (!state.moved && !sample.shift && !sample.ctrl) context.select([]);
        break;
    }
    this.#look(sample, context);
  }

  cancel(context: ToolContext): boolean {
    const busy = this.#state.kind !== 'idle';
    this.#state = IDLE;
    context.preview(null);
    return busy;
  }

  #selectPressed(id: ObjectId, sample: PointerSample, context: ToolContext): void {
    const selected = context.selectedIds;
    if (sample.shift || sample.ctrl) context.select(selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id]);
    else if (!selected.includes(id)) context.select([id]);
  }

  /** A click inside a selected shape reaches the smaller shape within it. */
  #clicked(id: ObjectId, sample: PointerSample, context: ToolContext): ObjectId {
    return context.hits(sample.at, REACH / context.zoom)[0]?.id ?? id;
  }

  #look(sample: PointerSample, context: ToolContext): void {
    const grip = handleAt(context, sample.at);
    const id = grip?.id ?? shapeAt(context, sample.at);
    context.hover(id);
    context.cursor(grip?.handle.cursor ?? (id === null ? 'default' : context.isLocked(id) ? 'pointer' : 'move'));
  }
}
