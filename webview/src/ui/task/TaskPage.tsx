/** A task: what it is, how far it is, and its jobs. */

import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';

import { ApiError } from '../../protocol/errors';
import { useJobs, useLabels, useSession, useTask } from '../daemon/queries';
import { Failure } from '../shell/Failure';
import { tell } from '../shell/tell';
import { useTitle } from '../shell/useTitle';
import { JobsTable } from './JobsTable';
import { TaskSummary } from './TaskSummary';
import { WatchedFolders } from './WatchedFolders';
import classes from './TaskPage.module.css';

const UNKNOWN = new ApiError('missing', 'Not found.', 404);

export function TaskPage(): ReactNode {
  const { taskId = '' } = useParams();
  const id = Number(taskId);
  if (!Number.isSafeInteger(id) || id <= 0) return <Failure error={UNKNOWN} subject={`Task “${taskId}”`} />;
  return <Task key={id} id={id} />;
}

function Task({ id }: { readonly id: number }): ReactNode {
  const task = useTask(id);
  const jobs = useJobs(id);
  const labels = useLabels(id);
  const session = useSession();
  const navigate = useNavigate();
  useTitle(task.data?.name, session.data?.workspace.name);

  const gone = task.error instanceof ApiError && task.error.kind === 'missing';
  if (task.isError && (gone || !task.data)) {
    return (
      <Failure error={task.error} subject={`Task #${id}`} {...(gone ? {} : { retry: () => void task.refetch() })} />
    );
  }
  if (!task.data) return <TaskSkeleton />;

  return (
    <>
      <TaskSummary
        task={task.data}
        jobs={jobs.data}
        labels={labels.data}
        scope={session.data?.workspace.id ?? ''}
        onDeleted={() => {
          tell(`Task “${task.data.name}” was deleted. The git history keeps it.`);
          void navigate('/', { replace: true });
        }}
      />
      <WatchedFolders taskId={id} />
      <section className={classes.jobs} aria-labelledby="jobs">
        <h2 id="jobs" className={classes.heading}>
          Jobs
        </h2>
        {task.data.size === undefined ? (
          <p className={classes.none}>No data yet. Jobs come with the frames; “Add data” gives the task its files.</p>
        ) : jobs.data ? (
          <JobsTable jobs={jobs.data} />
        ) : jobs.isError ? (
          <Failure error={jobs.error} subject="The list of jobs" retry={() => void jobs.refetch()} />
        ) : (
          <Skeleton height={180} />
        )}
      </section>
    </>
  );
}

function TaskSkeleton(): ReactNode {
  return (
    <div className={classes.summary} aria-busy aria-label="Loading the task">
      <Skeleton width={224} height={152} />
      <div className={classes.facts}>
        <Skeleton width={240} height={20} />
        <Skeleton width={180} height={12} mt={12} />
        <Skeleton width="100%" height={8} mt={20} />
        <Skeleton width={320} height={20} mt={20} />
      </div>
    </div>
  );
}
