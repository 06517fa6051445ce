/** What the tools see of the editor, and do to it. */

import type { ToolContext } from '../tools/tool';
import type { Editor } from './editor';

export function editorContext(editor: Editor): ToolContext {
  const state = (): ReturnType<Editor['state']['getState']> => editor.state.getState();
  return {
    get frame() {
      return state().frame;
    },
    get image() {
      return state().frameSize;
    },
    get scheme() {
      return editor.document.scheme;
    },
    get zoom() {
      return state().zoom;
    },
    get activeLabelId() {
      return state().activeLabelId;
    },
    get selectedIds() {
      return state().selectedIds;
    },

    hits(at, tolerance) {
      const start = performance.now();
      const hits = editor.document.hits(state().frame, at, tolerance).filter((hit) => !editor.scene.isHidden(hit.id));
      editor.hitTests.add(performance.now() - start);
      return hits;
    },
    object: (id) => editor.document.get(id),
    shape: (id) => editor.document.shape(id, state().frame),
    isLocked: (id) => editor.scene.isLocked(id),
    newId() {
      const id = editor.link.ids.next();
      if (id === null) editor.notify('cvatd has to be reached once before anything can be drawn: it gives the ids.', 'error');
      return id;
    },

    commit(change, note) {
      editor.link.session.edit(change, { ...note, frame: state().frame });
    },
    preview(shapes) {
      editor.scene.preview(shapes);
      editor.view?.invalidate();
    },
    draft(draft) {
      editor.scene.draft(draft);
      editor.view?.invalidate();
    },
    select(ids) {
      editor.set({ selectedIds: ids });
      editor.highlight();
    },
    hover(id) {
      if (id === state().hoveredId) return;
      editor.set({ hoveredId: id });
      editor.highlight();
    },
    panBy(dx, dy) {
      const { view } = editor;
      if (view !== null) view.setCamera({ ...view.camera, x: view.camera.x + dx, y: view.camera.y + dy });
    },
    cursor(css) {
      if (editor.view !== null && editor.view.element.style.cursor !== css) editor.view.element.style.cursor = css;
    },
    finish: () => editor.setTool('select'),
  };
}
