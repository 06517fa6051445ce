/** What each command does; buttons, keys and the help dialog all come here. */

import type { Point } from '../geometry/point';
import { deleting, putting } from '../store/change';
import type { Travel } from '../store/history';
import { labelFits, typeOf, withLabel } from '../store/objects';
import type { ObjectId } from '../store/objects';
import { nextObject } from '../tools/cycle';
import { takeOut, toggleKeyframe, toggleOccluded } from '../tools/marking';
import { nudge } from '../tools/moving';
import { REACH } from '../tools/tool';
import type { CommandId, ConflictAct, EditorCommands } from './api';
import type { Editor } from './editor';
import { issuePosition } from './issueMarks';

const STEP = 10;
const ZOOM_STEP = 1.25;
const FAR = 10;

export function editorCommands(editor: Editor): EditorCommands {
  const { context, player } = editor;
  const state = (): ReturnType<Editor['state']['getState']> => editor.state.getState();

  const travelled = (travel: Travel | null, done: string): void => {
    if (travel === null) return;
    const elsewhere = travel.frame !== state().frame;
    if (elsewhere) editor.setFrame(travel.frame);
    if (travel.deletion !== null) editor.deleted.set(travel.deletion.frame, travel.deletion.deleted);
    if (travel.deletion !== null) editor.refreshObjects();
    editor.notify(`${done}: ${travel.title}${elsewhere ? `, on frame ${travel.frame}` : ''}`);
  };

  const commands: EditorCommands = {
    setFrame: (frame) => {
      player.pause();
      editor.setFrame(frame);
    },
    step: (by) => {
      player.pause();
      editor.step(by);
    },
    play: () => player.play(),
    pause: () => player.pause(),
    togglePlay: () => player.toggle(),
    setFrameDeleted: (deleted) => editor.setFrameDeleted(deleted),
    setShowDeleted: (showDeleted) => editor.set({ showDeleted }),
    update: (job, meta) => editor.update(job, meta),

    setTool: (tool) => editor.setTool(tool),
    toggleDraw: () => {
      if (!state().drawable) editor.notify(state().frameDeleted ? 'Nothing is drawn on a deleted frame.' : 'Point clouds cannot be drawn on here yet.');
      else if (state().activeLabelId === null) editor.notify('This task has no label for shapes, so nothing can be drawn.');
      else editor.setTool(state().tool === 'rectangle' ? 'select' : 'rectangle');
    },
    setActiveLabel: (labelId) => editor.set({ activeLabelId: labelId }),
    chooseLabel: (labelId) => {
      const { selectedIds, tool } = state();
      if (selectedIds.length > 0 && tool === 'select') commands.changeLabel(selectedIds, labelId);
      else commands.setActiveLabel(labelId);
    },

    select: (ids) => context.select(ids),
    hover: (id) => context.hover(id),
    reveal: (id) => {
      context.select([id]);
      const box = editor.document.bounds(id, state().frame);
      if (box !== null) editor.view?.reveal(box);
    },
    deleteSelected: () => {
      const ids = state().selectedIds.filter((id) => !context.isLocked(id));
      if (ids.length < state().selectedIds.length) editor.notify('Locked objects are not deleted.');
      context.commit(deleting(...ids), { title: ids.length === 1 ? 'delete object' : `delete ${ids.length} objects` });
    },
    changeLabel: (ids, labelId) => {
      if (ids.some((id) => context.isLocked(id))) editor.notify('Locked objects keep their label.');
      const label = editor.labels.find((one) => one.id === labelId);
      const objects = ids.flatMap((id) => {
        const object = editor.document.get(id);
        return object === undefined || object.data.label_id === labelId || context.isLocked(id) ? [] : [object];
      });
      const fitting = objects.filter((object) => label === undefined || labelFits(label, object));
      const other = objects.find((object) => !fitting.includes(object));
      if (other !== undefined) editor.notify(`The label ${label?.name ?? ''} cannot be given to a ${typeOf(other)}.`);
      context.commit(putting(...fitting.map((object) => withLabel(object, labelId))), { title: 'change label' });
    },
    toggleHidden: (ids) => {
      editor.scene.toggleHidden(ids);
      editor.refreshObjects();
    },
    toggleLocked: (ids) => {
      editor.scene.toggleLocked(ids);
      editor.refreshObjects();
    },

    undo: () => travelled(editor.link.session.undo(), 'Undone'),
    redo: () => travelled(editor.link.session.redo(), 'Redone'),

    fit: () => editor.view?.fit(),
    zoomIn: () => editor.view?.zoom(ZOOM_STEP),
    zoomOut: () => editor.view?.zoom(1 / ZOOM_STEP),
    actualSize: () => editor.view?.zoom(1 / state().zoom),
    setTheme: (theme) => editor.view?.setTheme(theme),

    retryRejected: () => editor.link.queue.retryRejected(),
    discardRejected: () => void editor.link.session.discardRejected().catch((error: unknown) => editor.trouble(error)),
    retryNow: () => {
      editor.link.queue.retryNow();
      editor.pictures.retryNow();
    },
    renewPictures: () => editor.pictures.renewStandIns(),
    showConflicts: (conflicts, current) => {
      editor.scene.showConflicts(conflicts, current);
      editor.view?.invalidate();
    },
    showIssues: (marks) => {
      editor.scene.showIssues(marks);
      editor.view?.invalidate();
    },
    pointAtIssue: (id) => {
      editor.scene.pointAtIssue(id);
      editor.view?.invalidate();
    },
    answerIssue: () => editor.set({ issueAsked: null }),
    refetch: () => editor.refetch(),
    remoteChange: ({ client }) => {
      if (client !== editor.link.client) commands.refetch();
    },
    run: (command) => void runCommand(editor, commands, command),
  };
  return commands;
}

