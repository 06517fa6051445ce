/** State and stage of the job, the two usual ends (finish it, take it up again), and the way to its neighbours. */

import { Button, Menu } from '@mantine/core';
import { ArrowLeft, ArrowRight, Check, ChevronDown, CircleCheckBig, RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { JobRead } from '../../protocol/generated';
import type { JobPatch } from '../../protocol/resources';
import { usePatchJob } from '../daemon/mutations';
import { useJobs } from '../daemon/queries';
import { jobAddress } from '../task/nextJob';
import { STAGES, STATES } from './progress';
import type { Choice } from './progress';
import classes from './JobMenu.module.css';

export function JobMenu({ job }: { readonly job: JobRead }): ReactNode {
  const patch = usePatchJob();
  const change = (fields: JobPatch): void => patch.mutate({ job, patch: fields });
  const state = STATES.find((choice) => choice.value === job.state);
  const stage = STAGES.find((choice) => choice.value === job.stage);
  const finished = job.stage === 'acceptance' && job.state === 'completed';
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button
          variant="default"
          aria-label={`Job menu: ${stage?.title ?? job.stage}, ${state?.title ?? job.state}`}
          leftSection={<span className={classes.dot} style={{ background: state?.color }} />}
          rightSection={<ChevronDown size={13} aria-hidden />}
        >
          <span className={classes.stage}>{stage?.title ?? job.stage}</span>
          {state?.title ?? job.state}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {finished ? (
          <Menu.Item
            leftSection={<RotateCcw size={14} />}
            onClick={() => change({ stage: 'annotation', state: 'new' })}
          >
            Renew the job
          </Menu.Item>
        ) : (
          <Menu.Item
            leftSection={<CircleCheckBig size={14} />}
            onClick={() => change({ stage: 'acceptance', state: 'completed' })}
          >
            Finish the job
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>State</Menu.Label>
        <Choices choices={STATES} chosen={job.state} onChoose={(value) => change({ state: value })} />
        <Menu.Divider />
        <Menu.Label>Stage</Menu.Label>
        <Choices choices={STAGES} chosen={job.stage} onChoose={(value) => change({ stage: value })} />
        <Neighbours job={job} />
      </Menu.Dropdown>
    </Menu>
  );
}

function Neighbours({ job }: { readonly job: JobRead }): ReactNode {
  const jobs = useJobs(job.task_id).data ?? [];
  const place = jobs.findIndex((other) => other.id === job.id);
  const previous = jobs[place - 1];
  const next = place < 0 ? undefined : jobs[place + 1];
  if (!previous && !next) return null;
  return (
    <>
      <Menu.Divider />
      {previous && (
        <Menu.Item component={Link} to={jobAddress(previous)} leftSection={<ArrowLeft size={14} />}>
          Previous job, #{previous.id}
        </Menu.Item>
      )}
      {next && (
        <Menu.Item component={Link} to={jobAddress(next)} leftSection={<ArrowRight size={14} />}>
          Next job, #{next.id}
        </Menu.Item>
      )}
    </>
  );
}

interface ChoicesProps<T extends string> {
  readonly choices: readonly Choice<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

function Choices<T extends string>({ choices, chosen, onChoose }: ChoicesProps<T>): ReactNode {
  return choices.map(({ value, title, color }) => (
    <Menu.Item
      key={value}
      role="menuitemradio"
      aria-checked={value === chosen}
      leftSection={<span className={classes.dot} style={{ background: color ?? 'transparent' }} />}
      rightSection={value === chosen ? <Check size={14} aria-hidden /> : null}
      onClick={() => {
        if (value !== chosen) onChoose(value);
      }}
    >
      {title}
    </Menu.Item>
  ));
}
