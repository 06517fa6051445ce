/** Putting an editor into a page. */

import type { Point } from '../geometry/point';
import { NoWebGLError } from '../render/renderer';
import type { EditorHandle, EditorOptions, EditorStats, MountEditor } from './api';
import { CanvasView } from './canvasView';
import { askIssue, editorCommands, runCommand } from './commands';
import { Editor } from './editor';
import { listen } from './input';
import { KEYS } from './keymap';

/** What browser tests find at `window.__cvatdPerf` while an editor is mounted. */
export type PerformanceProbe = Pick<EditorHandle, 'stats' | 'resetStats' | 'toClient' | 'drawn' | 'colours'>;

declare global {
  interface Window {
    __cvatdPerf?: PerformanceProbe | undefined;
  }
}

const NO_STATS: EditorStats = {
  frames: 0,
  scriptMs: { median: 0, p95: 0, max: 0 },
  hitTests: 0,
  hitTestMs: { median: 0, p95: 0, max: 0 },
  shownFrame: null,
  shapes: 0,
  held: 0,
  uploadedBytes: 0,
  camera: { scale: 1, x: 0, y: 0 },
};

/** Makes the canvas, or tells the person why there is none. */
function makeView(host: HTMLElement, editor: Editor, options: EditorOptions, pointer: () => Point | null): CanvasView | null {
  try {
    return new CanvasView(host, {
      theme: options.theme ?? 'dark',
      overlay: () => editor.overlay(pointer()),
      onCamera: (camera) => editor.set({ zoom: camera.scale }),
    });
  } catch (error) {
    if (!(error instanceof NoWebGLError)) throw error;
    editor.set({ fatal: error.message });
    return null;
  }
}

export const mountEditor: MountEditor = (host: HTMLElement, options: EditorOptions): EditorHandle => {
  const editor = new Editor(options);
  const commands = editorCommands(editor);
  let pointer: Point | null = null;
  const view = makeView(host, editor, options, () => pointer);
  editor.view = view;

  const stopping = new AbortController();
  const { signal } = stopping;
  const stopInput = view === null ? () => undefined : listen({
    view,
    tools: editor.tools,
    context: editor.context,
    canEdit: () => editor.canEdit,
    canTravel: () => editor.canTravel,
    cancel: () => editor.cancel(),
    run: (command) => runCommand(editor, commands, command),
    onPointer: (sample) => {
      pointer = sample?.screen ?? null;
      editor.set({ cursor: sample?.at ?? null });
      if (editor.tools.current.crosshair) view.invalidate();
    },
    onDoubleClick: (sample) => {
      if (editor.tools.name !== 'rectangle' && editor.context.hits(sample.at, 0).length === 0) commands.fit();
    },
    onMenu: (sample) => askIssue(editor, editor.context.hits(sample.at, 0).slice(0, 1).map((hit) => hit.id), sample.at),
  });
  // Who comes back from a terminal may have brought what was missing.
  window.addEventListener('focus', () => commands.renewPictures(), { signal });
  window.addEventListener('online', () => commands.retryNow(), { signal });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') commands.retryNow();
  }, { signal });
  editor.start();

  const handle: EditorHandle = {
    state: editor.state,
    commands,
    keys: KEYS,
    stats: () => ({ ...NO_STATS, ...view?.stats(), shownFrame: editor.shownFrame, held: editor.pictures.held, hitTests: editor.hitTests.count, hitTestMs: editor.hitTests.summary() }),
    resetStats: () => {
      view?.resetStats();
      editor.hitTests.reset();
    },
    toClient: (at) => view?.toClient(at) ?? at,
    drawn: () => view?.drawn ?? [],
    colours: (at) => view?.colours(at) ?? [],
    settled: () => editor.link.queue.settled(),
    dispose: () => {
      stopping.abort();
      stopInput();
      editor.dispose();
      if (window.__cvatdPerf === probe) window.__cvatdPerf = undefined;
    },
  };
  const probe: PerformanceProbe = {
    stats: () => handle.stats(),
    resetStats: () => handle.resetStats(),
    toClient: (at) => handle.toClient(at),
    drawn: () => handle.drawn(),
    colours: (at) => handle.colours(at),
  };
  window.__cvatdPerf = probe;
  return handle;
};
