/** Wire values for specs: complete, with what a spec cares about given by it. */

import type { FrameObject } from '../editor/api';
import type { BasicUser, JobRead, Label, SessionInfo, TaskRead } from '../protocol/generated';

export function user(id: number, username: string): BasicUser {
  return { id, username, first_name: '', last_name: '', url: `http://d/api/users/${id}` };
}

export function session(): SessionInfo {
  return {
    csrf: 'csrf-token',
    user: user(1, 'ada'),
    workspace: { id: 'c0ffee', name: 'street', path: '/home/ada/street' },
    version: '0.1.0',
    instance: 'one',
  };
}

export function task(fields: Partial<TaskRead> & { readonly id: number }): TaskRead {
  return {
    url: '',
    name: `task ${fields.id}`,
    project_id: null,
    mode: 'annotation',
    owner: user(1, 'ada'),
    assignee: null,
    bug_tracker: '',
    created_date: '2026-01-01T00:00:00Z',
    updated_date: '2026-01-02T00:00:00Z',
    overlap: null,
    segment_size: 100,
    status: 'annotation',
    subset: '',
    size: 100,
    dimension: '2d',
    jobs: { count: 1, completed: 0, validation: 0, url: '' },
    ...fields,
  } as TaskRead;
}

/** A task that has got no frames yet. */
export function emptyTask(id: number, name: string): TaskRead {
  const made: Partial<TaskRead> & { readonly id: number } = task({ id, name });
  delete made.size;
  return made as TaskRead;
}

export function job(fields: Partial<JobRead> & { readonly id: number }): JobRead {
  return {
    url: '',
    task_id: 1,
    project_id: null,
    assignee: null,
    dimension: '2d',
    mode: 'annotation',
    status: 'annotation',
    stage: 'annotation',
    state: 'new',
    type: 'annotation',
    start_frame: 0,
    stop_frame: 99,
    frame_count: 100,
    created_date: '2026-01-01T00:00:00Z',
    updated_date: '2026-01-02T00:00:00Z',
    ...fields,
  } as JobRead;
}

export function label(id: number, name: string, color = '#ff0000'): Label {
  return {
    id,
    name,
    color,
    type: 'any',
    attributes: [],
    sublabels: [],
    has_parent: false,
    parent_id: null,
    task_id: 1,
  };
}

export function page<T>(...results: readonly T[]): {
  count: number;
  next: null;
  previous: null;
  results: readonly T[];
} {
  return { count: results.length, next: null, previous: null, results };
}

/** A rectangle as the editor shows it on a frame. */
export function frameObject(id: number, labelId: number, fields: Partial<FrameObject> = {}): FrameObject {
  const shape = {
    type: 'rectangle',
    frame: 0,
    occluded: false,
    outside: false,
    z_order: 0,
    rotation: 0,
    points: [0, 0, 10, 10],
    attributes: [],
  };
  const data = { ...shape, id, label_id: labelId, group: null, source: 'manual', elements: [] };
  return {
    id,
    kind: 'shape',
    object: { kind: 'shape', id, data },
    labelId,
    type: 'rectangle',
    shape,
    hidden: false,
    locked: false,
    ...fields,
  };
}
