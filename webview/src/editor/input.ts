/** The browser's pointer, wheel and keyboard events, turned into samples for the tools and into commands. */

import type { PointerSample, ToolContext } from '../tools/tool';
import type { ToolBox } from '../tools/toolBox';
import type { CommandId } from './api';
import type { CanvasView } from './canvasView';
import { KEYS } from './keymap';
import { commandFor, isTyping } from './keys';

export interface InputOptions {
  readonly view: CanvasView;
  readonly tools: ToolBox;
  readonly context: ToolContext;
  /** True while shapes may be touched; else the pointer only moves the picture. */
  readonly canEdit: () => boolean;
  /** False while the frame asked for is not in view: a key that is held down waits for it, so that every frame is seen. */
  readonly canTravel: () => boolean;
  /** Gives up what is half done. */
  readonly cancel: () => void;
  /** Runs a command; false when it had nothing to do, so that the key keeps its own meaning. */
  readonly run: (command: CommandId) => boolean;
  /** The pointer is at a sample, or has left. */
  readonly onPointer: (sample: PointerSample | null) => void;
  readonly onDoubleClick: (sample: PointerSample) => void;
  /** The right button, where nothing is half drawn. */
  readonly onMenu: (sample: PointerSample) => void;
}

/** Keys that mean something to whatever control has the focus. */
const CONTROL_KEYS = new Set([' ', 'Enter', 'Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
const PIXELS_A_LINE = 16;

/** Listens until the answer is called. */
export function listen(options: InputOptions): () => void {
  const { view, tools, context } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const target = view.element;
  /** Space moves the picture while it is held and plays when it is only tapped. */
  let tapped = false;
  let inside = false;

  const sampleOf = (event: MouseEvent): PointerSample => {
    const screen = view.fromClient({ x: event.clientX, y: event.clientY });
    return { at: view.toImage(screen), screen, button: event.button, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey };
  };

  const onPointer = (type: 'pointerdown' | 'pointermove' | 'pointerup', handle: (sample: PointerSample, event: PointerEvent) => void): void => {
    target.addEventListener(type, (event) => view.timed(() => {
      if (event.isPrimary) handle(sampleOf(event), event);
    }), { signal });
  };

  onPointer('pointerdown', (sample, event) => {
    target.focus({ preventScroll: true });
    target.setPointerCapture(event.pointerId);
    tapped = false;
    if (options.canEdit()) tools.pointerDown(sample, context);
    else tools.pointerDown({ ...sample, button: 1 }, context);
  });

  onPointer('pointermove', (sample) => {
    inside = true;
    options.onPointer(sample);
    if (options.canEdit() || tools.pressed) tools.pointerMove(sample, context);
  });

  onPointer('pointerup', (sample) => tools.pointerUp(sample, context));

  const leave = (): void => {
    inside = false;
    options.onPointer(null);
    if (!tools.pressed) context.hover(null);
  };
  target.addEventListener('pointerleave', leave, { signal });
  target.addEventListener('pointercancel', () => options.cancel(), { signal });
  target.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    if (!tools.pressed && tools.name === 'select') options.onMenu(sampleOf(event));
  }, { signal });
  // Else the wheel button starts the browser's own scrolling.
  target.addEventListener('mousedown', (event) => {
    if (event.button === 1) event.preventDefault();
  }, { signal });
  target.addEventListener('dblclick', (event) => options.onDoubleClick(sampleOf(event)), { signal });

  target.addEventListener('wheel', (event) => view.timed(() => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * PIXELS_A_LINE : event.deltaY;
    // Browsers report pinching as a wheel with Ctrl, in finer steps.
    view.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0016)), view.fromClient({ x: event.clientX, y: event.clientY }));
  }), { signal, passive: false });

  const owns = (event: KeyboardEvent): boolean => {
    if (event.defaultPrevented || isTyping(event.target)) return false;
    // Tab is ours only while the pointer is over the picture, so that the keyboard alone can still reach every button.
    if (event.key === 'Tab') return inside;
    return !CONTROL_KEYS.has(event.key) || event.target === document.body || event.target === target;
  };

  window.addEventListener('keydown', (event) => view.timed(() => {
    if (!owns(event)) return;
    const command = commandFor(event, KEYS);
    if (command === 'play.toggle') {
      event.preventDefault();
      tools.holding = true;
      tapped = true;
    } else if (event.repeat && command?.startsWith('frame.') === true && !options.canTravel()) {
      event.preventDefault();
    } else if (command !== null && options.run(command)) {
      event.preventDefault();
    }
  }), { signal });

  window.addEventListener('keyup', (event) => {
    if (event.key !== ' ' || !tools.holding) return;
    tools.holding = false;
    if (tapped) options.run('play.toggle');
  }, { signal });

  window.addEventListener('blur', () => {
    tools.holding = false;
  }, { signal });

  return () => stopping.abort();
}
