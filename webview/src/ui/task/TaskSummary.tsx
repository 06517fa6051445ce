/** The head of a task's page: picture, name, figures, labels, and what can be done with it. */

import { Button, Title } from '@mantine/core';
import { ArrowLeft, CalendarClock, ImagePlus, Layers, Play, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { JobRead, Label, TaskRead } from '../../protocol/generated';
import { taskPreviewAddress } from '../../protocol/resources';
import { mediaKind } from '../format/mediaKind';
import { ago, moment } from '../format/time';
import { capital, counted, personName } from '../format/words';
import { lastFrame } from '../job/lastFrame';
import { loadJobPage } from '../pages';
import { Progress } from '../shell/Progress';
import { Thumbnail } from '../shell/Thumbnail';
import { DeleteTask } from './DeleteTask';
import { LabelList } from './LabelList';
import { jobAddress, nextJob } from './nextJob';
import classes from './TaskPage.module.css';

interface TaskSummaryProps {
  readonly task: TaskRead;
  readonly jobs: readonly JobRead[] | undefined;
  readonly labels: readonly Label[] | undefined;
  /** The workspace's path: frames last seen are remembered per workspace. */
  readonly scope: string;
  readonly onDeleted: () => void;
}

export function TaskSummary({ task, jobs, labels, scope, onDeleted }: TaskSummaryProps): ReactNode {
  const { word, Icon } = mediaKind(task);
  return (
    <>
      <Link to="/" className={classes.crumb}>
        <ArrowLeft size={14} aria-hidden /> Tasks
      </Link>
      <div className={classes.summary}>
        <Thumbnail address={taskPreviewAddress(task.id)} width={224} height={152} whole />
        <div className={classes.facts}>
          <div className={classes.title}>
            <Title order={1}>{task.name}</Title>
            {task.size === undefined ? <AddDataButton taskId={task.id} /> : <OpenButton jobs={jobs} scope={scope} />}
            {task.size !== undefined && task.size > 0 && task.mode !== 'interpolation' && <AddFramesButton taskId={task.id} />}
            <DeleteTask task={task} onDeleted={onDeleted} />
          </div>
          <div className={classes.line}>
            <span>#{task.id}</span>
            <span className={classes.fact}>
              <Icon size={13} aria-hidden />
              {task.size === undefined ? 'No data yet' : `${word}, ${counted(task.size, 'frame')}`}
            </span>
            <span className={classes.fact}>
              <Layers size={13} aria-hidden />
              {capital(task.status)}
              {task.subset !== '' && `, subset ${task.subset}`}
            </span>
            {task.owner && (
              <span className={classes.fact}>
                <UserRound size={13} aria-hidden />
                Owner {personName(task.owner)}
                {task.assignee && `, assignee ${personName(task.assignee)}`}
              </span>
            )}
            <span
              className={classes.fact}
              title={`Made ${moment(task.created_date)}, changed ${moment(task.updated_date)}`}
            >
              <CalendarClock size={13} aria-hidden />
              Changed {ago(task.updated_date)}
            </span>
          </div>
          <div className={classes.progress}>
            <Progress jobs={task.jobs} />
          </div>
          <LabelList labels={labels} />
        </div>
      </div>
    </>
  );
}

function AddDataButton({ taskId }: { readonly taskId: number }): ReactNode {
  return (
    <Button component={Link} to={`/tasks/${taskId}/data`} leftSection={<ImagePlus size={14} aria-hidden />}>
      Add data
    </Button>
  );
}

function AddFramesButton({ taskId }: { readonly taskId: number }): ReactNode {
  return (
    <Button
      component={Link}
      to={`/tasks/${taskId}/frames`}
      variant="default"
      leftSection={<ImagePlus size={14} aria-hidden />}
    >
      Add frames
    </Button>
  );
}

function OpenButton({ jobs, scope }: Pick<TaskSummaryProps, 'jobs' | 'scope'>): ReactNode {
  const job = nextJob(jobs ?? []);
  if (!job) return null;
  const frame = lastFrame(scope, job.id);
  const begun = frame !== null || job.state !== 'new';
  return (
    <Button
      component={Link}
      to={jobAddress(job, frame)}
      leftSection={<Play size={14} aria-hidden />}
      onPointerEnter={() => void loadJobPage()}
      onFocus={() => void loadJobPage()}
      title={`Job #${job.id}`}
    >
      {begun ? 'Continue' : 'Open'}
    </Button>
  );
}
