/**
 * The editor as the pages see it: options in, observable state out, commands.
 *
 * ```ts
 * const editor = mountEditor(host, { session, job, labels, meta });
 * const frame = useStore(editor.state, (state) => state.frame);   // zustand's hook, or editor.state.subscribe(…)
 * editor.commands.setFrame(12);
 * editor.dispose();
 * ```
 *
 * `mountEditor` is exported by `./mount`. Frame numbers are the task's relative frame numbers, as in CVAT's API.
 * Coordinates named `x`/`y` are image pixels; "screen" means CSS pixels from the top left corner of the host.
 */

import type { StoreApi } from 'zustand/vanilla';

import type { Point } from '../geometry/point';
import type { FrameShape } from '../store/frameShape';
import type { JobObject, ObjectId, Shape } from '../store/objects';
import type { SaveStatus } from '../store/saveStatus';

export type { Point, Size } from '../geometry/point';
export type { FrameShape } from '../store/frameShape';
export { labelFits } from '../store/objects';
export type { JobObject, LabeledData, ObjectId, Shape, ShapeState, Tag, Track } from '../store/objects';
export type { SaveStatus } from '../store/saveStatus';

/** A label of the task, as `GET /api/labels` lists it (further fields are ignored). */
export interface EditorLabel {
  readonly id: number;
  readonly name: string;
  /** "#rrggbb"; anything else gets a colour made from the name. */
  readonly color: string;
  /** Shape type that the label is for ("any", "rectangle", "tag", …). */
  readonly type?: string;
  /** A skeleton's template: its nodes, each of a sub-label, and the edges between them. */
  readonly svg?: string;
  readonly sublabels?: readonly EditorLabel[];
}

/** What the editor needs of `GET /api/jobs/{id}/data/meta` (the answer itself fits). */
export interface EditorMeta {
  /** One entry a frame of the job, or exactly one for a video. */
  readonly frames: readonly FrameMeta[];
  readonly start_frame: number;
  readonly stop_frame: number;
  readonly deleted_frames?: readonly number[];
  /** Of ground truth: the frames of the range that the job has; null for all. */
  readonly included_frames?: readonly number[] | null;
}

export interface FrameMeta {
  readonly width: number;
  readonly height: number;
  readonly name: string;
  /** How many context images the frame has. */
  readonly related_files?: number;
}

/** What the editor needs of a job as the daemon lists it. */
export interface EditorJob {
  readonly id: number;
  readonly task_id: number;
  readonly start_frame: number;
  readonly stop_frame: number;
  /** "2d" or "3d". */
  readonly dimension?: string;
  /** "interpolation" where the frames are those of a video. */
  readonly mode?: string;
}

export interface EditorOptions {
  readonly job: EditorJob;
  readonly meta: EditorMeta;
  readonly labels: readonly EditorLabel[];
  /**
   * Names the workspace in this browser's local journal (the session's `workspace.id`), so that unsaved edits of one
   * workspace are never sent to another that is served from the same address later.
   */
  readonly scope: string;
  /** The current CSRF token; asked at every unsafe request. */
  readonly csrf: () => string;
  /** Called when the daemon refuses the token (403): fetch the session again. Saving is retried when it settles. */
  readonly refreshCsrf?: () => Promise<void>;
  /** Called when the daemon answers 401; edits stay in the journal and saving goes on being retried. */
  readonly onUnauthorized?: () => void;
  /** Called when the daemon answers again after a 401. */
  readonly onAuthorized?: () => void;
  /** Frame shown first; default: the job's first. */
  readonly frame?: number;
  readonly theme?: ThemeName;
  /** Frames per second of `play`; default: those of the video, else 25. */
  readonly fps?: number;
  /** Whether going from frame to frame meets deleted ones; default: they are stepped over. */
  readonly showDeleted?: boolean;
  /** Called by the key of the help dialog ("?", F1). */
  readonly onHelp?: () => void;
}

export type ThemeName = 'dark' | 'light';

export type ToolName = 'select' | 'rectangle' | 'pan';

/** What is known of the picture of the current frame. */
export type FrameStatus =
  | { readonly kind: 'loading' }
  /** `missing`: the picture is not on the daemon's machine, and one of its size stands in for it. */
  | { readonly kind: 'ready'; readonly missing?: boolean }
  /** `retrying`: the daemon was not reached and the editor goes on trying. */
  | { readonly kind: 'error'; readonly message: string; readonly retrying: boolean };

/** How the frames come. `fps`: of the video, as far as it is known. */
export type Playback =
  /** Each as a picture of its own. `why`, of a video, is a sentence. */
  | { readonly kind: 'pictures'; readonly fps?: number; readonly why: string | null }
  /** The browser decodes the video: as it is, or `encoded` anew by the daemon, and then why. */
  | { readonly kind: 'video'; readonly fps: number; readonly encoded: boolean; readonly why: string | null };

/** A frame that was drawn, and when, in milliseconds as `performance.now()` counts them. */
export interface DrawnFrame {
  readonly frame: number;
  readonly at: number;
}

