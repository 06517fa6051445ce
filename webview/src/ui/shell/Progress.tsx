/** How many of a task's jobs are done: accepted ones filled, ones in validation shaded. */

import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

import type { JobsSummary } from '../../protocol/generated';
import { share } from '../format/words';
import classes from './Progress.module.css';

export function Progress({ jobs }: { readonly jobs: JobsSummary }): ReactNode {
  const part = (count: number): string => (jobs.count > 0 ? `${(100 * count) / jobs.count}%` : '0%');
  const text = `${jobs.completed} of ${jobs.count} jobs completed`;
  return (
    <div className={classes.progress}>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={jobs.count}
        aria-valuenow={jobs.completed}
        aria-valuetext={text}
        title={`${text}, ${jobs.validation} in validation`}
      >
        <span className={classes.completed} style={{ width: part(jobs.completed) }} />
        <span className={classes.validation} style={{ width: part(jobs.validation) }} />
      </div>
      <Text c="dimmed" size="xs" className={classes.figures} aria-hidden>
        <span>
          {jobs.completed} / {jobs.count} jobs
        </span>
        <span>{share(jobs.completed, jobs.count)}</span>
      </Text>
    </div>
  );
}
