import type { MouseEvent } from 'react';

/**
 * For `onMouseDown` of bars with buttons: a click does not take the keyboard from the canvas (else Space would press the
 * button again instead of playing). Fields still take it, and Tab still reaches everything.
 */
export function keepFocus(event: MouseEvent): void {
  if (event.target instanceof Element && event.target.closest('input, select, textarea, [role=menu]') === null)
    event.preventDefault();
}
