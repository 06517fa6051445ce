/** The editor itself: one job, one canvas, and the state that the pages see. */

import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

import { clamp } from '../geometry/point';
import type { Size } from '../geometry/point';
import type { OverlayScene } from '../render/overlay';
import { idsOf, isEmpty } from '../store/change';
import type { ChangeSet } from '../store/change';
import type { Clock } from '../store/clock';
import type { JobDocument } from '../store/document';
import { schemeOf } from '../store/scheme';
import { grips } from '../tools/grips';
import type { ToolContext } from '../tools/tool';
import { ToolBox } from '../tools/toolBox';
import type { ConflictAct, EditorLabel, EditorMeta, EditorOptions, EditorState, ToolName } from './api';
import type { CanvasView } from './canvasView';
import { FrameCache, PictureError } from './frameCache';
import { FrameScene } from './frameScene';
import type { SceneSink } from './frameScene';
import { JobLink } from './jobLink';
import { Player } from './player';
import { Samples } from './samples';
import { editorContext } from './toolContext';
import { DaemonError, Transport } from './transport';

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

function initialState(options: EditorOptions): EditorState {
  const { start_frame: startFrame, stop_frame: stopFrame } = options.job;
  const frame = clamp(options.frame ?? startFrame, startFrame, stopFrame);
  const drawable = options.labels.find((label) => ['any', 'rectangle', undefined].includes(label.type));
  const { width, height, name } = frameMeta(options.meta, frame);
  return {
    fatal: null,
    document: { kind: 'loading' },
    frame,
    startFrame,
    stopFrame,
    frameCount: stopFrame - startFrame + 1,
    frameStatus: { kind: 'loading' },
    frameSize: { width, height },
    frameName: name,
    playing: false,
    objects: [],
    selectedIds: [],
    hoveredId: null,
    tool: 'select',
    activeLabelId: drawable?.id ?? null,
    save: { kind: 'saved' },
    canUndo: false,
    canRedo: false,
    undoTitle: null,
    redoTitle: null,
    zoom: 1,
    cursor: null,
    notice: null,
    conflictAct: null,
  };
}

/** A video has one entry for all of its frames, images have one each. */
function frameMeta(meta: EditorMeta, frame: number): Size & { readonly name: string } {
  const index = meta.frames.length === 1 ? 0 : frame - meta.start_frame;
  return meta.frames[index] ?? { width: 1, height: 1, name: '' };
}

export class Editor {
  readonly options: EditorOptions;
  readonly labels: readonly EditorLabel[];
  readonly state: StoreApi<EditorState>;
  readonly link: JobLink;
  readonly scene: FrameScene;
  readonly pictures: FrameCache<ImageBitmap>;
  /** Pictures of frames that are missing on the daemon's machine. */
  readonly #standIns = new WeakSet<ImageBitmap>();
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
    const transport = new Transport({ jobId: options.job.id, ...options });
    this.link = new JobLink({
      transport,
      scope: options.scope,
      jobId: options.job.id,
      clock: CLOCK,
      scheme: schemeOf(options.labels, options.job.dimension === '3d' ? '3d' : '2d'),
      onStatus: (save) => this.set({ save }),
      onTrouble: (text) => this.notify(text, 'error'),
    });
    this.pictures = new FrameCache<ImageBitmap>({
      first: options.job.start_frame,
      last: options.job.stop_frame,
      clock: CLOCK,
      load: async (frame, signal) => {
        const { picture, missing } = await loadPicture(transport, frame, signal);
        if (missing) this.#standIns.add(picture);
        return picture;
      },
      isStandIn: (picture) => this.#standIns.has(picture),
      onChange: (frame) => this.#onPicture(frame),
    });
    // The sink goes through `view`, which is mounted later and may never be.
    const sink = (): SceneSink => this.view?.renderer ?? NO_SINK;
    this.scene = new FrameScene(
      this.document,
      { upsert: (key, item) => sink().upsert(key, item), remove: (key) => sink().remove(key), clear: () => sink().clear() },
      options.labels,
    );
    this.player = new Player({
      clock: CLOCK,
      fps: options.fps ?? FPS,
      frame: () => this.state.getState().frame,
      last: options.job.stop_frame,
      // A frame that cannot be shown does not stop the film; while the daemon is away it waits.
      isReady: (frame) => this.#isSettled(frame),
      advance: (frame) => this.setFrame(frame),
      onPlaying: (playing) => this.set({ playing }),
    });
    this.context = editorContext(this);
    this.#stopListening = this.document.subscribe((change) => this.#onChange(change));
  }

  get document(): JobDocument {
    return this.link.session.document;
  }

  /** True when the frame asked for is the one in view and its annotations are known. */
  get canEdit(): boolean {
    const { document, frame } = this.state.getState();
    return document.kind === 'ready' && this.scene.frame === frame;
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
    const { frame: before, startFrame, stopFrame } = this.state.getState();
    const frame = clamp(Math.round(wanted), startFrame, stopFrame);
    if (frame === before) return;
    this.tools.current.cancel(this.context);
    this.pictures.want(frame, frame > before ? 1 : -1);
    const { width, height, name } = frameMeta(this.options.meta, frame);
    this.set({ frame, frameSize: { width, height }, frameName: name, hoveredId: null, frameStatus: this.pictures.status(frame) });
    this.#cancelWait?.();
    this.#cancelWait = null;
    if (this.pictures.get(frame) !== null) this.#present();
    else this.#cancelWait = CLOCK.after(PATIENCE, () => this.#present());
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
    const isShown = (id: number): boolean => this.document.isOn(id, frame);
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
    const { frame, frameSize } = this.state.getState();
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.view?.setImage(this.pictures.get(frame), frameSize);
    this.scene.show(frame);
    this.set({ frameStatus: this.pictures.status(frame) });
    this.refreshObjects();
    // Made now, the first move of the pointer need not wait for it.
    CLOCK.after(0, () => this.document.index(frame));
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
    this.view?.setImage(picture, frameMeta(this.options.meta, frame));
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

interface LoadedPicture {
  readonly picture: ImageBitmap;
  readonly missing: boolean;
}

async function loadPicture(transport: Transport, frame: number, signal: AbortSignal): Promise<LoadedPicture> {
  let answer: { readonly blob: Blob; readonly missing: boolean };
  try {
    answer = await transport.frame(frame, signal);
  } catch (error) {
    if (error instanceof DaemonError) throw new PictureError(error.message, { passing: error.isPassing });
    throw error;
  }
  try {
    return { picture: await createImageBitmap(answer.blob, { premultiplyAlpha: 'premultiply' }), missing: answer.missing };
  } catch {
    throw new PictureError(`The browser cannot read the picture of frame ${frame}.`, { passing: false });
  }
}
