/** What the pages see of an editor before anything happened, and what is known of a frame without its picture. */

import { clamp } from '../geometry/point';
import { includedFrames, nearestIncluded } from '../store/includedFrames';
import type { EditorJob, EditorMeta, EditorOptions, EditorState, FrameMeta } from './api';

export function initialState(options: EditorOptions): EditorState {
  const { start_frame: startFrame, stop_frame: stopFrame } = options.job;
  const included = includedFrames(options.meta.included_frames);
  const frame = nearestIncluded(clamp(options.frame ?? startFrame, startFrame, stopFrame), included);
  const drawable = options.labels.find((label) => ['any', 'rectangle', undefined].includes(label.type));
  const deleted = options.meta.deleted_frames ?? [];
  return {
    fatal: null,
    document: { kind: 'loading' },
    frame,
    startFrame,
    stopFrame,
    frameCount: included?.size ?? stopFrame - startFrame + 1,
    frameStatus: { kind: 'loading' },
    ...frameFields(countedInTask(options.meta, options.job), frame),
    frameDeleted: deleted.includes(frame),
    deletedCount: deleted.length,
    showDeleted: options.showDeleted ?? false,
    drawable: options.job.dimension !== '3d' && !deleted.includes(frame),
    playback: { kind: 'pictures', why: null },
    playing: false,
    objects: [],
    selectedIds: [],
    hoveredId: null,
    tool: 'select',
    activeLabelId: drawable?.id ?? null,
    save: { kind: 'saved' },
    canUndo: false,
    canRedo: false,
    undoTitle: null,
    redoTitle: null,
    zoom: 1,
    cursor: null,
    notice: null,
    conflictAct: null,
    issueAsked: null,
  };
}

/** The daemon's answer counts its ends in the media, of which perhaps every fifth frame was taken; this counts them in the task, as the job does. */
export function countedInTask(meta: EditorMeta, job: EditorJob): EditorMeta {
  return { ...meta, start_frame: job.start_frame, stop_frame: job.stop_frame };
}

/** A video has one entry for all of its frames, images have one each. */
export function frameMeta(meta: EditorMeta, frame: number): FrameMeta {
  const index = meta.frames.length === 1 ? 0 : frame - meta.start_frame;
  return meta.frames[index] ?? { width: 1, height: 1, name: '' };
}

export function frameFields(meta: EditorMeta, frame: number): Pick<EditorState, 'frameSize' | 'frameName' | 'contextCount'> {
  const known = frameMeta(meta, frame);
  // The same value for all frames of a video, so that nothing looks changed that is not.
  return { frameSize: known, frameName: known.name, contextCount: known.related_files ?? 0 };
}
