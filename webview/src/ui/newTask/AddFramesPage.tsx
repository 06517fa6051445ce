/** Gives a task that has frames more of them; those it has keep their numbers. */

import { Button, Title } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Navigate, useNavigate } from 'react-router';

import type { FramesResponse } from '../../protocol/creation';
import type { TaskRead } from '../../protocol/generated';
import { useDaemon } from '../daemon/context';
import { keys } from '../daemon/keys';
import { counted } from '../format/words';
import { tell } from '../shell/tell';
import { SortingField } from './AdvancedFields';
import { emptyDraft } from './draft';
import type { TaskDraft } from './draft';
import { focusProblem } from './focusProblem';
import { FormOfTask } from './FormOfTask';
import { BackLink, FailureAlert, FormPart } from './FormParts';
import { giveFrames } from './making';
import { MakingDialog } from './MakingDialog';
import classes from './NewTask.module.css';
import { mediaProblems } from './problems';
import { SourceField } from './SourceField';
import { useMaking } from './useMaking';

export function AddFramesPage(): ReactNode {
  return <FormOfTask title="Add frames" form={(task) => <FramesForm task={task} />} />;
}

function FramesForm({ task }: { readonly task: TaskRead }): ReactNode {
  const { client, queries } = useDaemon();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<TaskDraft>(() => emptyDraft(task.name));
  const [tried, setTried] = useState(false);
  const making = useMaking();
  const problems = mediaProblems(draft);
  // A task without frames is told more: how it is cut into jobs, say. The frames of a video are those of its file.
  if (task.size === undefined || task.size === 0) return <Navigate to={`/tasks/${task.id}/data`} replace />;
  if (task.mode === 'interpolation') return <Navigate to={`/tasks/${task.id}`} replace />;

  const submit = async (): Promise<void> => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      focusProblem(form.current);
      return;
    }
    const files = draft.source === 'files' ? draft.files : [];
    const request = {
      sorting_method: draft.advanced.sorting,
      ...(draft.source === 'share' ? { server_files: draft.shared } : {}),
    };
    const answers: FramesResponse[] = [];
    await making.run(async (how) => {
      answers.push(await giveFrames(client, task.id, files, request, how));
    });
    void queries.invalidateQueries({ queryKey: keys.task(task.id) });
    void queries.invalidateQueries({ queryKey: keys.jobs(task.id) });
    void queries.invalidateQueries({ queryKey: keys.tasks });
    const [added] = answers;
    if (added === undefined) return;
    tell(addedWords(added));
    await navigate(`/tasks/${task.id}`);
  };

  return (
    <>
      <BackLink to={`/tasks/${task.id}`}>{task.name}</BackLink>
      <form
        className={classes.form}
        ref={form}
        noValidate
        aria-labelledby="add-frames"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Title order={1} id="add-frames">
          More frames for “{task.name}”
        </Title>
        <FormPart id="files" title="Files">
          <SourceField
            draft={draft}
            problem={tried ? problems.source : undefined}
            filesOnly
            onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
          />
          <p className={classes.hint}>
            They come behind the {counted(task.size, 'frame')} that the task has. Files that it has already are passed over.
          </p>
        </FormPart>
        <FormPart id="order" title="Order">
          <SortingField
            sorting={draft.advanced.sorting}
            onChange={(sorting) => setDraft((old) => ({ ...old, advanced: { ...old.advanced, sorting } }))}
          />
        </FormPart>
        <FailureAlert title="No frames were added" failure={making.failure} />
        <div className={classes.actions}>
          <Button type="submit">Add frames</Button>
        </div>
      </form>
      <MakingDialog making={making} title={`Adding frames to “${task.name}”`} />
    </>
  );
}

function addedWords({ count, known }: FramesResponse): string {
  const words = count === 0 ? 'No frame was added.' : `${counted(count, 'frame')} ${count === 1 ? 'was' : 'were'} added.`;
  return known === 0 ? words : `${words} The task had ${counted(known, 'frame')} of them already.`;
}
