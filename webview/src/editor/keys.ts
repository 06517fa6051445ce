/** From a key press to a command. */

import type { CommandId, KeyBinding } from './api';

/** What is needed of a keyboard event. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  Escape: 'Esc',
  Delete: 'Del',
  ' ': 'Space',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
};

/**
 * The ways to write a press, as in the key map. Letters and digits go by their place on the keyboard when the layout has no
 * Latin ones; signs ("?", "+") say themselves whether Shift is needed, so it is not written for them.
 */
function spellings(press: KeyPress): string[] {
  const modifiers = `${press.ctrlKey || press.metaKey ? 'Ctrl+' : ''}${press.altKey ? 'Alt+' : ''}`;
  const shift = press.shiftKey ? 'Shift+' : '';
  const named = NAMES[press.key] ?? (press.key.length === 1 ? press.key.toUpperCase() : press.key);
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(press.code)?.[1];
  if (digit !== undefined && press.code.startsWith('Digit')) return [`${modifiers}${shift}${digit}`];
  if (/^[A-Z]$/.test(named) || named.length > 1) return [`${modifiers}${shift}${named}`];
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1];
  const isForeignLetter = letter !== undefined && named.toLowerCase() !== named.toUpperCase();
  return isForeignLetter ? [`${modifiers}${shift}${letter}`] : [`${modifiers}${named}`];
}

/** The command of a key press, or null: not ours, or a repetition that means nothing. */
export function commandFor(press: KeyPress, bindings: readonly KeyBinding[]): CommandId | null {
  const written = spellings(press);
  const binding = bindings.find(({ keys }) => keys.some((key) => written.includes(key)));
  return binding === undefined || (press.repeat && !binding.repeats) ? null : binding.command;
}

/** True when typing in the element means text, not commands; also below a dialog that is opening and has no focus yet. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.ownerDocument.querySelector('[aria-modal="true"]') !== null) return true;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement) return !['button', 'checkbox', 'radio', 'range', 'submit', 'color'].includes(target.type);
  return target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}
