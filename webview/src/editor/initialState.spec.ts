import { describe, expect, it } from 'vitest';
import type { EditorJob, EditorMeta, EditorOptions } from './api';
import { countedInTask, frameFields, initialState } from './initialState';

const JOB: EditorJob = { id: 2, task_id: 1, start_frame: 2, stop_frame: 3 };

/** Of a folder of which every fifth picture was taken, from the tenth on. */
const META: EditorMeta = {
  start_frame: 20,
  stop_frame: 25,
  frames: [
    { width: 4, height: 3, name: 'c.png' },
    { width: 5, height: 6, name: 'd.png', related_files: 2 },
  ],
};

describe('what is known of a frame', () => {
  it('is found by its number in the task, whatever was taken of the media', () => {
    const meta = countedInTask(META, JOB);
    expect(frameFields(meta, 2)).toMatchObject({ frameSize: { width: 4, height: 3 }, frameName: 'c.png', contextCount: 0 });
    expect(frameFields(meta, 3)).toMatchObject({ frameSize: { width: 5, height: 6 }, frameName: 'd.png', contextCount: 2 });
  });
});

describe('a job of ground truth', () => {
  it('begins on a frame that it has', () => {
    const options: EditorOptions = {
      job: { ...JOB, start_frame: 0, stop_frame: 9 },
      meta: { start_frame: 0, stop_frame: 9, frames: [{ width: 4, height: 3, name: 'film.mp4' }], included_frames: [3, 7] },
      labels: [],
      scope: '',
      csrf: () => '',
    };
    expect(initialState(options)).toMatchObject({ frame: 3, startFrame: 0, stopFrame: 9, frameCount: 2 });
    expect(initialState({ ...options, frame: 8 })).toMatchObject({ frame: 7 });
  });
});
