/** How many decoded frames are held: a frame in full HD takes three megabytes, in main memory or in that of a graphics card. */

/** How many decoded frames are held. */
export interface Amounts {
  /** Decoded ahead of the one in view, and kept behind it. */
  readonly ahead: number;
  readonly behind: number;
  /** Going back, so many are decoded at once, when fewer than `low` are left: each time decoding begins at a keyframe. */
  readonly block: number;
  readonly low: number;
  /** Given out after what was wanted: a decoder holds some back for their order, and one for each of its threads. */
  readonly spare: number;
  /** Packets that wait in the decoder. */
  readonly queue: number;
}

const PLENTY: Amounts = { ahead: 6, behind: 6, block: 24, low: 8, spare: 40, queue: 4 };
/** Where frames are on a graphics card: it has few buffers, and stops when all of them are held. */
const SCARCE: Amounts = { ahead: 2, behind: 1, block: 4, low: 2, spare: 6, queue: 1 };
/** Bytes that a block may take, at 1.5 bytes a pixel. */
const BLOCK_BYTES = 96 * 1024 * 1024;

/** What is held of frames of a size that are decoded in a way. */
export function amountsFor({ hardwareAcceleration }: VideoDecoderConfig, { width, height }: { readonly width: number; readonly height: number }): Amounts {
  if (hardwareAcceleration !== 'prefer-software') return SCARCE;
  const block = Math.max(SCARCE.block, Math.min(PLENTY.block, Math.floor(BLOCK_BYTES / (width * height * 1.5))));
  return { ...PLENTY, block, low: Math.min(PLENTY.low, block / 2) };
}
