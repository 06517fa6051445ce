/** What the forms that make and fill tasks share: their sections, their advanced part and the words of a failure. */

import { Alert } from '@mantine/core';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Link } from 'react-router';

import { AdvancedFields } from './AdvancedFields';
import type { Advanced } from './draft';
import classes from './NewTask.module.css';
import { advancedProblems } from './problems';
import type { Problems } from './problems';

export function BackLink({ to, children }: { readonly to: string; readonly children: ReactNode }): ReactNode {
  return (
    <Link to={to} className={classes.crumbLink}>
      <ArrowLeft size={14} aria-hidden /> {children}
    </Link>
  );
}

export function FormPart({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={classes.part} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

interface AdvancedPartProps {
  readonly advanced: Advanced;
  readonly problems: Problems;
  readonly onChange: (advanced: Advanced) => void;
  readonly mediaOnly?: boolean;
}

/** Closed until it is wanted, or something in it is wrong. */
export function AdvancedPart({ advanced, problems, onChange, mediaOnly = false }: AdvancedPartProps): ReactNode {
  const [open, setOpen] = useState(false);
  const wrong = Object.keys(advancedProblems(advanced)).some((field) => field in problems);
  return (
    <details className={classes.part} open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Advanced</summary>
      <AdvancedFields
        advanced={advanced}
        problems={problems}
        mediaOnly={mediaOnly}
        onChange={(change) => onChange({ ...advanced, ...change })}
      />
    </details>
  );
}

export function FailureAlert({ title, failure }: { readonly title: string; readonly failure: string | null }): ReactNode {
  if (failure === null) return null;
  return (
    <Alert color="red" role="alert" title={title}>
      {failure}
    </Alert>
  );
}
