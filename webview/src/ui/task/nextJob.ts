/** Where work on a task goes on. */

import type { JobRead } from '../../protocol/generated';

/** The first job that is not completed, else the first. */
export function nextJob(jobs: readonly JobRead[]): JobRead | undefined {
  return jobs.find((job) => job.state !== 'completed') ?? jobs[0];
}

/** Address of the job's workspace, CVAT's own form. */
export function jobAddress(job: Pick<JobRead, 'id' | 'task_id'>, frame: number | null = null): string {
  const address = `/tasks/${job.task_id}/jobs/${job.id}`;
  return frame === null ? address : `${address}?frame=${frame}`;
}
