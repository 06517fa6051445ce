/** The editor itself: one job, one canvas, and the state that the pages see. */

import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

import { clamp } from '../geometry/point';
import type { OverlayScene } from '../render/overlay';
import { turnedSize } from '../render/tiles';
import { idsOf, isEmpty } from '../store/change';
import type { ChangeSet } from '../store/change';
import type { Clock } from '../store/clock';
import { DeletedFrames, stepOver } from '../store/deletedFrames';
import type { JobDocument } from '../store/document';
import { includedFrames, nearestIncluded } from '../store/includedFrames';
import type { Included } from '../store/includedFrames';
import { schemeOf } from '../store/scheme';
import { grips } from '../tools/grips';
import type { ToolContext } from '../tools/tool';
import { ToolBox } from '../tools/toolBox';
import type { ConflictAct, EditorJob, EditorLabel, EditorMeta, EditorOptions, EditorState, ToolName } from './api';
import type { CanvasView } from './canvasView';
import { framePictures } from './framePictures';
import { FrameScene } from './frameScene';
import type { SceneSink } from './frameScene';
import { countedInTask, frameFields, frameMeta, initialState } from './initialState';
import { JobLink } from './jobLink';
import type { Pictures } from './pictures';
import { Player } from './player';
import { Samples } from './samples';
import { editorContext } from './toolContext';
import { Transport } from './transport';

