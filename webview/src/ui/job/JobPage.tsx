/** Loads what a job's workspace needs, then shows it. */

import { Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { useParams, useSearchParams } from 'react-router';

import { ApiError } from '../../protocol/errors';
import { useJob, useJobMeta, useLabels, useSession, useTask } from '../daemon/queries';
import { Failure } from '../shell/Failure';
import { useTitle } from '../shell/useTitle';
import { Workspace } from './Workspace';
import classes from './Workspace.module.css';

const UNKNOWN = new ApiError('missing', 'Not found.', 404);

export function JobPage(): ReactNode {
  const { taskId = '', jobId = '' } = useParams();
  const task = Number(taskId);
  const job = Number(jobId);
  if (!isId(task) || !isId(job)) return <Failure error={UNKNOWN} subject={`Job “${jobId}”`} />;
  return <Job key={job} taskId={task} jobId={job} />;
}

function Job({ taskId, jobId }: { readonly taskId: number; readonly jobId: number }): ReactNode {
  const session = useSession();
  const task = useTask(taskId);
  const job = useJob(jobId);
  const labels = useLabels(taskId);
  const meta = useJobMeta(jobId);
  const [params] = useSearchParams();
  useTitle(`#${jobId} ${task.data?.name ?? ''}`.trim(), session.data?.workspace.name);

  if (session.data && task.data && job.data && labels.data && meta.data) {
    if (job.data.task_id !== taskId) return <Failure error={UNKNOWN} subject={`Job #${jobId} of task #${taskId}`} />;
    return (
      <Workspace
        session={session.data}
        task={task.data}
        job={job.data}
        labels={labels.data}
        meta={meta.data}
        frame={frameOf(params)}
      />
    );
  }
  const failed = [session, job, task, labels, meta].find((query) => query.isError);
  if (failed) {
    const retry = (): void => {
      for (const query of [session, job, task, labels, meta]) if (query.isError) void query.refetch();
    };
    return <Failure error={failed.error} subject={`Job #${jobId}`} retry={retry} />;
  }
  return (
    <div className={classes.loading} aria-busy>
      <Loader size="sm" aria-label="Loading the job" />
    </div>
  );
}

function isId(number: number): boolean {
  return Number.isSafeInteger(number) && number > 0;
}

/** The frame that the address asks for, task-relative; null when it asks for none. */
function frameOf(params: URLSearchParams): number | null {
  const text = params.get('frame');
  const frame = Number(text);
  return text !== null && text !== '' && Number.isSafeInteger(frame) && frame >= 0 ? frame : null;
}
