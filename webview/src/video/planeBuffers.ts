/** Memory for the planes of frames, used again and again: to get some megabytes of new memory for each frame of a film makes it stumble. */

/** As many as are in use at once, and one. */
const KEPT = 4;

export class PlaneBuffers {
  #free: Uint8Array<ArrayBuffer>[] = [];

  /** Bytes of any content. */
  take(length: number): Uint8Array<ArrayBuffer> {
    // Those of another size are of another video.
    this.#free = this.#free.filter((buffer) => buffer.length === length);
    return this.#free.pop() ?? new Uint8Array(length);
  }

  /** Nobody reads these any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < KEPT) this.#free.push(buffer);
  }
}