/** The annotations of the job: read once at the start, then merged with what others change. */
export type DocumentStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'error'; readonly message: string };

/** An object as it is on the current frame. */
export interface FrameObject {
  readonly id: ObjectId;
  readonly kind: JobObject['kind'];
  readonly object: JobObject;
  readonly labelId: number;
  /** What kind of shape it is made of ("polygon", "skeleton", …), or "tag". */
  readonly type: string;
  /** Its geometry on this frame (interpolated for tracks); null for tags. */
  readonly shape: FrameShape | null;
  readonly hidden: boolean;
  readonly locked: boolean;
}

/** Something to tell the person for a moment ("Undone: move, on frame 12"). Each one has a new `key`. */
export interface Notice {
  readonly key: number;
  readonly text: string;
  readonly kind: 'info' | 'error';
}

/** What two people did to one object, to be drawn over the picture until somebody chooses. */
export interface ConflictDrawing {
  readonly id: string;
  readonly frame: number;
  /** As the other side has the object on this frame, and as both had it before; null where nothing is seen of it. */
  readonly theirs: Shape | null;
  readonly base: Shape | null;
}

/** An issue, to be marked on its frame. */
export interface IssueMark {
  readonly id: number;
  readonly frame: number;
  /** x y of points, in image pixels; empty for the whole frame. */
  readonly position: readonly number[];
  readonly resolved: boolean;
}

export type ConflictAct = 'next' | 'previous' | 'ours' | 'theirs' | 'both';

export interface EditorState {
  /** Set when the editor cannot work at all here (no WebGL 2); the message says what to do. */
  readonly fatal: string | null;
  readonly document: DocumentStatus;
  readonly frame: number;
  readonly startFrame: number;
  readonly stopFrame: number;
  readonly frameCount: number;
  readonly frameStatus: FrameStatus;
  /** Pixels of the current frame. */
  readonly frameSize: { readonly width: number; readonly height: number };
  readonly frameName: string;
  /** How many context images the current frame has. */
  readonly contextCount: number;
  /** True for a frame that is taken out of the work: nothing is shown or drawn on it. */
  readonly frameDeleted: boolean;
  readonly deletedCount: number;
  readonly showDeleted: boolean;
  /** False where nothing can be drawn: on a deleted frame, and on point clouds. */
  readonly drawable: boolean;
  readonly playback: Playback;
  readonly playing: boolean;
  /** Objects on the current frame, in drawing order (the last is on top). The array is new when anything in it changed. */
  readonly objects: readonly FrameObject[];
  readonly selectedIds: readonly ObjectId[];
  readonly hoveredId: ObjectId | null;
  readonly tool: ToolName;
  /** Label of what is drawn next; null when the task has none. */
  readonly activeLabelId: number | null;
  readonly save: SaveStatus;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What undo and redo would do ("move rectangle"); null when there is nothing. */
  readonly undoTitle: string | null;
  readonly redoTitle: string | null;
  /** Screen pixels per image pixel. */
  readonly zoom: number;
  /** The pointer over the picture, or null outside. */
  readonly cursor: Point | null;
  readonly notice: Notice | null;
  /** What a key asked of the panel of conflicts; each one has a new `key`. */
  readonly conflictAct: { readonly key: number; readonly act: ConflictAct } | null;
  /** Where a new issue was asked for, by the key or the right button; each one has a new `key`. */
  readonly issueAsked: { readonly key: number; readonly frame: number; readonly position: readonly number[] } | null;
}

export interface EditorCommands {
  /** Shows a frame; numbers outside the job go to its ends. */
  setFrame(frame: number): void;
  /** Moves by a number of frames, negative for backwards; deleted ones do not count. */
  step(by: number): void;
  play(): void;
  pause(): void;
  togglePlay(): void;
  /** Takes the current frame out of the work, or puts it back; undo takes that back. */
  setFrameDeleted(deleted: boolean): void;
  setShowDeleted(shown: boolean): void;
  /** The job and its frames as they are now: there may be more of them. What is being drawn stays. */
  update(job: EditorJob, meta: EditorMeta): void;

  setTool(tool: ToolName): void;
  /** Draws again with the last label, or stops drawing (the N key). */
  toggleDraw(): void;
  /** Label of what is drawn next. */
  setActiveLabel(labelId: number): void;
  /** A number key: changes the label of what is selected, else the label of what is drawn next. */
  chooseLabel(labelId: number): void;

  select(ids: readonly ObjectId[]): void;
  /** Marks an object as if the pointer were over it (hovering a row of the objects list). */
  hover(id: ObjectId | null): void;
  /** Selects the object and moves the view so that it is seen. */
  reveal(id: ObjectId): void;
  deleteSelected(): void;
  changeLabel(ids: readonly ObjectId[], labelId: number): void;
  toggleHidden(ids: readonly ObjectId[]): void;
  toggleLocked(ids: readonly ObjectId[]): void;

  undo(): void;
  redo(): void;

