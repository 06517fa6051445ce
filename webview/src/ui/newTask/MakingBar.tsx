import type { ReactNode } from 'react';

import type { Phase } from './making';
import classes from './NewTask.module.css';
import { phasePart, phaseWords } from './phaseWords';

/** How far a task is, as a bar with words below. */
export function MakingBar({ phase, label }: { readonly phase: Phase; readonly label: string }): ReactNode {
  const part = phasePart(phase);
  const words = phaseWords(phase);
  return (
    <div>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(part === null ? {} : { 'aria-valuenow': Math.round(part * 100) })}
        aria-valuetext={words}
      >
        <span
          className={classes.filled}
          data-unknown={part === null || undefined}
          data-kind={phase.kind}
          style={part === null ? undefined : { width: `${part * 100}%` }}
        />
      </div>
      <div className={classes.hint}>{words}</div>
    </div>
  );
}
