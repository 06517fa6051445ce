/** An editor without a canvas, for specs of the bars and panels around it: its state is set, its commands are remembered. */

import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

import type { EditorCommands, EditorHandle, EditorState } from '../editor/api';
import { KEYS } from '../editor/keymap';

const STATE: EditorState = {
  fatal: null,
  document: { kind: 'ready' },
  frame: 0,
  startFrame: 0,
  stopFrame: 99,
  frameCount: 100,
  frameStatus: { kind: 'ready' },
  frameSize: { width: 640, height: 480 },
  frameName: 'a.jpg',
  contextCount: 0,
  frameDeleted: false,
  deletedCount: 0,
  showDeleted: false,
  drawable: true,
  playback: { kind: 'pictures', why: null },
  playing: false,
  objects: [],
  selectedIds: [],
  hoveredId: null,
  tool: 'select',
  activeLabelId: null,
  save: { kind: 'saved' },
  canUndo: false,
  canRedo: false,
  undoTitle: null,
  redoTitle: null,
  zoom: 1,
  cursor: null,
  notice: null,
  conflictAct: null,
  issueAsked: null,
};

export interface EditorDouble {
  readonly handle: EditorHandle;
  readonly store: StoreApi<EditorState>;
  /** Commands in order, each as its name and arguments. */
  readonly given: readonly (readonly [keyof EditorCommands, ...unknown[]])[];
}

export function editorDouble(state: Partial<EditorState> = {}): EditorDouble {
  const store = createStore<EditorState>(() => ({ ...STATE, ...state }));
  const given: [keyof EditorCommands, ...unknown[]][] = [];
  const commands = new Proxy({} as EditorCommands, {
    get:
      (_target, name: keyof EditorCommands) =>
      (...args: unknown[]) =>
        void given.push([name, ...args]),
  });
  const unused = (): never => {
    throw new Error('A spec without a canvas does not ask this.');
  };
  const handle: EditorHandle = {
    state: store,
    commands,
    keys: KEYS,
    stats: unused,
    resetStats: unused,
    toClient: unused,
    drawn: unused,
    colours: unused,
    settled: () => Promise.resolve(),
    dispose: () => undefined,
  };
  return { handle, store, given };
}
