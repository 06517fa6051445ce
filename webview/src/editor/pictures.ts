/** The pictures of a job's frames, as the editor asks for them: single ones, or those of a video that is played. */

import { LARGEST_TILE } from '../render/imageLayer';
import type { PictureSource } from '../render/imageLayer';
import type { PlaneBuffers } from '../video/planeBuffers';
import type { Picture, PictureStatus } from './frameCache';

/** A picture that can be drawn. Its sides are those of its source, before it is turned. */
export interface FramePicture extends Picture {
  readonly source: PictureSource['source'];
  /** Quarter turns counterclockwise that set it upright: 0 to 3. */
  readonly turns: number;
  /** True when it only stands in for one that is not on the daemon's machine. */
  readonly missing: boolean;
}

export interface Pictures {
  /** Decoded frames of a video that are held. */
  readonly held: number;
  /** True for the frame that is wanted and its neighbours. */
  isWanted(frame: number): boolean;
  get(frame: number): FramePicture | null;
  status(frame: number): PictureStatus;
  /** Wants a frame, and its neighbours in the direction of travel. */
  want(frame: number, direction?: 1 | -1): void;
  /** Asks again for what is missing. */
  renewStandIns(): void;
  /** Tries again what failed, at once. */
  retryNow(): void;
  /** There are more frames now: `last` is the last one. */
  grow(last: number): void;
  close(): void;
}

export function stillPicture(bitmap: ImageBitmap, missing: boolean): FramePicture {
  const { width, height } = bitmap;
  return { source: bitmap, width, height, turns: 0, missing, close: () => bitmap.close() };
}

/**
 * A decoded frame as a picture. One in plain memory is copied, which takes a millisecond or two, and drawn plane by plane: what
 * browsers do to make a texture of it takes many times longer where there is no graphics card, and the colours are ours to choose.
 * One on the graphics card stays there, and is the picture only until it is closed. So is one whose memory is given back.
 */
export async function videoPicture(frame: VideoFrame, turns: number, buffers: PlaneBuffers): Promise<FramePicture> {
  const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
  const { displayWidth, displayHeight, format, colorSpace } = frame;
  const asItIs: FramePicture = { source: frame, width: displayWidth, height: displayHeight, turns, missing: false, close: () => undefined };
  if (format !== 'I420' || Math.max(width, height) > LARGEST_TILE) return asItIs;
  const data = buffers.take(frame.allocationSize());
  try {
    await frame.copyTo(data);
  } catch {
    return asItIs; // it was closed meanwhile, or this browser does not copy
  }
  const source = { data, width, height, isFullRange: colorSpace.fullRange ?? false, matrix: colorSpace.matrix };
  const close = (): void => {
    if (source.width === 0) return;
    source.width = 0;
    buffers.give(data);
  };
  return { source, width, height, turns, missing: false, close };
}
