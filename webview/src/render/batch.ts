/** A run buffer on the graphics card, drawn with one call. */

import type { Program } from './program';
import type { RunBuffer } from './runBuffer';
import type { SceneKey } from './scene';

/** A field of a record: its place in the shader and in the record. */
export interface Field {
  readonly location: number;
  readonly size: number;
  /** "float", or bytes read as 0 to 1. */
  readonly type: 'float' | 'bytes';
  /** In 32-bit words from the start of the record. */
  readonly word: number;
}

export class Batch {
  readonly program: Program;
  readonly #gl: WebGL2RenderingContext;
  readonly #source: RunBuffer<SceneKey>;
  readonly #array: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  readonly #instanced: boolean;
  #capacity = 0;

  /** `instanced`: a record is a quad of four corners; else it is a corner of a triangle. */
  constructor(gl: WebGL2RenderingContext, program: Program, source: RunBuffer<SceneKey>, fields: readonly Field[], { instanced }: { instanced: boolean }) {
    this.#gl = gl;
    this.program = program;
    this.#source = source;
    this.#instanced = instanced;
    this.#array = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    for (const { location, size, type, word } of fields) {
      gl.enableVertexAttribArray(location);
      const bytes = type === 'bytes';
      gl.vertexAttribPointer(location, size, bytes ? gl.UNSIGNED_BYTE : gl.FLOAT, bytes, source.stride * 4, word * 4);
      if (instanced) gl.vertexAttribDivisor(location, 1);
    }
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
    if (this.#instanced) gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.#source.length);
    else gl.drawArrays(gl.TRIANGLES, 0, this.#source.length);
    gl.bindVertexArray(null);
  }
}
