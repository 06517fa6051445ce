/** The WebGL 2 canvas: a picture, the fills and outlines of a scene over it, seen through a camera. */

import type { Camera } from '../geometry/camera';
import type { Point, Size } from '../geometry/point';
import { Batch } from './batch';
import { GeometryBuffers } from './geometryBuffers';
import { ImageLayer } from './imageLayer';
import type { PictureSource } from './imageLayer';
import { linkProgram } from './program';
import type { Program } from './program';
import type { Rgba, SceneItem, SceneKey } from './scene';
import { FILL_SHADERS, IMAGE_SHADERS, LINE_SHADERS, PLANES_SHADERS } from './shaders';

/** This browser, or this machine, has no WebGL 2. */
export class NoWebGLError extends Error {
  constructor() {
    super('The canvas needs WebGL 2, which this browser does not offer. Turn on hardware acceleration or use a current Chrome, Edge, Firefox or Safari.');
    this.name = 'NoWebGLError';
  }
}

/** What lives on the graphics card; made anew when the context was lost. */
interface Resources {
  readonly image: ImageLayer;
  readonly fills: Batch;
  readonly lines: Batch;
}

export class Renderer {
  readonly scene = new GeometryBuffers();
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #invalidate: () => void;
  #resources: Resources | null;
  #picture: PictureSource | null = null;
  /** False until the picture is drawn: of those that come faster, only the last goes to the graphics card. */
  #isUploaded = true;
  /** True while a film plays: then pictures are drawn quickly rather than smoothly. */
  isMoving = false;
  #frame: Size = { width: 1, height: 1 };
  #camera: Camera = { scale: 1, x: 0, y: 0 };
  #viewport: Size = { width: 1, height: 1 };
  #pixelRatio = 1;
  #background: Rgba = [0, 0, 0, 1];
  #uploaded = 0;

  /** `invalidate` is called when the canvas has to be drawn again for a reason of its own. Throws `NoWebGLError`. */
  constructor(canvas: HTMLCanvasElement, invalidate: () => void) {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false });
    if (gl === null) throw new NoWebGLError();
    this.#canvas = canvas;
    this.#gl = gl;
    this.#invalidate = invalidate;
    this.#resources = this.#create();
    canvas.addEventListener('webglcontextlost', this.#onLost);
    canvas.addEventListener('webglcontextrestored', this.#onRestored);
  }

  /** Bytes sent to vertex buffers so far. */
  get uploadedBytes(): number {
    return this.#uploaded;
  }

  /** Shows a picture over a frame of the given size, or an empty frame. The picture should stay open while it is shown. */
  setImage(picture: PictureSource | null, frame: Size): void {
    if (picture === this.#picture && frame.width === this.#frame.width && frame.height === this.#frame.height) return;
    this.#picture = picture;
    this.#frame = frame;
    this.#isUploaded = false;
  }

  upsert(key: SceneKey, item: SceneItem): void {
    this.scene.set(key, item);
  }

  remove(key: SceneKey): void {
    this.scene.remove(key);
  }

  clear(): void {
    this.scene.clear();
  }

  setCamera(camera: Camera): void {
    this.#camera = camera;
  }

  setBackground(colour: Rgba): void {
    this.#background = colour;
  }

  /** Size of the canvas in CSS pixels, and device pixels per CSS pixel. */
  resize(viewport: Size, pixelRatio: number): void {
    this.#viewport = viewport;
    this.#pixelRatio = pixelRatio;
    const width = Math.max(1, Math.round(viewport.width * pixelRatio));
    const height = Math.max(1, Math.round(viewport.height * pixelRatio));
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  /** Draws everything once. */
  draw(): void {
    const gl = this.#gl;
    if (this.#resources === null || gl.isContextLost()) return;
    const { image, fills, lines } = this.#resources;
    if (!this.#isUploaded) image.set(this.#picture, this.#frame);
    this.#isUploaded = true;
    this.#uploaded += fills.upload() + lines.upload();
    const [red, green, blue] = this.#background;
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.clearColor(red / 255, green / 255, blue / 255, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    image.draw(this.#camera, this.#pixelRatio, (program) => this.#use(program), { isMoving: this.isMoving });
    this.#use(fills.program);
    fills.draw();
    this.#use(lines.program);
    gl.uniform1f(lines.program.uniform('u_pixel'), 1 / this.#pixelRatio);
    lines.draw();
  }

  /** Draws everything and reads colours at positions of the canvas, in its pixels from the top left: red, green, blue of each. */
  read(positions: readonly Point[]): [number, number, number][] {
    this.draw();
    const gl = this.#gl;
    const pixel = new Uint8Array(4);
    return positions.map(({ x, y }) => {
      gl.readPixels(Math.floor(x), this.#canvas.height - 1 - Math.floor(y), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      return [pixel[0] ?? 0, pixel[1] ?? 0, pixel[2] ?? 0];
    });
  }

  dispose(): void {
    this.#canvas.removeEventListener('webglcontextlost', this.#onLost);
    this.#canvas.removeEventListener('webglcontextrestored', this.#onRestored);
    this.#resources?.image.dispose();
    this.#resources = null;
    // Browsers allow only a few contexts at a time; do not wait for the garbage collector.
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  readonly #onLost = (event: Event): void => {
    event.preventDefault(); // asks the browser to restore it
    this.#resources = null;
  };

  readonly #onRestored = (): void => {
    this.#resources = this.#create();
    this.#invalidate();
  };

  #create(): Resources {
    const gl = this.#gl;
    const image = new ImageLayer(gl, { image: linkProgram(gl, IMAGE_SHADERS), planes: linkProgram(gl, PLANES_SHADERS) });
    this.#isUploaded = false;
    const fills = new Batch(
      gl,
      linkProgram(gl, FILL_SHADERS),
      this.scene.fills,
      [
        { location: 0, size: 2, type: 'float', offset: 0 },
        { location: 1, size: 4, type: 'bytes', offset: 8 },
      ],
      { quads: false },
    );
    const lines = new Batch(
      gl,
      linkProgram(gl, LINE_SHADERS),
      this.scene.lines,
      [
        { location: 0, size: 4, type: 'float', offset: 0 },
        { location: 1, size: 4, type: 'bytes', offset: 16 },
        { location: 2, size: 2, type: 'bytes', offset: 20 },
        { location: 3, size: 1, type: 'half', offset: 22 },
      ],
      { quads: true },
    );
    return { image, fills, lines };
  }

  #use(program: Program): void {
    const gl = this.#gl;
    gl.useProgram(program.handle);
    gl.uniform3f(program.uniform('u_camera'), this.#camera.scale, this.#camera.x, this.#camera.y);
    gl.uniform2f(program.uniform('u_viewport'), this.#viewport.width, this.#viewport.height);
  }
}
