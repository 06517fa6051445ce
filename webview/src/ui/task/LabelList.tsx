/** The labels of a task with their colours. */

import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';

import { css, labelColour } from '../../geometry/colour';
import type { Label } from '../../protocol/generated';
import classes from './TaskPage.module.css';

export function LabelList({ labels }: { readonly labels: readonly Label[] | undefined }): ReactNode {
  if (!labels) return <Skeleton width={320} height={24} />;
  return (
    <ul className={classes.labels} aria-label="Labels">
      {labels.map((label) => (
        <li
          key={label.id}
          className={classes.label}
          title={label.type === 'any' ? undefined : `Only for ${label.type}`}
        >
          <span className={classes.dot} style={{ background: css(labelColour(label)) }} />
          {label.name}
        </li>
      ))}
    </ul>
  );
}
