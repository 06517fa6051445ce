/** How far each of several tasks is; one that failed is tried again by itself. */

import { Button, Title } from '@mantine/core';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useStore } from 'zustand';

import { counted } from '../format/words';
import { MakingBar } from './MakingBar';
import classes from './NewTask.module.css';
import type { ItemState, Several, SeveralItem } from './several';
import { useLeaveWarning } from './useLeaveWarning';

export function SeveralProgress({ run, onBack }: { readonly run: Several; readonly onBack: () => void }): ReactNode {
  const states = useStore(run.states);
  const count = (kind: ItemState['kind']): number => states.filter((state) => state.kind === kind).length;
  const [made, failed] = [count('made'), count('failed')];
  const over = made + failed === states.length;
  useLeaveWarning(!over);

  return (
    <div className={classes.form}>
      <div className={classes.head}>
        <Title order={1}>{counted(states.length, 'task')} from videos</Title>
        <span className={classes.hint} role="status">
          {made} of {states.length} made{failed > 0 && `, ${failed} failed`}
        </span>
      </div>
      <ul className={classes.rows} aria-label="New tasks">
        {run.items.map((item, index) => (
          <Row
            key={item.file.path}
            item={item}
            state={states[index] ?? { kind: 'waiting' }}
            onRetry={() => run.retry(index)}
          />
        ))}
      </ul>
      <div className={classes.actions}>
        {over ? (
          <>
            <Button component={Link} to="/">
              All tasks
            </Button>
            <Button variant="default" onClick={onBack}>
              Back to the form
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={run.cancel}>
            Cancel those that are not made
          </Button>
        )}
      </div>
    </div>
  );
}

interface RowProps {
  readonly item: SeveralItem;
  readonly state: ItemState;
  readonly onRetry: () => void;
}

function Row({ item, state, onRetry }: RowProps): ReactNode {
  const { name } = item.task;
  return (
    <li className={classes.row}>
      <span>
        {state.kind === 'made' ? <Link to={`/tasks/${state.taskId}`}>{name}</Link> : name}
        {item.file.path !== name && <div className={classes.hint}>{item.file.path}</div>}
      </span>
      <Progress state={state} name={name} />
      {state.kind === 'failed' && (
        <Button variant="default" onClick={onRetry} aria-label={`Retry ${name}`}>
          Retry
        </Button>
      )}
    </li>
  );
}

function Progress({ state, name }: { readonly state: ItemState; readonly name: string }): ReactNode {
  switch (state.kind) {
    case 'waiting':
      return <span className={classes.hint}>Waits</span>;
    case 'running':
      return <MakingBar phase={state.phase} label={name} />;
    case 'made':
      return (
        <span className={classes.good}>
          <Check size={14} aria-hidden /> Made
        </span>
      );
    case 'failed':
      return (
        <p className={classes.problem} role="alert">
          {state.message}
        </p>
      );
  }
}
