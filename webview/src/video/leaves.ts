/** Packets of H.264 that no other refers to: whoever only wants a later frame leaves them out, and decodes half as much. */

const SLICE = 1;
/** Supplemental information, a delimiter, filling: nothing that a later packet needs. */
const HARMLESS = new Set([6, 9, 12]);

/** How many bytes say how long a unit is, by the content of avcC. */
export function lengthSize(avcC: Uint8Array): number {
  return ((avcC[4] ?? 0) & 3) + 1;
}

/** True for a packet that is decoded for its own frame only. Where that is not sure, it is not. */
export function isLeaf(data: Uint8Array, sizeOfLength: number): boolean {
  let slices = 0;
  for (let at = 0; at < data.length; ) {
    let length = 0;
    for (let index = 0; index < sizeOfLength; index += 1) length = length * 256 + (data[at + index] ?? 0);
    at += sizeOfLength;
    const header = data[at];
    if (header === undefined || length === 0 || at + length > data.length) return false;
    const kind = header & 0x1f;
    const isReferredTo = (header & 0x60) !== 0;
    if (kind === SLICE && !isReferredTo) slices += 1;
    else if (!HARMLESS.has(kind)) return false;
    at += length;
  }
  return slices > 0;
}
