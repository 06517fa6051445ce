/** The jobs of a task. Only the rows on the screen exist: a task may have thousands. */

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import type { JobRead } from '../../protocol/generated';
import { useSession, useUsers } from '../daemon/queries';
import { JobRow } from './JobRow';
import classes from './JobsTable.module.css';

const ROW_HEIGHT = 48;

export function JobsTable({ jobs }: { readonly jobs: readonly JobRead[] }): ReactNode {
  const users = useUsers().data;
  const scope = useSession().data?.workspace.id ?? '';
  const body = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(body.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: jobs.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: offset,
    initialRect: { width: 1200, height: 900 },
  });

  return (
    <div className={classes.table} role="table" aria-label="Jobs" aria-rowcount={jobs.length + 1}>
      <div role="rowgroup">
        <div className={classes.head} role="row" aria-rowindex={1}>
          <span role="columnheader">Job</span>
          <span role="columnheader">Frames</span>
          <span role="columnheader">Stage</span>
          <span role="columnheader">State</span>
          <span role="columnheader">Assignee</span>
          <span role="columnheader">Changed</span>
        </div>
      </div>
      <div role="rowgroup" ref={body} className={classes.body} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const job = jobs[item.index];
          return (
            job && (
              <JobRow
                key={job.id}
                job={job}
                users={users ?? []}
                scope={scope}
                index={item.index}
                top={item.start - offset}
                height={ROW_HEIGHT}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