const CLOCK: Clock = {
  now: () => performance.now(),
  after: (delay, callback) => {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};

/** A picture that is not there yet leaves the old frame in view for this long, in milliseconds: nothing flickers. */
const PATIENCE = 800;
const FPS = 25;

const NO_SINK: SceneSink = { upsert: () => undefined, remove: () => undefined, clear: () => undefined };

export class Editor {
  readonly options: EditorOptions;
  readonly labels: readonly EditorLabel[];
  readonly state: StoreApi<EditorState>;
  readonly link: JobLink;
  readonly scene: FrameScene;
  readonly pictures: Pictures;
  readonly deleted: DeletedFrames;
  #meta: EditorMeta;
  #included: Included;
  readonly player: Player;
  readonly tools = new ToolBox();
  readonly context: ToolContext;
  readonly hitTests = new Samples();
  /** Null where there is no WebGL 2. */
  view: CanvasView | null = null;
  #cancelWait: (() => void) | null = null;
  #notices = 0;
  #acts = 0;
  readonly #stopListening: () => void;

  constructor(options: EditorOptions) {
    this.options = options;
    this.labels = options.labels;
    this.state = createStore(() => initialState(options));
    this.#meta = countedInTask(options.meta, options.job);
    this.#included = includedFrames(options.meta.included_frames);
    const transport = new Transport({ jobId: options.job.id, taskId: options.job.task_id, ...options });
    this.deleted = new DeletedFrames({
      initial: options.meta.deleted_frames ?? [],
      send: (frames) => transport.deleteFrames(frames),
      onChange: () => this.#onDeleted(),
      onFailure: (error) => this.trouble(error),
    });
    this.link = new JobLink({
      transport,
      scope: options.scope,
      jobId: options.job.id,
      clock: CLOCK,
      scheme: schemeOf(options.labels, this.#is3d ? '3d' : '2d'),
      onStatus: (save) => this.set({ save }),
      onTrouble: (text) => this.notify(text, 'error'),
    });
    this.pictures = framePictures({
      job: options.job,
      transport,
      clock: CLOCK,
      isSkipped: (frame) => this.#isSkipped(frame),
      onChange: (frame) => this.#onPicture(frame),
      onPlayback: (playback) => this.set({ playback }),
    });
    // The sink goes through `view`, which is mounted later and may never be.
    const sink = (): SceneSink => this.view?.renderer ?? NO_SINK;
    this.scene = new FrameScene(
      this.document,
      { upsert: (key, item) => sink().upsert(key, item), remove: (key) => sink().remove(key), clear: () => sink().clear() },
      options.labels,
      (frame) => this.deleted.has(frame),
    );
    this.player = new Player({
      clock: CLOCK,
      fps: () => options.fps ?? this.state.getState().playback.fps ?? FPS,
      frame: () => this.state.getState().frame,
      next: (frame, by) => this.#stepOver(frame, by),
      mayDrop: () => this.state.getState().playback.kind === 'video',
      // A frame that cannot be shown does not stop the film; while the daemon is away it waits.
      isReady: (frame) => this.#isSettled(frame),
      advance: (frame) => this.setFrame(frame),
      onPlaying: (playing) => {
        // Whoever came here backwards has what lies behind at hand, and the film goes forwards.
        if (playing) this.pictures.want(this.state.getState().frame, 1);
        this.set({ playing });
        this.view?.setMoving(playing);
      },
    });
    this.context = editorContext(this);
    this.#stopListening = this.document.subscribe((change) => this.#onChange(change));
  }

  get document(): JobDocument {
    return this.link.session.document;
  }

  get #is3d(): boolean {
    return this.options.job.dimension === '3d';
  }

  /** True when the frame asked for is the one in view, its annotations are known, and it can be drawn on. */
  get canEdit(): boolean {
    const { document, frame, drawable } = this.state.getState();
    return document.kind === 'ready' && this.scene.frame === frame && drawable;
  }

  /** The frame whose picture is in view; null while there is none. */
  get shownFrame(): number | null {
    return this.pictures.get(this.scene.frame) === null ? null : this.scene.frame;
  }

  /** True when there is nothing to wait for before the next frame is asked for. */
  get canTravel(): boolean {
    const { frame } = this.state.getState();
    return this.scene.frame === frame && this.#isSettled(frame);
  }

  set(change: Partial<EditorState>): void {
    this.state.setState(change);
  }

  notify(text: string, kind: 'info' | 'error' = 'info'): void {
    this.#notices += 1;
    this.set({ notice: { key: this.#notices, text, kind } });
  }

  /** Hands a key on to the panel of conflicts. */
  askConflicts(act: ConflictAct): void {
    this.#acts += 1;
    this.set({ conflictAct: { key: this.#acts, act } });
  }

  /** Asks the page for a new issue. */
  askIssue(position: readonly number[]): void {
    this.#acts += 1;
    this.set({ issueAsked: { key: this.#acts, frame: this.state.getState().frame, position } });
  }

  trouble(error: unknown): void {
    this.notify(error instanceof Error ? error.message : String(error), 'error');
  }

  /** Shows the first frame and opens the document. */
  start(): void {
    this.pictures.want(this.state.getState().frame);
    this.#present();
    this.#open();
  }

  /** Reads the annotations again; when they could not be read at all so far, from the beginning. */
  refetch(): void {
    if (this.state.getState().document.kind === 'error') this.#open();
    else this.link.session.merge().catch((error: unknown) => this.trouble(error));
  }

  setFrame(wanted: number): void {
    const { frame: before, startFrame, stopFrame, tool } = this.state.getState();
    const frame = nearestIncluded(clamp(Math.round(wanted), startFrame, stopFrame), this.#included);
    if (frame === before) return;
    this.tools.current.cancel(this.context);
    this.pictures.want(frame, frame > before ? 1 : -1);
    const frameStatus = this.pictures.status(frame);
    this.set({ frame, ...frameFields(this.#meta, frame), ...this.#drawability(frame), hoveredId: null, frameStatus });
    if (tool === 'rectangle' && !this.state.getState().drawable) this.setTool('select');
    this.#cancelWait?.();
    this.#cancelWait = null;
    if (this.pictures.get(frame) !== null) this.#present();
    else this.#cancelWait = CLOCK.after(PATIENCE, () => this.#present());
  }

  /** Moves on by so many frames that are not stepped over. */
  step(by: number): void {
    const { frame, startFrame, stopFrame } = this.state.getState();
    // In a job whose other frames are all deleted, the ends can still be reached.
    const target = this.#stepOver(frame, by);
    if (target !== null) this.setFrame(target);
    else if (this.deleted.has(frame)) this.setFrame(by > 0 ? stopFrame : startFrame);
  }

  /** Goes to the first or the last frame that is not stepped over. */
  goToEnd(end: 'first' | 'last'): void {
    const { startFrame, stopFrame } = this.state.getState();
    const target = end === 'first' ? this.#stepOver(startFrame - 1, 1) : this.#stepOver(stopFrame + 1, -1);
    this.setFrame(target ?? (end === 'first' ? startFrame : stopFrame));
  }

  /** Deletes or restores the current frame, as a step of undo. */
  setFrameDeleted(deleted: boolean): void {
    const { frame, document, showDeleted } = this.state.getState();
    if (document.kind !== 'ready' || this.deleted.has(frame) === deleted) return;
    this.player.pause();
    this.setTool('select');
    this.link.session.recordDeletion({ frame, deleted });
    this.deleted.set(frame, deleted);
    this.notify(deleted ? `Frame ${frame} deleted; Ctrl+Z takes that back.` : `Frame ${frame} restored.`);
    if (deleted && !showDeleted) {
      const next = this.#stepOver(frame, 1) ?? this.#stepOver(frame, -1);
      if (next !== null) this.setFrame(next);
    }
  }

  /** Takes over what the daemon now says of the job: its range, its frames, and which are deleted. */
  update(job: EditorJob, meta: EditorMeta): void {
    const { stop_frame: stopFrame, start_frame: startFrame } = job;
    this.#meta = countedInTask(meta, job);
    this.#included = includedFrames(meta.included_frames);
    this.deleted.learn(meta.deleted_frames ?? []);
    this.pictures.grow(stopFrame);
    this.set({ startFrame, stopFrame, frameCount: this.#included?.size ?? stopFrame - startFrame + 1 });
    const { frame } = this.state.getState();
    const within = nearestIncluded(clamp(frame, startFrame, stopFrame), this.#included);
    if (within !== frame) this.setFrame(within);
    else if (!this.#is3d) this.set(frameFields(this.#meta, frame));
  }

  setTool(tool: ToolName): void {
    this.tools.use(tool, this.context);
    this.#syncTool();
  }

  /** Gives up what is half done, or leaves the tool; false when there was neither. */
  cancel(): boolean {
    const cancelled = this.tools.cancel(this.context);
    this.#syncTool();
    return cancelled;
  }

  selectAll(): void {
    this.context.select(this.scene.objects.filter((object) => object.shape !== null && !object.hidden).map((object) => object.id));
  }

  /** Publishes the objects of the frame and what depends on them. */
  refreshObjects(): void {
    const { history } = this.link.session;
    const { selectedIds, hoveredId, frame } = this.state.getState();
    const isShown = (id: number): boolean => !this.deleted.has(frame) && this.document.isOn(id, frame);
    const kept = selectedIds.every(isShown) ? selectedIds : selectedIds.filter(isShown);
    this.set({
      objects: this.scene.objects,
      selectedIds: kept,
      hoveredId: hoveredId !== null && isShown(hoveredId) ? hoveredId : null,
      canUndo: history.undoTitle !== null,
      canRedo: history.redoTitle !== null,
      undoTitle: history.undoTitle,
      redoTitle: history.redoTitle,
    });
    this.highlight();
  }

  /** Has the selection and the hovered shape drawn as such. */
  highlight(): void {
    const { selectedIds, hoveredId } = this.state.getState();
    this.scene.highlight(selectedIds, hoveredId);
    this.view?.invalidate();
  }

  /** Publishes which tool is in use, and shows its pointer at once. */
  #syncTool(): void {
    this.set({ tool: this.tools.name });
    this.context.cursor({ select: 'default', rectangle: 'crosshair', pan: 'grab' }[this.tools.name]);
    this.view?.invalidate();
  }

  overlay(pointer: { readonly x: number; readonly y: number } | null): OverlayScene {
    const { selectedIds } = this.state.getState();
    const [id] = selectedIds;
    const single = selectedIds.length === 1 && id !== undefined && !this.scene.isHidden(id) && !this.scene.isLocked(id) ? id : null;
    const shape = single === null || this.scene.frame !== this.state.getState().frame ? null : this.scene.shownShape(single);
    return {
      handles: shape === null ? [] : grips(shape, this.state.getState().zoom),
      handleColour: single === null ? '' : this.scene.colourOf(single),
      captions: this.scene.captions(),
      crosshair: this.tools.current.crosshair ? pointer : null,
    };
  }

  dispose(): void {
    this.player.pause();
    this.#cancelWait?.();
    this.#stopListening();
    this.view?.dispose();
    this.pictures.close();
    this.link.close();
  }

  #open(): void {
    void this.link.open((error) => {
      this.set({ document: error === null ? { kind: 'ready' } : { kind: 'error', message: error } });
      this.refreshObjects();
    });
  }

  /** Brings the frame that is wanted into view, with its picture if it is there. */
  #present(): void {
    const { frame, frameSize: known } = this.state.getState();
    this.#cancelWait?.();
    this.#cancelWait = null;
    const picture = this.pictures.get(frame);
    // A cloud has as many pixels as its picture has.
    const frameSize = this.#is3d && picture !== null ? turnedSize(picture, picture.turns) : known;
    if (frameSize !== known) this.set({ frameSize });
    this.view?.setImage(picture, frameSize, frame);
    this.scene.show(frame);
    this.set({ frameStatus: this.pictures.status(frame) });
    this.refreshObjects();
    // Made now, the first move of the pointer need not wait for it.
    CLOCK.after(0, () => this.document.index(frame));
  }

  #isSkipped(frame: number): boolean {
    if (this.#included?.has(frame) === false) return true;
    return !this.state.getState().showDeleted && this.deleted.has(frame);
  }

  #stepOver(frame: number, by: number): number | null {
    const { startFrame: first, stopFrame: last } = this.state.getState();
    return stepOver(frame, by, { first, last }, (one) => this.#isSkipped(one));
  }

  #drawability(frame: number): Pick<EditorState, 'frameDeleted' | 'drawable'> {
    const frameDeleted = this.deleted.has(frame);
    return { frameDeleted, drawable: !frameDeleted && !this.#is3d };
  }

  #onDeleted(): void {
    const { frame, frameDeleted: before, tool } = this.state.getState();
    this.set({ ...this.#drawability(frame), deletedCount: this.deleted.all.size });
    if (this.state.getState().frameDeleted === before) return;
    if (tool === 'rectangle') this.setTool('select');
    this.scene.show(this.scene.frame);
    this.refreshObjects();
    this.view?.invalidate();
  }

  /** True when the picture of a frame is there, or will never be. */
  #isSettled(frame: number): boolean {
    const status = this.pictures.status(frame);
    return status.kind === 'ready' || (status.kind === 'error' && !status.retrying);
  }

  /** Shows a frame on the way to the one that is wanted, which is not there yet. */
  #glimpse(frame: number): void {
    const picture = this.pictures.get(frame);
    if (picture === null) return;
    this.view?.setImage(picture, this.#is3d ? turnedSize(picture, picture.turns) : frameMeta(this.#meta, frame), frame);
    this.scene.show(frame);
    this.refreshObjects();
  }

  #onPicture(frame: number): void {
    this.player.onReady();
    const wanted = this.state.getState().frame;
    if (frame === wanted) this.#present();
    else if (!this.pictures.isWanted(frame) && this.pictures.get(wanted) === null) this.#glimpse(frame);
  }

  #onChange(change: ChangeSet): void {
    if (isEmpty(change)) return;
    this.scene.update(idsOf(change));
    // After undo and the like the history is settled only when the caller is done.
    this.refreshObjects();
    queueMicrotask(() => this.refreshObjects());
  }
}
