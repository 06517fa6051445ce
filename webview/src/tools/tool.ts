/** What a tool is: a small state machine that is fed with the pointer and answers through its context. */

import type { Point, Size } from '../geometry/point';
import type { Points } from '../geometry/shapeUtil';
import type { ChangeSet } from '../store/change';
import type { Hit } from '../store/document';
import type { FrameShape } from '../store/frameShape';
import type { EditNote } from '../store/jobSession';
import type { JobObject, ObjectId } from '../store/objects';
import type { JobScheme } from '../store/scheme';

/** The pointer at one moment. */
export interface PointerSample {
  /** On the image, in image pixels. */
  readonly at: Point;
  /** On the canvas, in CSS pixels. */
  readonly screen: Point;
  /** 0 main, 1 wheel, 2 secondary. */
  readonly button: number;
  readonly shift: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly ctrl: boolean;
}

/** A shape that is being drawn. */
export interface Draft {
  readonly type: string;
  readonly points: Points;
  readonly labelId: number;
}

/** What tools may see and do. */
export interface ToolContext {
  readonly frame: number;
  readonly image: Size;
  readonly scheme: JobScheme;
  /** Screen pixels per image pixel. */
  readonly zoom: number;
  readonly activeLabelId: number | null;
  readonly selectedIds: readonly ObjectId[];
  /** Visible shapes near a position, the best choice first; `tolerance` in image pixels. */
  hits(at: Point, tolerance: number): readonly Hit[];
  object(id: ObjectId): JobObject | undefined;
  /** The object's geometry on this frame. */
  shape(id: ObjectId): FrameShape | null;
  isLocked(id: ObjectId): boolean;
  /** An id for a new object; null when none is left (the person has been told). */
  newId(): ObjectId | null;

  /** Carries out an edit, as one step of undo. */
  commit(change: ChangeSet, note: Omit<EditNote, 'frame'>): void;
  /** Shows shapes elsewhere without changing them; null ends it. */
  preview(shapes: ReadonlyMap<ObjectId, FrameShape> | null): void;
  draft(draft: Draft | null): void;
  select(ids: readonly ObjectId[]): void;
  hover(id: ObjectId | null): void;
  /** Moves the picture, in screen pixels. */
  panBy(dx: number, dy: number): void;
  cursor(css: string): void;
  /** The tool has done its work: back to selecting. */
  finish(): void;
}

export interface Tool {
  readonly name: string;
  /** True while lines through the pointer help to aim. */
  readonly crosshair: boolean;
  pointerDown(sample: PointerSample, context: ToolContext): void;
  pointerMove(sample: PointerSample, context: ToolContext): void;
  pointerUp(sample: PointerSample, context: ToolContext): void;
  /** Gives up what is half done; false when there was nothing. */
  cancel(context: ToolContext): boolean;
}

/** How near to a border or handle the pointer has to be, in screen pixels. */
export const REACH = 6;
/** Screen pixels that the pointer may wander during a click. */
export const CLICK_SLACK = 3;