const SIDES = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const;

/** Asks the page for a new issue: on the given objects, or at a place of the picture. */
export function askIssue(editor: Editor, ids: readonly ObjectId[], at: Point | null): void {
  editor.askIssue(issuePosition(ids.map((id) => editor.scene.shownShape(id)), at));
}

/** Runs a command by its id; false when it had nothing to do. */
export function runCommand(editor: Editor, commands: EditorCommands, command: CommandId): boolean {
  const { selectedIds, frameDeleted, document: documentStatus } = editor.state.getState();
  const walk = (direction: 1 | -1): boolean => {
    const { cursor, objects, zoom } = editor.state.getState();
    const under = cursor === null ? [] : editor.context.hits(cursor, REACH / zoom).map((hit) => hit.id);
    const shown = objects.filter((object) => !object.hidden).map((object) => object.id);
    const next = nextObject(under, shown, selectedIds, direction);
    if (next === null) return false;
    commands.reveal(next);
    return true;
  };
  const onSelection = (act: (ids: readonly ObjectId[]) => void): boolean => {
    if (selectedIds.length === 0) return false;
    act(selectedIds);
    return true;
  };
  const tracksOnly = (done: boolean): void => {
    if (!done) editor.notify('This is for tracks; no unlocked one is selected.');
  };
  const [kind, name = '', far] = command.split('.');
  if (kind === 'conflict') {
    editor.askConflicts(name as ConflictAct);
    return true;
  }
  if (kind === 'label') {
    const label = editor.labels[(Number(name) + 9) % 10];
    if (label !== undefined) commands.chooseLabel(label.id);
    return label !== undefined;
  }
  if (kind === 'nudge') {
    const [dx, dy] = SIDES[name as keyof typeof SIDES];
    const by = far === undefined ? 1 : FAR;
    return onSelection(() => nudge(editor.context, dx * by, dy * by));
  }
  switch (command as Exclude<CommandId, `label.${number}` | `nudge.${string}` | `conflict.${string}`>) {
    case 'frame.next': commands.step(1); break;
    case 'frame.previous': commands.step(-1); break;
    case 'frame.forward': commands.step(STEP); break;
    case 'frame.back': commands.step(-STEP); break;
    case 'frame.first': editor.player.pause(); editor.goToEnd('first'); break;
    case 'frame.last': editor.player.pause(); editor.goToEnd('last'); break;
    case 'frame.delete': commands.setFrameDeleted(!frameDeleted); break;
    case 'play.toggle': commands.togglePlay(); break;
    case 'draw.toggle': if (documentStatus.kind === 'ready') commands.toggleDraw(); break;
    case 'tool.select': commands.setTool('select'); break;
    case 'tool.pan': commands.setTool('pan'); break;
    case 'cancel': return editor.cancel() || onSelection(() => commands.select([]));
    case 'delete': return onSelection(() => commands.deleteSelected());
    case 'issue.new': askIssue(editor, selectedIds, editor.state.getState().cursor); break;
    case 'undo': commands.undo(); break;
    case 'redo': commands.redo(); break;
    case 'hide.toggle': return onSelection((ids) => commands.toggleHidden(ids));
    case 'lock.toggle': return onSelection((ids) => commands.toggleLocked(ids));
    case 'occluded.toggle': return onSelection(() => toggleOccluded(editor.context));
    case 'keyframe.toggle': return onSelection(() => tracksOnly(toggleKeyframe(editor.context)));
    case 'outside': return onSelection(() => tracksOnly(takeOut(editor.context)));
    case 'select.next': return walk(1);
    case 'select.previous': return walk(-1);
    case 'select.all': editor.selectAll(); break;
    case 'view.fit': commands.fit(); break;
    case 'view.in': commands.zoomIn(); break;
    case 'view.out': commands.zoomOut(); break;
    case 'view.actual': commands.actualSize(); break;
    case 'save.now': commands.retryNow(); break;
    case 'help': editor.options.onHelp?.(); break;
  }
  return true;
}
