/** The form of a new task, or of several that differ in their names and videos. */

import { Button, NativeSelect, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { listProjects } from '../../protocol/creation';
import { useDaemon } from '../daemon/context';
import { keys } from '../daemon/keys';
import { counted } from '../format/words';
import { isVideo } from './chosenFiles';
import type { TaskDraft } from './draft';
import { FilesField } from './FilesField';
import { focusProblem } from './focusProblem';
import { AdvancedPart, FailureAlert, FormPart } from './FormParts';
import { LabelsField } from './LabelsField';
import { templateProblem } from './nameTemplate';
import classes from './NewTask.module.css';
import { mediaProblems, problemsOf, taskProblems } from './problems';
import type { Problems } from './problems';
import { SourceField } from './SourceField';

interface TaskFormProps {
  readonly draft: TaskDraft;
  /** How each of several tasks is called; null for one task. */
  readonly template: string | null;
  readonly failure: string | null;
  readonly onChange: (change: Partial<TaskDraft>) => void;
  readonly onTemplate: (template: string) => void;
  readonly onSubmit: (then: 'open' | 'stay') => void;
  /** Stands beside the title. */
  readonly turn: ReactNode;
}

export function TaskForm({
  draft,
  template,
  failure,
  onChange,
  onTemplate,
  onSubmit,
  turn,
}: TaskFormProps): ReactNode {
  const form = useRef<HTMLFormElement>(null);
  const [tried, setTried] = useState(false);
  const several = template !== null;
  const videos = several ? draft.files.filter(isVideo) : [];
  const problems = several ? severalProblems(draft, template) : problemsOf(draft);
  const shown: Problems = tried ? problems : {};

  const submit = (then: 'open' | 'stay'): void => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      focusProblem(form.current);
      return;
    }
    setTried(false);
    onSubmit(then);
  };

  return (
    <form
      className={classes.form}
      ref={form}
      noValidate
      aria-labelledby="new-task"
      onSubmit={(event) => {
        event.preventDefault();
        submit('open');
      }}
    >
      <div className={classes.head}>
        <Title order={1} id="new-task">
          {several ? 'Several tasks from videos' : 'New task'}
        </Title>
        {turn}
      </div>
      <FormPart id="basics" title="Basics">
        <div className={classes.grid}>
          {several ? (
            <TextInput
              className={classes.wide}
              label="Name of each task"
              description="{{file_name}} is the name of the video, {{index}} its number, from 0."
              value={template}
              error={shown.name}
              onChange={(event) => onTemplate(event.currentTarget.value)}
            />
          ) : (
            <TextInput
              className={classes.wide}
              label="Name"
              autoFocus
              value={draft.name}
              error={shown.name}
              onChange={(event) => onChange({ name: event.currentTarget.value })}
            />
          )}
          <ProjectField projectId={draft.projectId} onChange={(projectId) => onChange({ projectId })} />
          <TextInput
            label="Subset"
            placeholder="train, validation, test…"
            value={draft.subset}
            error={shown.subset}
            onChange={(event) => onChange({ subset: event.currentTarget.value })}
          />
        </div>
      </FormPart>
      <FormPart id="labels" title="Labels">
        {draft.projectId === null ? (
          <LabelsField labels={draft.labels} problem={shown.labels} onChange={(labels) => onChange({ labels })} />
        ) : (
          <p className={classes.hint}>The labels are those of the project.</p>
        )}
      </FormPart>
      <FormPart id="files" title={several ? 'Videos' : 'Files'}>
        {several ? (
          <FilesField videos files={draft.files} problem={shown.source} onChange={(files) => onChange({ files })} />
        ) : (
          <SourceField draft={draft} problem={shown.source} onChange={onChange} />
        )}
        {several && videos.length < draft.files.length && (
          <p className={classes.hint} role="status">
            {counted(draft.files.length - videos.length, 'file')} without a video’s extension will be left out.
          </p>
        )}
      </FormPart>
      <AdvancedPart advanced={draft.advanced} problems={shown} onChange={(advanced) => onChange({ advanced })} />
      <FailureAlert title="The task was not made" failure={failure} />
      <div className={classes.actions}>
        <Button type="submit">
          {several ? (videos.length === 1 ? 'Make 1 task' : `Make ${videos.length} tasks`) : 'Make and open'}
        </Button>
        {!several && (
          <Button variant="default" onClick={() => submit('stay')}>
            Make and start another
          </Button>
        )}
      </div>
    </form>
  );
}

/** The name is that of the template, and only videos count. */
function severalProblems(draft: TaskDraft, template: string): Problems {
  const videos = draft.files.filter(isVideo);
  const name = templateProblem(
    template,
    videos.map(({ file }) => file.name),
  );
  return {
    // A task's own name is not asked for.
    ...taskProblems({ ...draft, name: 'any' }),
    ...mediaProblems({ ...draft, source: 'files' }),
    ...(name === null ? {} : { name }),
    ...(videos.length === 0 ? { source: 'Choose videos, or drop them here.' } : {}),
  };
}

/** Only where there are projects. */
function ProjectField({
  projectId,
  onChange,
}: {
  readonly projectId: number | null;
  readonly onChange: (projectId: number | null) => void;
}): ReactNode {
  const { client } = useDaemon();
  const projects = useQuery({
    queryKey: keys.projects,
    queryFn: ({ signal }) => listProjects(client, signal),
    retry: false,
    staleTime: 60_000,
  }).data;
  if (projects === undefined || projects.length === 0) return null;
  return (
    <NativeSelect
      label="Project"
      data={[
        { value: '', label: 'None' },
        ...projects.map(({ id, name }) => ({ value: String(id), label: `${name} (#${id})` })),
      ]}
      value={projectId === null ? '' : String(projectId)}
      onChange={({ currentTarget: { value } }) => onChange(value === '' ? null : Number(value))}
    />
  );
}
