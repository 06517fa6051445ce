/** The mounted editor, for the bars and panels around it. */

import { createContext, useContext } from 'react';
import { useStore } from 'zustand';

import type { EditorHandle, EditorState } from '../../editor/api';

export const EditorContext = createContext<EditorHandle | null>(null);

export function useEditorHandle(): EditorHandle {
  const editor = useContext(EditorContext);
  if (editor === null) throw new Error("This component lives inside a job's workspace.");
  return editor;
}

/** A part of the editor's state; the component is drawn anew only when that part changes. */
export function useEditorState<T>(select: (state: EditorState) => T): T {
  return useStore(useEditorHandle().state, select);
}
