/** The pictures of a job's frames, as the editor asks for them: single ones, or those of a video that is played. */

import type { Picture, PictureStatus } from './frameCache';

/** A picture that can be drawn. Its sides are those of its source, before it is turned. */
export interface FramePicture extends Picture {
  readonly source: ImageBitmap | VideoFrame;
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

export function videoPicture(frame: VideoFrame, turns: number): FramePicture {
  const { displayWidth: width, displayHeight: height } = frame;
  return { source: frame, width, height, turns, missing: false, close: () => frame.close() };
}
