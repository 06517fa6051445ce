/** The tools and which one has the pointer. The wheel button, or Space held down, moves the picture whatever the tool. */

import { DrawRectangleTool } from './drawRectangle';
import { PanTool } from './pan';
import { SelectTool } from './select';
import type { PointerSample, Tool, ToolContext } from './tool';

export class ToolBox {
  readonly #tools = { select: new SelectTool(), rectangle: new DrawRectangleTool(), pan: new PanTool() };
  readonly #hand = new PanTool();
  #current: keyof ToolBox['tools'] = 'select';
  /** The tool that got the press: it gets the moves until the release. */
  #pressed: Tool | null = null;
  /** True while Space is held: the next press moves the picture. */
  holding = false;

  get tools(): { readonly select: Tool; readonly rectangle: Tool; readonly pan: Tool } {
    return this.#tools;
  }

  get current(): Tool {
    return this.#tools[this.#current];
  }

  get name(): keyof ToolBox['tools'] {
    return this.#current;
  }

  /** True between a press and its release. */
  get pressed(): boolean {
    return this.#pressed !== null;
  }

  use(name: keyof ToolBox['tools'], context: ToolContext): void {
    if (name === this.#current) return;
    this.current.cancel(context);
    this.#current = name;
  }

  pointerDown(sample: PointerSample, context: ToolContext): void {
    if (this.#pressed !== null || sample.button === 2) return;
    this.#pressed = sample.button === 1 || this.holding ? this.#hand : this.current;
    this.#pressed.pointerDown(sample, context);
  }

  pointerMove(sample: PointerSample, context: ToolContext): void {
    const tool = this.#pressed ?? (this.holding ? this.#hand : this.current);
    tool.pointerMove(sample, context);
  }

  pointerUp(sample: PointerSample, context: ToolContext): void {
    const tool = this.#pressed;
    this.#pressed = null;
    tool?.pointerUp(sample, context);
  }

  /** Gives up what is half done; else goes back to selecting; else answers false. */
  cancel(context: ToolContext): boolean {
    this.#pressed = null;
    this.#hand.cancel();
    if (this.current.cancel(context)) return true;
    if (this.#current === 'select') return false;
    this.use('select', context);
    return true;
  }
}
