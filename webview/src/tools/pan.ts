/** Dragging the picture. */

import type { Point } from '../geometry/point';
import type { PointerSample, Tool, ToolContext } from './tool';

export class PanTool implements Tool {
  readonly name = 'pan';
  readonly crosshair = false;
  #last: Point | null = null;

  pointerDown(sample: PointerSample, context: ToolContext): void {
    this.#last = sample.screen;
    context.cursor('grabbing');
  }

  pointerMove(sample: PointerSample, context: ToolContext): void {
    if (this.#last === null) {
      context.cursor('grab');
      return;
    }
    context.panBy(sample.screen.x - this.#last.x, sample.screen.y - this.#last.y);
    this.#last = sample.screen;
  }

  pointerUp(_sample: PointerSample, context: ToolContext): void {
    this.#last = null;
    context.cursor('grab');
  }

  cancel(): boolean {
    const panning = this.#last !== null;
    this.#last = null;
    return panning;
  }
}
