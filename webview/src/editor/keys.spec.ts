import { describe, expect, it } from 'vitest';

import { KEYS } from './keymap';
import { commandFor, isTyping } from './keys';
import type { KeyPress } from './keys';

function press(key: string, code: string, over: Partial<KeyPress> = {}): KeyPress {
  return { key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, repeat: false, ...over };
}

describe('commandFor', () => {
  it.each([
    [press('f', 'KeyF'), 'frame.next'],
    [press('F', 'KeyF', { shiftKey: true }), 'view.fit'],
    [press('z', 'KeyZ', { ctrlKey: true }), 'undo'],
    [press('z', 'KeyZ', { metaKey: true }), 'undo'],
    [press('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }), 'redo'],
    [press(' ', 'Space'), 'play.toggle'],
    [press('Escape', 'Escape'), 'cancel'],
    [press('Delete', 'Delete'), 'delete'],
    [press('3', 'Digit3'), 'label.3'],
    [press('"', 'Digit3'), 'label.3'], // a French keyboard without Shift
    [press('3', 'Digit3', { ctrlKey: true }), 'label.3'],
    [press('ArrowLeft', 'ArrowLeft', { shiftKey: true }), 'nudge.left.far'],
    [press('?', 'Slash', { shiftKey: true }), 'help'],
    [press('+', 'Equal', { shiftKey: true }), 'view.in'],
    [press('а', 'KeyF'), 'frame.next'], // a Cyrillic layout
    [press('f', 'KeyF', { altKey: true }), null],
    [press('x', 'KeyX'), null],
  ])('finds the command of %o', (event, command) => {
    expect(commandFor(event, KEYS)).toBe(command);
  });

  it('repeats walking but not toggling', () => {
    expect(commandFor(press('f', 'KeyF', { repeat: true }), KEYS)).toBe('frame.next');
    expect(commandFor(press('n', 'KeyN', { repeat: true }), KEYS)).toBeNull();
  });
});

describe('the key map', () => {
  it('gives every key one meaning', () => {
    const keys = KEYS.flatMap((binding) => binding.keys);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });
});

describe('isTyping', () => {
  it('is true in text fields and dialogs only', () => {
    document.body.innerHTML = '<input id="text"><input id="slider" type="range"><div role="dialog"><button id="ok"></button></div><p id="p"></p>';
    const typing = ['text', 'slider', 'ok', 'p'].map((id) => isTyping(document.getElementById(id)));
    expect(typing).toEqual([true, false, true, false]);
  });

  it('is true everywhere while a modal dialog is open, wherever the focus is', () => {
    document.body.innerHTML = '<div role="dialog" aria-modal="true"></div><p id="p"></p>';
    expect(isTyping(document.getElementById('p'))).toBe(true);
  });
});
