/** A task as one line of the list; the whole line is its link. */

import { Skeleton, Text } from '@mantine/core';
import { UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { TaskRead } from '../../protocol/generated';
import { taskPreviewAddress } from '../../protocol/resources';
import { mediaKind } from '../format/mediaKind';
import { ago, moment } from '../format/time';
import { counted, personName } from '../format/words';
import { Progress } from '../shell/Progress';
import { Thumbnail } from '../shell/Thumbnail';
import classes from './TaskRow.module.css';

export function TaskRow({ task }: { readonly task: TaskRead }): ReactNode {
  const { word, Icon } = mediaKind(task);
  const person = task.assignee ?? task.owner;
  return (
    <li className={classes.row}>
      <Thumbnail address={taskPreviewAddress(task.id)} width={72} height={48} />
      <div className={classes.name}>
        <Link to={`/tasks/${task.id}`} className={classes.link}>
          {task.name}
        </Link>
        <Text c="dimmed" size="xs" className={classes.facts}>
          <span>#{task.id}</span>
          <span className={classes.fact}>
            <Icon size={12} aria-hidden />
            {task.size === undefined ? 'No data yet' : word}
          </span>
          {task.size === undefined && (
            <Link to={`/tasks/${task.id}/data`} className={classes.action} aria-label={`Add data to ${task.name}`}>
              Add data
            </Link>
          )}
          {task.size !== undefined && <span>{counted(task.size, 'frame')}</span>}
          {task.subset !== '' && <span>{task.subset}</span>}
        </Text>
      </div>
      <Progress jobs={task.jobs} />
      <Text c="dimmed" className={classes.person} title={task.assignee ? 'Assignee' : 'Owner; nobody is assigned'}>
        {person && (
          <>
            <UserRound size={13} aria-hidden />
            <span className={classes.cut}>{personName(person)}</span>
          </>
        )}
      </Text>
      <Text c="dimmed" className={classes.time} title={moment(task.updated_date)}>
        {ago(task.updated_date)}
      </Text>
    </li>
  );
}

export function TaskRowSkeleton(): ReactNode {
  return (
    <li className={classes.row} aria-hidden>
      <Skeleton width={72} height={48} />
      <div className={classes.name}>
        <Skeleton width={180} height={12} mb={8} />
        <Skeleton width={120} height={10} />
      </div>
      <Skeleton width={180} height={8} />
      <Skeleton width={110} height={10} />
      <Skeleton width={90} height={10} />
    </li>
  );
}
