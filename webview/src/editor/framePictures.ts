/** Where the pictures of a job's frames come from: single ones over HTTP, a video that is decoded here, clouds seen from above. */

import type { Clock } from '../store/clock';
import { supportedConfig, webDecoder } from '../video/webDecoder';
import type { EditorJob, Playback } from './api';
import { FrameCache, PictureError } from './frameCache';
import { stillPicture } from './pictures';
import type { FramePicture, Pictures } from './pictures';
import { DaemonError } from './transport';
import type { Transport } from './transport';
import { VideoPictures } from './videoPictures';

export interface FramePicturesOptions {
  readonly job: EditorJob;
  readonly transport: Transport;
  readonly clock: Clock;
  /** True for a frame that travelling steps over. */
  readonly isSkipped: (frame: number) => boolean;
  readonly onChange: (frame: number) => void;
  readonly onPlayback: (playback: Playback) => void;
}

/** Bytes of single pictures beside the decoded frames of a video: they are looked at for a moment. */
const BESIDE_VIDEO = 96 * 1024 * 1024;

export function framePictures({ job, transport, clock, isSkipped, onChange, onPlayback }: FramePicturesOptions): Pictures {
  const { start_frame: first, stop_frame: last } = job;
  const is3d = job.dimension === '3d';
  const isVideo = !is3d && job.mode === 'interpolation';
  const stills = (onStill: (frame: number) => void): FrameCache<FramePicture> =>
    new FrameCache<FramePicture>({
      first,
      last,
      clock,
      isSkipped,
      load: (frame, signal) => loadStill(is3d ? transport.cloudFromAbove(frame, signal) : transport.frame(frame, signal), frame),
      isStandIn: (picture) => picture.missing,
      onChange: onStill,
      ...(isVideo ? { budget: BESIDE_VIDEO } : {}),
    });
  if (!isVideo) return stills(onChange);
  return new VideoPictures({
    first,
    last,
    clock,
    stills,
    onChange,
    onPlayback,
    index: (signal) => transport.video(signal),
    segment: (segment, codec, signal) => transport.videoSegment(segment, codec, signal),
    support: supportedConfig,
    makeDecoder: webDecoder,
  });
}

async function loadStill(asked: Promise<{ readonly blob: Blob; readonly missing: boolean }>, frame: number): Promise<FramePicture> {
  let answer: { readonly blob: Blob; readonly missing: boolean };
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DaemonError) throw new PictureError(error.message, { passing: error.isPassing });
    throw error;
  }
  try {
    return stillPicture(await createImageBitmap(answer.blob, { premultiplyAlpha: 'premultiply' }), answer.missing);
  } catch {
    throw new PictureError(`The browser cannot read the picture of frame ${frame}.`, { passing: false });
  }
}
