/** A run buffer on the graphics card, drawn with one call. */

import { CORNERS } from './geometryBuffers';
import type { Program } from './program';
import type { RunBuffer } from './runBuffer';
import type { SceneKey } from './scene';

/** A field of a record: its place in the shader and in the record. */
export interface Field {
  readonly location: number;
  readonly size: number;
  /** "float", half-precision numbers, or bytes read as 0 to 1. */
  readonly type: 'float' | 'half' | 'bytes';
  /** In bytes from the start of the record. */
  readonly offset: number;
}

/** Corners of a quad that make its two triangles. */
const TRIANGLES = [0, 1, 2, 2, 1, 3];

export class Batch {
  readonly program: Program;
  readonly #gl: WebGL2RenderingContext;
  readonly #source: RunBuffer<SceneKey>;
  readonly #array: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  /** Which corners make the triangles of the quads; null when every record is a corner of a triangle itself. */
  readonly #quads: WebGLBuffer | null;
  #capacity = 0;

  /** `quads`: a record holds the four corners of a quad; else it is a corner of a triangle. */
  constructor(gl: WebGL2RenderingContext, program: Program, source: RunBuffer<SceneKey>, fields: readonly Field[], { quads }: { quads: boolean }) {
    this.#gl = gl;
    this.program = program;
    this.#source = source;
    this.#quads = quads ? gl.createBuffer() : null;
    const stride = (source.stride / (quads ? CORNERS : 1)) * 4;
    this.#array = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    const kinds = { float: gl.FLOAT, half: gl.HALF_FLOAT, bytes: gl.UNSIGNED_BYTE };
    for (const { location, size, type, offset } of fields) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, kinds[type], type === 'bytes', stride, offset);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#quads); // the vertex array remembers it
    gl.bindVertexArray(null);
  }

  /** Sends what changed and answers with the number of bytes. */
  upload(): number {
    const gl = this.#gl;
    const source = this.#source;
    const dirty = source.takeDirty();
    if (source.capacity !== this.#capacity) {
      this.#capacity = source.capacity;
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      gl.bufferData(gl.ARRAY_BUFFER, source.words, gl.DYNAMIC_DRAW);
      if (this.#quads !== null) this.#join(source.capacity);
      return source.words.byteLength;
    }
    if (dirty.length === 0) return 0;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    let bytes = 0;
    for (const { from, to } of dirty) {
      const words = (to - from) * source.stride;
      gl.bufferSubData(gl.ARRAY_BUFFER, from * source.stride * 4, source.words, from * source.stride, words);
      bytes += words * 4;
    }
    return bytes;
  }

  draw(): void {
    if (this.#source.length === 0) return;
    const gl = this.#gl;
    gl.bindVertexArray(this.#array);
    if (this.#quads !== null) gl.drawElements(gl.TRIANGLES, this.#source.length * TRIANGLES.length, gl.UNSIGNED_INT, 0);
    else gl.drawArrays(gl.TRIANGLES, 0, this.#source.length);
    gl.bindVertexArray(null);
  }

  /** Makes two triangles of each quad. */
  #join(quads: number): void {
    const gl = this.#gl;
    const corners = new Uint32Array(quads * TRIANGLES.length);
    for (let quad = 0, at = 0; quad < quads; quad += 1) {
      for (const corner of TRIANGLES) {
        corners[at] = quad * CORNERS + corner;
        at += 1;
      }
    }
    gl.bindVertexArray(this.#array);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, corners, gl.STATIC_DRAW);
    gl.bindVertexArray(null);
  }
}
