/** The objects of the frame in view, kept in the renderer's scene: each change touches only the shapes it is about. */

import type { Box } from '../geometry/box';
import { css, labelColour } from '../geometry/colour';
import type { Rgb } from '../geometry/colour';
import { posedBounds, posedOutline } from '../geometry/posed';
import type { PosedShape } from '../geometry/posed';
import type { Outline } from '../geometry/shapeUtil';
import type { Caption } from '../render/overlay';
import type { SceneItem, SceneKey, ScenePart } from '../render/scene';
import type { JobDocument } from '../store/document';
import { frameShape } from '../store/frameShape';
import type { FrameShape } from '../store/frameShape';
import { typeOf } from '../store/objects';
import type { ObjectId } from '../store/objects';
import type { Draft } from '../tools/tool';
import type { ConflictDrawing, EditorLabel, FrameObject, IssueMark } from './api';
import { issueItem } from './issueMarks';
import { THEIRS, baseStyle, frameStyle, shapeStyle, theirsStyle } from './theme';
import type { ShapeLook } from './theme';

/** What this needs of the renderer. */
export interface SceneSink {
  upsert(key: SceneKey, item: SceneItem): void;
  remove(key: SceneKey): void;
  clear(): void;
}

const UNKNOWN_LABEL: Rgb = [134, 142, 150];
const DRAFT = 'draft';
/** One value, so that empty frames of a film look unchanged. */
const NOTHING: readonly FrameObject[] = [];
/** Of a conflict, in the order of drawing; ours is the object itself. */
const SIDES = ['base', 'theirs'] as const;
/** Changes of more objects than this draw the frame afresh, which is then cheaper than finding each one's place. */
const MANY = 200;

function order(a: FrameObject, b: FrameObject): number {
  return (a.shape?.z_order ?? 0) - (b.shape?.z_order ?? 0) || a.id - b.id;
}

export class FrameScene {
  readonly #document: JobDocument;
  readonly #sink: SceneSink;
  readonly #labels: ReadonlyMap<number, EditorLabel>;
  readonly #colours: ReadonlyMap<number, Rgb>;
  readonly #isEmpty: (frame: number) => boolean;
  readonly #hidden = new Set<ObjectId>();
  readonly #locked = new Set<ObjectId>();
  #frame = 0;
  #objects: readonly FrameObject[] = [];
  #selected: ReadonlySet<ObjectId> = new Set();
  #hovered: ObjectId | null = null;
  #preview: ReadonlyMap<ObjectId, FrameShape> = new Map();
  #draft: Draft | null = null;
  #conflicts: readonly ConflictDrawing[] = [];
  #conflict: string | null = null;
  #issues: readonly IssueMark[] = [];
  #issue: number | null = null;

  /** `isEmpty` is true for a frame of which nothing is shown. */
  constructor(document: JobDocument, sink: SceneSink, labels: readonly EditorLabel[], isEmpty: (frame: number) => boolean = () => false) {
    this.#document = document;
    this.#sink = sink;
    this.#isEmpty = isEmpty;
    this.#labels = new Map(labels.map((label) => [label.id, label]));
    const all = labels.flatMap((label) => [label, ...(label.sublabels ?? [])]);
    this.#colours = new Map(all.map((label) => [label.id, labelColour(label)]));
  }

  get frame(): number {
    return this.#frame;
  }

  /** In drawing order; a new array after each change. */
  get objects(): readonly FrameObject[] {
    return this.#objects;
  }

  isHidden(id: ObjectId): boolean {
    return this.#hidden.has(id);
  }

  isLocked(id: ObjectId): boolean {
    return this.#locked.has(id);
  }

