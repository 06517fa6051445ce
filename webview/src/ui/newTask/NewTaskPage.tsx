/** Makes a task, or one task for each of several videos. The address says which. */

import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { useDaemon } from '../daemon/context';
import { keys } from '../daemon/keys';
import { useSession } from '../daemon/queries';
import { tell } from '../shell/tell';
import { useTitle } from '../shell/useTitle';
import { dataBody, taskBody } from './bodies';
import { isVideo } from './chosenFiles';
import { emptyDraft } from './draft';
import type { TaskDraft } from './draft';
import { BackLink } from './FormParts';
import { makeTask } from './making';
import { MakingDialog } from './MakingDialog';
import { DEFAULT_TEMPLATE, taskNames } from './nameTemplate';
import { makeSeveral } from './several';
import type { Several } from './several';
import { SeveralProgress } from './SeveralProgress';
import { TaskForm } from './TaskForm';
import { useMaking } from './useMaking';

export function NewTaskPage(): ReactNode {
  const { client, queries } = useDaemon();
  const [params, setParams] = useSearchParams();
  const several = params.get('multi') === 'true';
  const navigate = useNavigate();
  const workspace = useSession().data?.workspace.name;
  useTitle(several ? 'New tasks' : 'New task', workspace);
  const [draft, setDraft] = useState<TaskDraft>(() => emptyDraft());
  const [template, setTemplate] = useState(DEFAULT_TEMPLATE);
  const [run, setRun] = useState<Several | null>(null);
  const making = useMaking();
  const running = useRef<Several | null>(null);
  useEffect(() => () => running.current?.cancel(), []);

  const refresh = (): void => void queries.invalidateQueries({ queryKey: keys.tasks });

  const makeOne = async (then: 'open' | 'stay'): Promise<void> => {
    let id = 0;
    const media = { files: draft.source === 'files' ? draft.files : [], data: dataBody(draft) };
    const made = await making.run(async (how) => {
      id = await makeTask(client, taskBody(draft), media, how);
    });
    refresh();
    if (!made) return;
    if (then === 'open') return navigate(`/tasks/${id}`);
    tell(`Task “${draft.name.trim()}” was made.`);
    // Labels and the rest are those of the next task too.
    setDraft({ ...draft, name: '', files: [], shared: [], addresses: '' });
  };

  const makeMany = (): void => {
    const videos = draft.files.filter(isVideo);
    const names = taskNames(
      template,
      videos.map(({ file }) => file.name),
    );
    const items = videos.map((file, index) => ({ file, task: taskBody(draft, names[index] ?? file.file.name) }));
    running.current = makeSeveral(client, items, dataBody({ ...draft, source: 'files' }), refresh);
    setRun(running.current);
  };

  return (
    <>
      <BackLink to="/">Tasks</BackLink>
      {run ? (
        <SeveralProgress run={run} onBack={() => setRun(null)} />
      ) : (
        <TaskForm
          draft={draft}
          template={several ? template : null}
          failure={making.failure}
          onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
          onTemplate={setTemplate}
          onSubmit={(then) => (several ? makeMany() : void makeOne(then))}
          turn={
            <Button
              variant="subtle"
              onClick={() => setParams(several ? {} : { multi: 'true' }, { replace: true })}
            >
              {several ? 'Make one task instead' : 'Several tasks from videos'}
            </Button>
          }
        />
      )}
      <MakingDialog making={making} title={`Making “${draft.name.trim()}”`} />
    </>
  );
}
