/** Names of what is cached, and which of it a change makes stale. */

import type { ChangeEvent } from '../../protocol/generated';
import type { TaskQuery } from '../../protocol/resources';

export const keys = {
  session: ['session'],
  users: ['users'],
  tasks: ['tasks'],
  taskList: (query: TaskQuery) => ['tasks', query],
  task: (id: number) => ['task', id],
  labels: (taskId: number) => ['task', taskId, 'labels'],
  jobs: (taskId: number) => ['jobs', taskId],
  job: (id: number) => ['job', id],
  /** Beside the jobs: what is known of frames is asked again when the task changes, whatever its jobs. */
  metas: ['meta'],
  jobMeta: (id: number) => ['meta', id],
  context: (taskId: number, frame: number) => ['context', taskId, frame],
  /** Beside the jobs, not below one: every job of a task is asked again when its conflicts come or go. */
  conflicts: ['conflicts'],
  media: (taskId: number) => ['media', taskId],
  /** Below the media: pictures that go, come back or change are told of as media. */
  watch: ['media', 'watch'],
  sync: ['sync'],
  share: (directory: string) => ['share', directory],
  projects: ['projects'],
  issues: ['issues'],
  jobIssues: (jobId: number) => ['issues', 'of', jobId],
  jobComments: (jobId: number) => ['issues', 'comments', jobId],
  /** Of tasks and of projects: a change of either may be one of a guide. */
  guides: ['guides'],
  guide: (id: number) => ['guides', id],
  jobConflicts: (jobId: number) => ['conflicts', jobId],
} as const;

/** What has to be read again after a change. Annotations count too: saving them moves the dates in the lists. */
export function staleKeys(change: ChangeEvent): readonly (readonly unknown[])[] {
  switch (change.kind) {
    case 'annotations':
      // What a conflict is about may have been changed, or be gone.
      return [keys.jobs(change.task_id), keys.tasks, keys.jobConflicts(change.job_id)];
    case 'conflicts':
      return [keys.conflicts];
    case 'media':
      return [['media']];
    case 'sync':
      return [keys.sync];
    case 'issues':
      return [keys.issues];
    case 'job':
      return [keys.job(change.job_id), keys.jobMeta(change.job_id), keys.jobs(change.task_id), keys.task(change.task_id), keys.tasks];
    case 'task':
      // Frames may have come, which makes the last job longer, or may have been deleted.
      return [keys.task(change.task_id), keys.jobs(change.task_id), ['job'], keys.metas, keys.tasks, keys.guides];
    case 'tasks':
      // A guide of a project is shown in the jobs of its tasks.
      return [keys.tasks, keys.guides, ['job']];
    case 'workspace':
      return [keys.session, keys.users, keys.tasks, keys.conflicts];
  }
}
