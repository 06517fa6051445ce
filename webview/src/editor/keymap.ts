/** The keyboard as data: what CVAT's users have in their fingers. The help dialog lists this, `keys.ts` reads it. */

import type { CommandId, KeyBinding } from './api';

function binding(group: KeyBinding['group'], command: CommandId, title: string, keys: readonly string[], repeats = false): KeyBinding {
  return { group, command, title, keys, repeats };
}

const LABELS: readonly KeyBinding[] = ([1, 2, 3, 4, 5, 6, 7, 8, 9, 0] as const).map((digit) =>
  binding('Draw', `label.${digit}`, `Label ${digit === 0 ? 10 : digit}: of the selection, or of what is drawn next`, [String(digit), `Ctrl+${digit}`]),
);

const NUDGES: readonly KeyBinding[] = (['left', 'right', 'up', 'down'] as const).flatMap((side) => {
  const key = side.charAt(0).toUpperCase() + side.slice(1);
  return [
    binding('Objects', `nudge.${side}`, `Move the selection 1 pixel ${side}`, [key], true),
    binding('Objects', `nudge.${side}.far`, `Move the selection 10 pixels ${side}`, [`Shift+${key}`], true),
  ];
});

export const KEYS: readonly KeyBinding[] = [
  binding('Frames', 'frame.next', 'Next frame', ['F'], true),
  binding('Frames', 'frame.previous', 'Previous frame', ['D'], true),
  binding('Frames', 'frame.forward', '10 frames forward', ['V'], true),
  binding('Frames', 'frame.back', '10 frames back', ['C'], true),
  binding('Frames', 'frame.first', 'First frame', ['Home']),
  binding('Frames', 'frame.last', 'Last frame', ['End']),
  binding('Frames', 'play.toggle', 'Play or pause', ['Space']),
  binding('Frames', 'frame.delete', 'Delete the frame, or restore it', ['Alt+Del']),
  binding('Draw', 'draw.toggle', 'Draw again with the last label, or stop drawing', ['N']),
  binding('Draw', 'cancel', 'Cancel drawing; then clear the selection', ['Esc']),
  ...LABELS,
  binding('Objects', 'delete', 'Delete the selection', ['Del', 'Backspace']),
  binding('Objects', 'select.next', 'Next object (first those under the pointer)', ['Tab'], true),
  binding('Objects', 'select.previous', 'Previous object', ['Shift+Tab'], true),
  binding('Objects', 'select.all', 'Select everything on the frame', ['Ctrl+A']),
  binding('Objects', 'hide.toggle', 'Hide or show the selection', ['H']),
  binding('Objects', 'lock.toggle', 'Lock or unlock the selection', ['L']),
  binding('Objects', 'occluded.toggle', 'Mark the selection as occluded, or as not', ['Q']),
  binding('Objects', 'keyframe.toggle', 'Set or remove a keyframe of the selected tracks', ['K']),
  binding('Objects', 'outside', 'Take the selected tracks out of the picture, up to their next keyframe', ['O']),
  ...NUDGES,
  binding('View', 'view.fit', 'Fit the picture', ['Shift+F']),
  binding('View', 'view.in', 'Zoom in', ['+', '='], true),
  binding('View', 'view.out', 'Zoom out', ['-'], true),
  binding('View', 'view.actual', 'One image pixel to one screen pixel', ['Shift+1']),
  binding('View', 'tool.select', 'Select and edit (also: Esc)', ['Shift+S']),
  binding('View', 'tool.pan', 'Move the picture by dragging (also: hold the mouse wheel, or Space)', ['Shift+M']),
  binding('Conflicts', 'conflict.next', 'Next conflict of the job', ['J']),
  binding('Conflicts', 'conflict.previous', 'Previous conflict of the job', ['Shift+J']),
  binding('Conflicts', 'conflict.ours', 'Keep mine in the conflict that is shown', ['Alt+1']),
  binding('Conflicts', 'conflict.theirs', 'Take theirs in the conflict that is shown', ['Alt+2']),
  binding('Conflicts', 'conflict.both', 'Keep both in the conflict that is shown', ['Alt+3']),
  binding('Other', 'issue.new', 'New issue on the selection, or at the pointer (also: right button)', ['I']),
  binding('Other', 'undo', 'Undo', ['Ctrl+Z'], true),
  binding('Other', 'redo', 'Redo', ['Ctrl+Shift+Z', 'Ctrl+Y'], true),
  binding('Other', 'save.now', 'Send waiting edits at once (saving is automatic)', ['Ctrl+S']),
  binding('Other', 'help', 'This list', ['?', 'F1']),
];
