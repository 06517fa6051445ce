/** The picture under the shapes: textures of its tiles. */

import type { Camera } from '../geometry/camera';
import type { Point, Size } from '../geometry/point';
import { colourMatrix, planesOf } from './planes';
import type { Planes } from './planes';
import type { Program } from './program';
import { tilesOf, turned, turnedSize } from './tiles';
import type { Tile } from './tiles';

/** Above this many screen pixels per picture pixel, pixels are shown as squares: people want to see them. */
const NEAREST_FROM = 3;
/** Below this many, smaller versions of the picture are used, or it would glitter. */
const MIPMAP_BELOW = 0.75;
/** The same while a film plays, of which each picture would need smaller versions of its own. */
const MIPMAP_MOVING_BELOW = 0.4;
/** Tiles are no larger than this even where the hardware allows more: one texture of 16k needs a gigabyte. */
export const LARGEST_TILE = 4096;

/** What can be drawn as a picture. */
export interface PictureSource {
  readonly source: ImageBitmap | VideoFrame | Planes;
  /** Pixels of the source, which may be fewer than those of the frame that it shows. */
  readonly width: number;
  readonly height: number;
  /** Quarter turns counterclockwise that set it upright: 0 to 3. */
  readonly turns: number;
}

interface LoadedTile {
  readonly tile: Tile;
  /** One of colours, or three of planes. */
  readonly textures: readonly WebGLTexture[];
  hasMipmaps: boolean;
}

export interface ImagePrograms {
  readonly image: Program;
  readonly planes: Program;
}

export class ImageLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #programs: ImagePrograms;
  /** What makes colours of planes; null where the textures have them. */
  #colours: number[] | null = null;
  #tiles: LoadedTile[] = [];
  #size: Size = { width: 1, height: 1 };
  #turns = 0;
  #frameSize: Size = { width: 1, height: 1 };

  constructor(gl: WebGL2RenderingContext, programs: ImagePrograms) {
    this.#gl = gl;
    this.#programs = programs;
  }

  /** Shows a picture over the whole frame, or nothing. One that was closed meanwhile leaves the one before in view. */
  set(picture: PictureSource | null, frame: Size): void {
    if (picture !== null && isClosed(picture.source)) return;
    this.#frameSize = frame;
    if (picture === null) {
      this.dispose();
      return;
    }
    const { source, width, height, turns } = picture;
    const count = isPlanes(source) ? 3 : 1;
    // Frames of one size share the textures: making new ones for each of a film's would be slow.
    if (width !== this.#size.width || height !== this.#size.height || this.#tiles[0]?.textures.length !== count) {
      this.dispose();
      const largest = Math.min(LARGEST_TILE, this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE) as number);
      // Planes are no larger than a tile: whoever makes them sees to that.
      this.#tiles = tilesOf(picture, count === 3 ? Infinity : largest).map((tile) => this.#create(tile, count));
    }
    this.#colours = isPlanes(source) ? colourMatrix(source) : null;
    this.#size = { width, height };
    this.#turns = turns;
    for (const tile of this.#tiles) this.#load(picture, tile);
  }

  /** `choose` makes a program the one that draws. */
  draw(camera: Camera, pixelRatio: number, choose: (program: Program) => void, { isMoving }: { readonly isMoving: boolean }): void {
    if (this.#tiles.length === 0) return;
    const gl = this.#gl;
    const program = this.#colours === null ? this.#programs.image : this.#programs.planes;
    choose(program);
    if (this.#colours !== null) {
      gl.uniform1i(program.uniform('u_sampler'), 0);
      gl.uniform1i(program.uniform('u_blue'), 1);
      gl.uniform1i(program.uniform('u_red'), 2);
      gl.uniformMatrix4x3fv(program.uniform('u_colours'), false, this.#colours);
    }
    const upright = turnedSize(this.#size, this.#turns);
    const toFrameX = this.#frameSize.width / upright.width;
    const toFrameY = this.#frameSize.height / upright.height;
    const magnification = camera.scale * pixelRatio * Math.min(toFrameX, toFrameY);
    const place = (x: number, y: number): Point => {
      const at = turned({ x, y }, this.#size, this.#turns);
      return { x: at.x * toFrameX, y: at.y * toFrameY };
    };
    for (const loaded of this.#tiles) {
      const { tile } = loaded;
      const { source } = tile;
      this.#filter(loaded, magnification, magnification < (isMoving ? MIPMAP_MOVING_BELOW : MIPMAP_BELOW));
      const origin = place(tile.x, tile.y);
      const row = place(tile.x + tile.width, tile.y);
      const column = place(tile.x, tile.y + tile.height);
      gl.uniform2f(program.uniform('u_origin'), origin.x, origin.y);
      gl.uniform4f(program.uniform('u_sides'), row.x - origin.x, row.y - origin.y, column.x - origin.x, column.y - origin.y);
      gl.uniform4f(
        program.uniform('u_texture'),
        (tile.x - source.x) / source.width,
        (tile.y - source.y) / source.height,
        tile.width / source.width,
        tile.height / source.height,
      );
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  dispose(): void {
    for (const { textures } of this.#tiles) for (const texture of textures) this.#gl.deleteTexture(texture);
    this.#tiles = [];
  }

  #create(tile: Tile, count: number): LoadedTile {
    const gl = this.#gl;
    const textures = Array.from({ length: count }, () => {
      const texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      return texture;
    });
    return { tile, textures, hasMipmaps: false };
  }

  #load({ source, width, height }: PictureSource, loaded: LoadedTile): void {
    const gl = this.#gl;
    loaded.hasMipmaps = false;
    gl.activeTexture(gl.TEXTURE0);
    if (isPlanes(source)) {
      // Or the browser goes through every byte once more.
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      planesOf(source).forEach((plane, index) => {
        gl.bindTexture(gl.TEXTURE_2D, loaded.textures[index] ?? null);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, plane.width, plane.height, 0, gl.RED, gl.UNSIGNED_BYTE, plane.data);
      });
      return;
    }
    const part = loaded.tile.source;
    const whole = part.width === width && part.height === height;
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.bindTexture(gl.TEXTURE_2D, loaded.textures[0] ?? null);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, whole ? source : cut(source, loaded.tile));
  }

  /** Binds the textures of a tile, set up for how large its pixels are on the screen. */
  #filter(loaded: LoadedTile, magnification: number, small: boolean): void {
    const gl = this.#gl;
    loaded.textures.forEach((texture, index) => {
      gl.activeTexture(gl.TEXTURE0 + index);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      if (small && !loaded.hasMipmaps) gl.generateMipmap(gl.TEXTURE_2D);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, small ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, magnification >= NEAREST_FROM ? gl.NEAREST : gl.LINEAR);
    });
    if (small) loaded.hasMipmaps = true;
    gl.activeTexture(gl.TEXTURE0);
  }
}

function isPlanes(source: PictureSource['source']): source is Planes {
  return 'data' in source;
}

/** A closed picture has no pixels, or those of another: it was let go before it could be drawn. */
export function isClosed(source: PictureSource['source']): boolean {
  return 'codedWidth' in source ? source.codedWidth === 0 : source.width === 0;
}

function cut(picture: ImageBitmap | VideoFrame, { source }: Tile): OffscreenCanvas {
  const canvas = new OffscreenCanvas(source.width, source.height);
  canvas.getContext('2d')?.drawImage(picture, source.x, source.y, source.width, source.height, 0, 0, source.width, source.height);
  return canvas;
}
