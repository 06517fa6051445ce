/** A tool context over a real document, without canvas or page; it remembers what the tool asked for. */

import type { Point } from '../../geometry/point';
import type { Points } from '../../geometry/shapeUtil';
import type { ChangeSet } from '../../store/change';
import { JobDocument } from '../../store/document';
import type { Hit } from '../../store/document';
import type { FrameShape } from '../../store/frameShape';
import { History } from '../../store/history';
import type { EditNote } from '../../store/jobSession';
import type { JobObject, ObjectId } from '../../store/objects';
import type { JobScheme } from '../../store/scheme';
import { IMAGE } from '../../store/testing/arbitrary';
import type { Draft, PointerSample, Tool, ToolContext } from '../tool';

export class FakeContext implements ToolContext {
  readonly frame = 0;
  readonly image = IMAGE;
  readonly document: JobDocument;
  readonly history = new History();
  readonly locked = new Set<ObjectId>();
  readonly titles: string[] = [];
  readonly panned = { x: 0, y: 0 };
  zoom = 1;
  activeLabelId: number | null = 3;
  selectedIds: readonly ObjectId[] = [];
  hovered: ObjectId | null = null;
  previewed: ReadonlyMap<ObjectId, FrameShape> | null = null;
  drafted: Draft | null = null;
  css = '';
  finished = 0;
  ids = [101, 102, 103];

  constructor(objects: readonly JobObject[] = [], scheme?: JobScheme) {
    this.document = new JobDocument(objects, scheme);
  }

  hits(at: Point, tolerance: number): readonly Hit[] {
    return this.document.hits(this.frame, at, tolerance);
  }

  object(id: ObjectId): JobObject | undefined {
    return this.document.get(id);
  }

  get scheme(): JobScheme {
    return this.document.scheme;
  }

  shape(id: ObjectId): FrameShape | null {
    return this.document.shape(id, this.frame);
  }

  isLocked(id: ObjectId): boolean {
    return this.locked.has(id);
  }

  newId(): ObjectId | null {
    return this.ids.shift() ?? null;
  }

  commit(change: ChangeSet, note: Omit<EditNote, 'frame'>): void {
    if (change.put.length + change.delete.length === 0) return;
    this.titles.push(note.title);
    this.history.record({ ...note, frame: this.frame, inverse: this.document.apply(change), time: 0 });
  }

  preview(shapes: ReadonlyMap<ObjectId, FrameShape> | null): void {
    this.previewed = shapes;
  }

  draft(draft: Draft | null): void {
    this.drafted = draft;
  }

  select(ids: readonly ObjectId[]): void {
    this.selectedIds = ids;
  }

  hover(id: ObjectId | null): void {
    this.hovered = id;
  }

  panBy(dx: number, dy: number): void {
    this.panned.x += dx;
    this.panned.y += dy;
  }

  cursor(css: string): void {
    this.css = css;
  }

  finish(): void {
    this.finished += 1;
  }

  points(id: ObjectId): Points | undefined {
    return this.shape(id)?.points;
  }
}

/** The pointer at (x, y), with the image at the screen's origin and the context's zoom. */
export function sample(x: number, y: number, over: Partial<PointerSample> = {}): PointerSample {
  return { at: { x, y }, screen: { x, y }, button: 0, shift: false, ctrl: false, ...over };
}

type Pointed = Pick<Tool, 'pointerDown' | 'pointerMove' | 'pointerUp'>;

export function click(tool: Pointed, context: ToolContext, x: number, y: number, over: Partial<PointerSample> = {}): void {
  tool.pointerMove(sample(x, y, over), context);
  tool.pointerDown(sample(x, y, over), context);
  tool.pointerUp(sample(x, y, over), context);
}

/** Press at the first position, moves through the others, release at the last. */
export function drag(tool: Pointed, context: ToolContext, path: readonly (readonly [number, number])[], over: Partial<PointerSample> = {}): void {
  const [first = [0, 0], ...rest] = path;
  const [lastX, lastY] = path.at(-1) ?? first;
  tool.pointerMove(sample(first[0], first[1], over), context);
  tool.pointerDown(sample(first[0], first[1], over), context);
  for (const [x, y] of rest) tool.pointerMove(sample(x, y, over), context);
  tool.pointerUp(sample(lastX, lastY, over), context);
}