  fit(): void;
  zoomIn(): void;
  zoomOut(): void;
  /** One image pixel is one screen pixel. */
  actualSize(): void;
  setTheme(theme: ThemeName): void;

  /** Sends what the daemon refused once more. */
  retryRejected(): void;
  /** Gives up what the daemon refused: the daemon's version of those objects is shown again. */
  discardRejected(): void;
  /** Tries at once to send what is waiting (after logging in again, say). */
  retryNow(): void;

  /** Asks again for pictures that were missing. */
  renewPictures(): void;

  /** Draws conflicts on their frames, one of them (by its id) so that it stands out. */
  showConflicts(conflicts: readonly ConflictDrawing[], current: string | null): void;
  /** Marks issues on their frames. */
  showIssues(marks: readonly IssueMark[]): void;
  /** Lets the mark of an issue stand out, or none. */
  pointAtIssue(id: number | null): void;
  /** The new issue that was asked for is written, or given up. */
  answerIssue(): void;

  /** Reads the annotations again and merges them (after the event stream was reconnected). */
  refetch(): void;
  /** A `change` event of kind "annotations" for this job. Changes of this editor itself are recognised and skipped. */
  remoteChange(event: { readonly objects: readonly ObjectId[] | null; readonly client: string }): void;

  /** Runs a command of the key map by its id (for buttons and the help dialog). */
  run(command: CommandId): void;
}

export type CommandId =
  | 'frame.next'
  | 'frame.previous'
  | 'frame.forward'
  | 'frame.back'
  | 'frame.first'
  | 'frame.last'
  | 'play.toggle'
  | 'frame.delete'
  | 'draw.toggle'
  | 'tool.select'
  | 'tool.pan'
  | 'cancel'
  | 'delete'
  | 'undo'
  | 'redo'
  | 'hide.toggle'
  | 'lock.toggle'
  | 'occluded.toggle'
  | 'keyframe.toggle'
  | 'outside'
  | 'select.next'
  | 'select.previous'
  | 'select.all'
  | 'view.fit'
  | 'view.in'
  | 'view.out'
  | 'view.actual'
  | 'save.now'
  | `conflict.${ConflictAct}`
  | 'issue.new'
  | 'help'
  | `label.${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `nudge.${'left' | 'right' | 'up' | 'down'}`
  | `nudge.${'left' | 'right' | 'up' | 'down'}.far`;

/** A line of the key map. */
export interface KeyBinding {
  readonly command: CommandId;
  /** Keys that run it, as shown to people: "D", "Ctrl+Shift+Z", "Esc". On a Mac, Ctrl also stands for ⌘. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly group: 'Frames' | 'Draw' | 'Objects' | 'View' | 'Conflicts' | 'Other';
  /** True when holding the key repeats the command. */
  readonly repeats: boolean;
}

/** Figures of the last few hundred animation frames that drew something; times in milliseconds. */
export interface EditorStats {
  /** Animation frames drawn since `resetStats` (or since the start). */
  readonly frames: number;
  /** Script per drawn animation frame: event handling since the frame before, plus drawing. */
  readonly scriptMs: { readonly median: number; readonly p95: number; readonly max: number };
  readonly hitTests: number;
  readonly hitTestMs: { readonly median: number; readonly p95: number; readonly max: number };
  /** The frame whose picture is in view; null while there is none. */
  readonly shownFrame: number | null;
  /** Shapes in the scene. */
  readonly shapes: number;
  /** Bytes sent to vertex buffers since `resetStats`: small when only what changed is updated. */
  readonly uploadedBytes: number;
  /** Decoded frames of a video that are held. */
  readonly held: number;
  /** Image to screen: screen = image * scale + (x, y). */
  readonly camera: { readonly scale: number; readonly x: number; readonly y: number };
}

export interface EditorHandle {
  readonly state: Pick<StoreApi<EditorState>, 'getState' | 'getInitialState' | 'subscribe'>;
  readonly commands: EditorCommands;
  /** The key map, for a help dialog. */
  readonly keys: readonly KeyBinding[];
  /** Probes for browser tests; while an editor is mounted, `window.__cvatdPerf` is this handle's `{ stats, resetStats, toClient, drawn, colours }`. */
  stats(): EditorStats;
  resetStats(): void;
  /** Viewport position (as in a mouse event) of a position on the image. */
  toClient(at: Point): Point;
  /** The pictures that were drawn since `resetStats`, in order, as many as are remembered. */
  drawn(): readonly DrawnFrame[];
  /** The colours (red, green, blue) that are seen at positions on the image. */
  colours(at: readonly Point[]): readonly (readonly [number, number, number])[];
  /** Settles when every edit so far is acknowledged or refused by the daemon. */
  settled(): Promise<void>;
  /** Removes the editor from its host. Unsaved edits stay in the journal and are sent when the job is opened again. */
  dispose(): void;
}

/** Type of `mountEditor` in `./mount`. */
export type MountEditor = (host: HTMLElement, options: EditorOptions) => EditorHandle;
