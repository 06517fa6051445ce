/** The picture under the shapes: textures of its tiles. */

import type { Camera } from '../geometry/camera';
import type { Size } from '../geometry/point';
import type { Program } from './program';
import { tilesOf } from './tiles';
import type { Tile } from './tiles';

/** Above this many screen pixels per picture pixel, pixels are shown as squares: people want to see them. */
const NEAREST_FROM = 3;
/** Below this many, smaller versions of the picture are used, or it would glitter. */
const MIPMAP_BELOW = 0.75;
/** Tiles are no larger than this even where the hardware allows more: one texture of 16k needs a gigabyte. */
const LARGEST_TILE = 4096;

interface LoadedTile {
  readonly tile: Tile;
  readonly texture: WebGLTexture;
  hasMipmaps: boolean;
}

export class ImageLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: Program;
  #tiles: LoadedTile[] = [];
  /** Pixels of the bitmap, which may be fewer than those of the frame that it shows. */
  #bitmapSize: Size = { width: 1, height: 1 };
  #frameSize: Size = { width: 1, height: 1 };

  constructor(gl: WebGL2RenderingContext, program: Program) {
    this.#gl = gl;
    this.#program = program;
  }

  /** Shows a bitmap over the whole frame, or nothing. */
  set(bitmap: ImageBitmap | null, frame: Size): void {
    this.dispose();
    this.#frameSize = frame;
    if (bitmap === null) return;
    this.#bitmapSize = { width: bitmap.width, height: bitmap.height };
    const largest = Math.min(LARGEST_TILE, this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE) as number);
    for (const tile of tilesOf(bitmap, largest)) this.#load(bitmap, tile);
  }

  draw(camera: Camera, pixelRatio: number): void {
    if (this.#tiles.length === 0) return;
    const gl = this.#gl;
    const toFrameX = this.#frameSize.width / this.#bitmapSize.width;
    const toFrameY = this.#frameSize.height / this.#bitmapSize.height;
    const magnification = camera.scale * pixelRatio * Math.min(toFrameX, toFrameY);
    for (const loaded of this.#tiles) {
      const { tile } = loaded;
      const { source } = tile;
      gl.bindTexture(gl.TEXTURE_2D, loaded.texture);
      this.#filter(loaded, magnification);
      gl.uniform4f(this.#program.uniform('u_place'), tile.x * toFrameX, tile.y * toFrameY, tile.width * toFrameX, tile.height * toFrameY);
      gl.uniform4f(
        this.#program.uniform('u_texture'),
        (tile.x - source.x) / source.width,
        (tile.y - source.y) / source.height,
        tile.width / source.width,
        tile.height / source.height,
      );
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  dispose(): void {
    for (const { texture } of this.#tiles) this.#gl.deleteTexture(texture);
    this.#tiles = [];
  }

  #load(bitmap: ImageBitmap, tile: Tile): void {
    const gl = this.#gl;
    const { source } = tile;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    const whole = source.width === bitmap.width && source.height === bitmap.height;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, whole ? bitmap : cut(bitmap, tile));
    this.#tiles.push({ tile, texture, hasMipmaps: false });
  }

  #filter(loaded: LoadedTile, magnification: number): void {
    const gl = this.#gl;
    const small = magnification < MIPMAP_BELOW;
    if (small && !loaded.hasMipmaps) {
      gl.generateMipmap(gl.TEXTURE_2D);
      loaded.hasMipmaps = true;
    }
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, small ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, magnification >= NEAREST_FROM ? gl.NEAREST : gl.LINEAR);
  }
}

function cut(bitmap: ImageBitmap, { source }: Tile): OffscreenCanvas {
  const canvas = new OffscreenCanvas(source.width, source.height);
  canvas.getContext('2d')?.drawImage(bitmap, source.x, source.y, source.width, source.height, 0, 0, source.width, source.height);
  return canvas;
}
