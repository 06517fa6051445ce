/** One job in the table; stage, state and assignee are changed in place. */

import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { BasicUser, JobRead } from '../../protocol/generated';
import { jobPreviewAddress } from '../../protocol/resources';
import { usePatchJob } from '../daemon/mutations';
import { ago, moment } from '../format/time';
import { counted, frameRange, personName } from '../format/words';
import { lastFrame } from '../job/lastFrame';
import { STAGES, STATES } from '../job/progress';
import { loadJobPage } from '../pages';
import { CellSelect } from '../shell/CellSelect';
import { Thumbnail } from '../shell/Thumbnail';
import { jobAddress } from './nextJob';
import classes from './JobsTable.module.css';

interface JobRowProps {
  readonly job: JobRead;
  readonly users: readonly BasicUser[];
  readonly scope: string;
  readonly index: number;
  /** CSS pixels from the top of the table's body. */
  readonly top: number;
  readonly height: number;
}

export function JobRow({ job, users, scope, index, top, height }: JobRowProps): ReactNode {
  const patch = usePatchJob();
  const known = job.assignee && !users.some((user) => user.id === job.assignee?.id) ? [...users, job.assignee] : users;
  return (
    <div
      className={classes.row}
      role="row"
      aria-rowindex={index + 2}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <div role="cell" className={classes.job}>
        <Thumbnail address={jobPreviewAddress(job.id)} width={48} height={34} />
        <Link
          to={jobAddress(job, lastFrame(scope, job.id))}
          className={classes.link}
          onPointerEnter={() => void loadJobPage()}
          onFocus={() => void loadJobPage()}
        >
          Job #{job.id}
        </Link>
        {job.type !== 'annotation' && <span className={classes.type}>{job.type.replaceAll('_', ' ')}</span>}
      </div>
      <div role="cell">
        {frameRange(job.start_frame, job.stop_frame)}
        <span className={classes.count}>{counted(job.frame_count, 'frame')}</span>
      </div>
      <div role="cell">
        <CellSelect
          label={`Stage of job ${job.id}`}
          value={job.stage}
          options={STAGES}
          onChange={(stage) => patch.mutate({ job, patch: { stage } })}
        />
      </div>
      <div role="cell">
        <CellSelect
          label={`State of job ${job.id}`}
          value={job.state}
          options={STATES}
          onChange={(state) => patch.mutate({ job, patch: { state } })}
        />
      </div>
      <div role="cell">
        <CellSelect
          label={`Assignee of job ${job.id}`}
          value={job.assignee ? String(job.assignee.id) : ''}
          options={[
            { value: '', title: 'Nobody' },
            ...known.map((user) => ({ value: String(user.id), title: personName(user) })),
          ]}
          onChange={(id) => patch.mutate({ job, patch: { assignee: id === '' ? null : Number(id) } })}
        />
      </div>
      <div role="cell" className={classes.time} title={moment(job.updated_date)}>
        {ago(job.updated_date)}
      </div>
    </div>
  );
}
