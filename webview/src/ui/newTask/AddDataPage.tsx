/** Gives a task that has none its data. */

import { Button, Title } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Navigate, useNavigate } from 'react-router';

import type { TaskRead } from '../../protocol/generated';
import { useDaemon } from '../daemon/context';
import { keys } from '../daemon/keys';
import { dataBody } from './bodies';
import { emptyDraft } from './draft';
import type { TaskDraft } from './draft';
import { focusProblem } from './focusProblem';
import { FormOfTask } from './FormOfTask';
import { AdvancedPart, BackLink, FailureAlert, FormPart } from './FormParts';
import { giveData } from './making';
import { MakingDialog } from './MakingDialog';
import classes from './NewTask.module.css';
import { mediaProblems } from './problems';
import { SourceField } from './SourceField';
import { useMaking } from './useMaking';

export function AddDataPage(): ReactNode {
  return <FormOfTask title="Add data" form={(task) => <DataForm task={task} />} />;
}

function DataForm({ task }: { readonly task: TaskRead }): ReactNode {
  const { client, queries } = useDaemon();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<TaskDraft>(() => emptyDraft(task.name));
  const [tried, setTried] = useState(false);
  const making = useMaking();
  const problems = mediaProblems(draft);
  const shown = tried ? problems : {};
  const busy = making.phase !== null;
  // Someone else was quicker, or it is an old link.
  if (task.size !== undefined && task.size > 0 && !busy) return <Navigate to={`/tasks/${task.id}`} replace />;

  const submit = async (): Promise<void> => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      focusProblem(form.current);
      return;
    }
    const media = { files: draft.source === 'files' ? draft.files : [], data: dataBody(draft) };
    const made = await making.run((how) => giveData(client, task.id, media, how));
    void queries.invalidateQueries({ queryKey: keys.task(task.id) });
    void queries.invalidateQueries({ queryKey: keys.jobs(task.id) });
    void queries.invalidateQueries({ queryKey: keys.tasks });
    if (made) await navigate(`/tasks/${task.id}`);
  };

  return (
    <>
      <BackLink to={`/tasks/${task.id}`}>{task.name}</BackLink>
      <form
        className={classes.form}
        ref={form}
        noValidate
        aria-labelledby="add-data"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Title order={1} id="add-data">
          Data of “{task.name}”
        </Title>
        <FormPart id="files" title="Files">
          <SourceField
            draft={draft}
            problem={shown.source}
            onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
          />
        </FormPart>
        <AdvancedPart
          advanced={draft.advanced}
          problems={shown}
          mediaOnly
          onChange={(advanced) => setDraft((old) => ({ ...old, advanced }))}
        />
        <FailureAlert title="The data were not added" failure={making.failure} />
        <div className={classes.actions}>
          <Button type="submit">Add data</Button>
        </div>
      </form>
      <MakingDialog making={making} title={`Adding data to “${task.name}”`} />
    </>
  );
}
