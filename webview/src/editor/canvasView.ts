/** The canvases in the page: their size, the camera, and drawing when, and only when, something changed. */

import { bounded, fit, revealing, toImage, toScreen, zoomAt } from '../geometry/camera';
import type { Camera } from '../geometry/camera';
import type { Box } from '../geometry/box';
import type { Point, Size } from '../geometry/point';
import type { PictureSource } from '../render/imageLayer';
import { Overlay } from '../render/overlay';
import type { OverlayScene } from '../render/overlay';
import { Renderer } from '../render/renderer';
import type { DrawnFrame, EditorStats, ThemeName } from './api';
import { Samples } from './samples';
import { THEMES } from './theme';

export interface CanvasViewOptions {
  /** What the overlay shows, asked at each drawing. */
  readonly overlay: () => OverlayScene;
  readonly onCamera: (camera: Camera) => void;
  readonly theme: ThemeName;
}

/** How many drawn frames are remembered, at least half of it. */
const DRAWN = 8192;

function layer(host: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;display:block;pointer-events:none';
  host.append(canvas);
  return canvas;
}

export class CanvasView {
  /** Takes the pointer and the focus. */
  readonly element = document.createElement('div');
  readonly renderer: Renderer;
  readonly #overlay: Overlay;
  readonly #options: CanvasViewOptions;
  readonly #observer: ResizeObserver;
  readonly #frames = new Samples();
  /** The frame whose picture is set. */
  #number: number | null = null;
  #drawn: DrawnFrame[] = [];
  #uploadedBefore = 0;
  #theme: ThemeName;
  #camera: Camera = { scale: 1, x: 0, y: 0 };
  #viewport: Size = { width: 1, height: 1 };
  #image: Size = { width: 1, height: 1 };
  /** Set while the image fits: it goes on fitting when the canvas changes its size. */
  #fitted = true;
  #scheduled = 0;
  #scriptMs = 0;