  /** Shows another frame, or the same one afresh. */
  show(frame: number): void {
    this.#frame = frame;
    this.#objects = this.#document.onFrame(frame).map((object) => this.#view(object.id)).filter((view) => view !== null);
    if (this.#objects.length === 0) this.#objects = NOTHING;
    this.#sink.clear();
    for (const view of this.#objects) this.#draw(view);
    this.#drawConflicts();
    this.#drawIssues();
    this.#drawDraft();
  }

  /** Draws what others made of objects, on the frames where it is; `current` names the one that stands out. */
  showConflicts(conflicts: readonly ConflictDrawing[], current: string | null): void {
    for (const { id } of this.#conflicts) for (const side of SIDES) this.#sink.remove(`conflict:${id}:${side}`);
    this.#conflicts = conflicts;
    this.#conflict = current;
    this.#drawConflicts();
  }

  /** Marks issues on the frames where they are. */
  showIssues(marks: readonly IssueMark[]): void {
    for (const { id } of this.#issues) this.#sink.remove(`issue:${id}`);
    this.#issues = marks;
    this.#drawIssues();
  }

  /** Lets the mark of an issue stand out, or none. */
  pointAtIssue(id: number | null): void {
    this.#issue = id;
    this.#drawIssues();
  }

  /** Takes over what changed in the document. */
  update(ids: readonly ObjectId[]): void {
    if (ids.length > MANY) {
      this.show(this.#frame);
      return;
    }
    const touched = new Set(ids);
    const objects = this.#objects.filter((view) => !touched.has(view.id));
    for (const id of touched) {
      const view = this.#view(id);
      if (view === null) {
        this.#sink.remove(id);
        continue;
      }
      this.#draw(view);
      let at = objects.length;
      // New objects have the highest ids, so they nearly always go to the end.
      for (let before = objects[at - 1]; before !== undefined && order(before, view) > 0; before = objects[at - 1]) at -= 1;
      objects.splice(at, 0, view);
    }
    this.#objects = objects;
  }

  /** Marks the selected shapes and the one under the pointer. */
  highlight(selected: readonly ObjectId[], hovered: ObjectId | null): void {
    const before = new Set([...this.#selected, ...(this.#hovered === null ? [] : [this.#hovered])]);
    this.#selected = new Set(selected);
    this.#hovered = hovered;
    for (const id of [...selected, ...(hovered === null ? [] : [hovered])]) before.add(id);
    this.#redraw(before);
  }

  /** Shows shapes elsewhere than the document has them; null ends it. */
  preview(shapes: ReadonlyMap<ObjectId, FrameShape> | null): void {
    const touched = new Set([...this.#preview.keys(), ...(shapes?.keys() ?? [])]);
    this.#preview = shapes ?? new Map();
    this.#redraw(touched);
  }

  draft(draft: Draft | null): void {
    if (draft === null && this.#draft === null) return;
    this.#draft = draft;
    this.#drawDraft();
  }

  /** Hides the objects, or shows them when all are hidden. */
  toggleHidden(ids: readonly ObjectId[]): void {
    toggle(this.#hidden, ids);
    this.update(ids);
  }

  /** Locks the objects, or unlocks them when all are locked. */
  toggleLocked(ids: readonly ObjectId[]): void {
    toggle(this.#locked, ids);
    this.update(ids);
  }

  /** The shape as it is shown now, a drag under way included. */
  shownShape(id: ObjectId): FrameShape | null {
    const shape = this.#document.shape(id, this.#frame);
    return shape === null ? null : (this.#preview.get(id) ?? shape);
  }

  /** CSS colour of an object's label. */
  colourOf(id: ObjectId): string {
    return css(this.#colour(this.#document.get(id)?.data.label_id ?? -1));
  }

  /** Names of the hovered shape and of a single selected one, and the size of what is being drawn or changed. */
  captions(): Caption[] {
    const captions: Caption[] = [];
    const named = new Set(this.#selected.size === 1 ? this.#selected : []);
    if (this.#hovered !== null) named.add(this.#hovered);
    for (const id of named) {
      const shape = this.#hidden.has(id) ? null : this.shownShape(id);
      if (shape === null) continue;
      const name = this.#labels.get(this.#document.get(id)?.data.label_id ?? -1)?.name ?? 'unknown label';
      const text = this.#preview.has(id) ? `${name}  ${sizeOf(shape)}` : name;
      const caption = captionAt(shape, text, this.colourOf(id));
      if (caption !== null) captions.push(caption);
    }
    for (const conflict of this.#conflicts) {
      const shape = conflict.id === this.#conflict ? this.#side(conflict, 'theirs') : null;
      const caption = shape === null ? null : captionAt(shape, 'theirs', css(THEIRS));
      if (caption !== null) captions.push(caption);
    }
    if (this.#draft !== null) {
      const shape = { ...this.#draft, rotation: 0 };
      const caption = captionAt(shape, sizeOf(shape), css(this.#colour(this.#draft.labelId)));
      if (caption !== null) captions.push(caption);
    }
    return captions;
  }

  #view(id: ObjectId): FrameObject | null {
    const object = this.#document.get(id);
    if (object === undefined || this.#isEmpty(this.#frame) || !this.#document.isOn(id, this.#frame)) return null;
    return {
      id,
      kind: object.kind,
      object,
      labelId: object.data.label_id,
      type: typeOf(object),
      shape: this.#document.shape(id, this.#frame),
      hidden: this.#hidden.has(id),
      locked: this.#locked.has(id),
    };
  }

  #redraw(ids: Iterable<ObjectId>): void {
    for (const id of ids) {
      const view = this.#view(id);
      if (view !== null) this.#draw(view);
    }
  }

  #draw(view: FrameObject): void {
    const shape = view.shape === null || view.hidden ? null : this.shownShape(view.id);
    // A point cloud is not seen on a picture.
    if (shape === null || this.#document.scheme.dimension === '3d') {
      this.#sink.remove(view.id);
      return;
    }
    const look = {
      selected: this.#selected.has(view.id),
      hovered: this.#hovered === view.id,
      locked: view.locked,
      occluded: shape.occluded,
    };
    const style = shapeStyle(this.#colour(view.labelId), look);
    const over = shape.type === 'skeleton' ? { over: this.#joints(shape, view.labelId, look) } : {};
    this.#sink.upsert(view.id, { outline: posedOutline(shape), style, ...over });
  }

  /** The elements of a skeleton, each in the colour of its own label, and a frame around the skeleton that matters now. */
  #joints(shape: FrameShape, labelId: number, look: ShapeLook): ScenePart[] {
    const joints = (shape.elements ?? []).map((element): ScenePart => {
      const colour = this.#colours.get(element.label_id) ?? this.#colour(labelId);
      return { outline: posedOutline(element), style: shapeStyle(colour, { ...look, occluded: element.occluded }) };
    });
    const box = look.selected || look.hovered ? posedBounds(shape) : null;
    if (box !== null) joints.push({ outline: frameOf(box), style: frameStyle(this.#colour(labelId)) });
    return joints;
  }

  #colour(labelId: number): Rgb {
    return this.#colours.get(labelId) ?? UNKNOWN_LABEL;
  }

  #drawConflicts(): void {
    for (const conflict of this.#conflicts) {
      const current = conflict.id === this.#conflict;
      for (const side of SIDES) {
        const shape = this.#side(conflict, side);
        if (shape === null) continue;
        const style = side === 'base' ? baseStyle(current) : theirsStyle(current);
        const over = (shape.elements ?? []).map((element): ScenePart => ({ outline: posedOutline(element), style }));
        this.#sink.upsert(`conflict:${conflict.id}:${side}`, { outline: posedOutline(shape), style, over });
      }
    }
  }

  #drawIssues(): void {
    if (this.#document.scheme.dimension === '3d') return;
    for (const mark of this.#issues) {
      const item = mark.frame === this.#frame ? issueItem(mark, mark.id === this.#issue) : null;
      if (item !== null) this.#sink.upsert(`issue:${mark.id}`, item);
    }
  }

  /** A side of a conflict as it is on the frame in view; null where nothing of it is seen. */
  #side(conflict: ConflictDrawing, side: (typeof SIDES)[number]): FrameShape | null {
    const data = conflict[side];
    if (data === null || conflict.frame !== this.#frame || this.#isEmpty(this.#frame) || this.#document.scheme.dimension === '3d') return null;
    return frameShape({ kind: 'shape', id: data.id, data: { ...data, frame: this.#frame } }, this.#frame, this.#document.scheme);
  }

  #drawDraft(): void {
    if (this.#draft === null) {
      this.#sink.remove(DRAFT);
      return;
    }
    const colour = this.#colour(this.#draft.labelId);
    const style = shapeStyle(colour, { selected: true, hovered: false, locked: false, occluded: false });
    this.#sink.upsert(DRAFT, { outline: posedOutline({ ...this.#draft, rotation: 0 }), style });
  }
}

function toggle(set: Set<ObjectId>, ids: readonly ObjectId[]): void {
  const all = ids.every((id) => set.has(id));
  for (const id of ids) {
    if (all) set.delete(id);
    else set.add(id);
  }
}

function frameOf({ minX, minY, maxX, maxY }: Box): Outline {
  return { triangles: [], paths: [{ points: [minX, minY, maxX, minY, maxX, maxY, minX, maxY], closed: true }] };
}

function sizeOf(shape: PosedShape): string {
  const box = posedBounds({ ...shape, rotation: 0 });
  return box === null ? '' : `${Math.round(box.maxX - box.minX)} × ${Math.round(box.maxY - box.minY)}`;
}

function captionAt(shape: PosedShape, text: string, colour: string): Caption | null {
  const box = posedBounds(shape);
  return box === null ? null : { text, at: { x: box.minX, y: box.minY }, colour };
}
