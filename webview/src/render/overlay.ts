/** A thin 2D canvas over the scene, for the few things that are near the pointer: handles, guide lines, captions. */

import type { Camera } from '../geometry/camera';
import { toScreen } from '../geometry/camera';
import type { Point, Size } from '../geometry/point';

export interface Caption {
  readonly text: string;
  /** Where its lower left corner is, in image pixels. */
  readonly at: Point;
  /** CSS colour of the tab beside the text. */
  readonly colour: string;
}

export interface OverlayScene {
  readonly handles: readonly Point[];
  readonly handleColour: string;
  readonly captions: readonly Caption[];
  /** Guide lines through a screen position, or none. */
  readonly crosshair: Point | null;
}

export interface OverlayColours {
  readonly handleInside: string;
  readonly guide: string;
  readonly guideEdge: string;
  readonly captionGround: string;
  readonly captionText: string;
}

const HANDLE_SIDE = 8;
const FONT = '500 11.5px ui-sans-serif, system-ui, sans-serif';
const CAPTION_HEIGHT = 18;

export class Overlay {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  #viewport: Size = { width: 1, height: 1 };
  #pixelRatio = 1;
  #isClear = true;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
  }

  resize(viewport: Size, pixelRatio: number): void {
    this.#viewport = viewport;
    this.#pixelRatio = pixelRatio;
    const width = Math.max(1, Math.round(viewport.width * pixelRatio));
    const height = Math.max(1, Math.round(viewport.height * pixelRatio));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    this.#isClear = false;
  }

  draw(scene: OverlayScene, camera: Camera, colours: OverlayColours): void {
    const context = this.#context;
    const isEmpty = scene.handles.length === 0 && scene.captions.length === 0 && scene.crosshair === null;
    if (context === null || (isEmpty && this.#isClear)) return;
    context.setTransform(this.#pixelRatio, 0, 0, this.#pixelRatio, 0, 0);
    context.clearRect(0, 0, this.#viewport.width, this.#viewport.height);
    this.#isClear = isEmpty;
    if (scene.crosshair !== null) this.#drawGuides(context, scene.crosshair, colours);
    for (const handle of scene.handles) drawHandle(context, toScreen(camera, handle), scene.handleColour, colours);
    for (const caption of scene.captions) this.#drawCaption(context, caption, toScreen(camera, caption.at), colours);
  }

  #drawGuides(context: CanvasRenderingContext2D, at: Point, colours: OverlayColours): void {
    const x = Math.round(at.x) + 0.5;
    const y = Math.round(at.y) + 0.5;
    // A dark line under a light one is seen on any picture.
    for (const [colour, width] of [[colours.guideEdge, 3], [colours.guide, 1]] as const) {
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, this.#viewport.height);
      context.moveTo(0, y);
      context.lineTo(this.#viewport.width, y);
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
  }

  #drawCaption(context: CanvasRenderingContext2D, caption: Caption, at: Point, colours: OverlayColours): void {
    context.font = FONT;
    const width = context.measureText(caption.text).width + 16;
    const x = Math.max(2, Math.min(at.x, this.#viewport.width - width - 2));
    const y = Math.max(2, Math.min(at.y - CAPTION_HEIGHT - 5, this.#viewport.height - CAPTION_HEIGHT - 2));
    context.fillStyle = colours.captionGround;
    context.beginPath();
    context.roundRect(x, y, width, CAPTION_HEIGHT, 3);
    context.fill();
    context.fillStyle = caption.colour;
    context.beginPath();
    context.roundRect(x, y, 4, CAPTION_HEIGHT, [3, 0, 0, 3]);
    context.fill();
    context.fillStyle = colours.captionText;
    context.textBaseline = 'middle';
    context.fillText(caption.text, x + 10, y + CAPTION_HEIGHT / 2 + 0.5);
  }
}

function drawHandle(context: CanvasRenderingContext2D, at: Point, colour: string, colours: OverlayColours): void {
  const x = Math.round(at.x) - HANDLE_SIDE / 2;
  const y = Math.round(at.y) - HANDLE_SIDE / 2;
  context.fillStyle = colours.handleInside;
  context.fillRect(x, y, HANDLE_SIDE, HANDLE_SIDE);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.strokeRect(x, y, HANDLE_SIDE, HANDLE_SIDE);
}