  /** Throws `NoWebGLError`. */
  constructor(host: HTMLElement, options: CanvasViewOptions) {
    this.#options = options;
    this.#theme = options.theme;
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'application');
    this.element.setAttribute('aria-label', 'Picture with its shapes');
    this.element.style.cssText = 'position:absolute;inset:0;overflow:hidden;outline:none;touch-action:none;user-select:none';
    this.renderer = new Renderer(layer(this.element), () => this.invalidate());
    this.#overlay = new Overlay(layer(this.element));
    if (getComputedStyle(host).position === 'static') host.style.position = 'relative';
    host.append(this.element);
    this.renderer.setBackground(THEMES[this.#theme].background);
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(this.element);
    this.#resize();
  }

  get camera(): Camera {
    return this.#camera;
  }

  get viewport(): Size {
    return this.#viewport;
  }

  setTheme(theme: ThemeName): void {
    this.#theme = theme;
    this.renderer.setBackground(THEMES[theme].background);
    this.invalidate();
  }

  /** Shows a picture over a frame of a size. The camera stays where it is among frames of one size. */
  setImage(picture: PictureSource | null, frame: Size, number: number): void {
    const sameSize = frame.width === this.#image.width && frame.height === this.#image.height;
    this.#image = frame;
    this.renderer.setImage(picture, frame);
    this.#number = picture === null ? null : number;
    if (!sameSize) this.fit();
    this.invalidate();
  }

  /** Says whether a film plays. */
  setMoving(isMoving: boolean): void {
    this.renderer.isMoving = isMoving;
    this.invalidate();
  }

  setCamera(camera: Camera): void {
    this.#fitted = false;
    this.#apply(bounded(camera, this.#image, this.#viewport));
  }

  fit(): void {
    this.#apply(fit(this.#image, this.#viewport));
    this.#fitted = true;
  }

  /** Zooms by a factor about a screen position, by default the middle. */
  zoom(factor: number, at: Point = { x: this.#viewport.width / 2, y: this.#viewport.height / 2 }): void {
    this.setCamera(zoomAt(this.#camera, at, factor, this.#image, this.#viewport));
  }

  reveal(box: Box): void {
    const camera = revealing(this.#camera, box, this.#viewport);
    if (camera !== this.#camera) this.setCamera(camera);
  }

  /** From a mouse event's position to the screen's (of the canvas). */
  fromClient(at: Point): Point {
    const box = this.element.getBoundingClientRect();
    return { x: at.x - box.left, y: at.y - box.top };
  }

  /** From a position on the image to that of a mouse event. */
  toClient(at: Point): Point {
    const box = this.element.getBoundingClientRect();
    const screen = toScreen(this.#camera, at);
    return { x: screen.x + box.left, y: screen.y + box.top };
  }

  toImage(screen: Point): Point {
    return toImage(this.#camera, screen);
  }

  /** Has everything drawn with the next animation frame. */
  invalidate(): void {
    if (this.#scheduled === 0) this.#scheduled = requestAnimationFrame(() => this.#draw());
  }

  /** Draws, and answers the colours at positions on the image. */
  colours(at: readonly Point[]): [number, number, number][] {
    const colours = this.renderer.read(at.map((one) => {
      const screen = toScreen(this.#camera, one);
      return { x: screen.x * this.#pixelRatio, y: screen.y * this.#pixelRatio };
    }));
    this.#noteDrawn();
    return colours;
  }

  /** The pictures that were drawn last, by number of frame, each with its time in milliseconds. */
  get drawn(): readonly DrawnFrame[] {
    return this.#drawn;
  }

  /** Runs an event handler whose time counts as script of the next animation frame. */
  timed(work: () => void): void {
    const start = performance.now();
    try {
      work();
    } finally {
      this.#scriptMs += performance.now() - start;
    }
  }

  stats(): Pick<EditorStats, 'frames' | 'scriptMs' | 'shapes' | 'uploadedBytes' | 'camera'> {
    return {
      frames: this.#frames.count,
      scriptMs: this.#frames.summary(),
      shapes: this.renderer.scene.size,
      uploadedBytes: this.renderer.uploadedBytes - this.#uploadedBefore,
      camera: this.#camera,
    };
  }

  resetStats(): void {
    this.#frames.reset();
    this.#drawn = [];
    this.#scriptMs = 0;
    this.#uploadedBefore = this.renderer.uploadedBytes;
  }

  dispose(): void {
    cancelAnimationFrame(this.#scheduled);
    this.#scheduled = -1; // nothing is scheduled any more
    this.#observer.disconnect();
    this.renderer.dispose();
    this.element.remove();
  }

  #draw(): void {
    this.#scheduled = 0;
    this.timed(() => {
      if (devicePixelRatio !== this.#pixelRatio) this.#resize();
      this.renderer.setCamera(this.#camera);
      this.renderer.draw();
      this.#overlay.draw(this.#options.overlay(), this.#camera, THEMES[this.#theme]);
    });
    this.#noteDrawn();
    this.#frames.add(this.#scriptMs);
    this.#scriptMs = 0;
  }

  #noteDrawn(): void {
    if (this.#number === null || this.#number === this.#drawn.at(-1)?.frame) return;
    this.#drawn.push({ frame: this.#number, at: performance.now() });
    if (this.#drawn.length > DRAWN) this.#drawn = this.#drawn.slice(-DRAWN / 2);
  }

  #pixelRatio = 1;

  #resize(): void {
    const { clientWidth, clientHeight } = this.element;
    this.#pixelRatio = devicePixelRatio;
    this.#viewport = { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) };
    this.renderer.resize(this.#viewport, this.#pixelRatio);
    this.#overlay.resize(this.#viewport, this.#pixelRatio);
    if (this.#fitted) this.fit();
    else this.setCamera(this.#camera);
    // Changing a canvas's size clears it: draw before the browser shows it empty.
    this.renderer.setCamera(this.#camera);
    this.renderer.draw();
    this.invalidate();
  }

  #apply(camera: Camera): void {
    this.#camera = camera;
    this.#options.onCamera(camera);
    this.invalidate();
  }
}
