/** How the workspace stands to its remote: when it was last in step, what went wrong, conflicts that wait. */

import { Button, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { CloudAlert, GitMerge, RefreshCw } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import type { SyncStatus } from '../../protocol/generated';
import { useStartSync } from '../daemon/mutations';
import { useSync } from '../daemon/queries';
import { ago, moment } from '../format/time';
import { counted } from '../format/words';
import classes from './SyncIndicator.module.css';

/** Times are said anew this often, in ms. */
const TICK_MS = 30_000;

/** Nothing where the workspace has no remote. `compact`: the words only where something is wrong. */
export function SyncIndicator({ compact = false }: { readonly compact?: boolean }): ReactNode {
  const status = useSync().data;
  useTick();
  if (!status || status.address === '') return null;
  const { kind, title, Icon } = described(status);
  const quiet = compact && (kind === 'idle' || kind === 'running');
  return (
    <Popover position="bottom-end" width={320} shadow="md" withArrow>
      <Popover.Target>
        <UnstyledButton className={classes.indicator} data-kind={kind} aria-label={`Sync: ${title}`}>
          <Icon size={14} aria-hidden className={classes.icon} />
          {!quiet && <span>{title}</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <SyncDetails status={status} />
      </Popover.Dropdown>
    </Popover>
  );
}

function SyncDetails({ status }: { readonly status: SyncStatus }): ReactNode {
  const start = useStartSync();
  const running = status.state === 'running';
  return (
    <Stack gap="sm">
      {status.error !== '' && (
        <Text role="alert">
          {status.error} {status.hint}
        </Text>
      )}
      {status.error === '' && <Text>{status.summary === '' ? `Not synced with ${status.address} since cvatd started.` : status.summary}</Text>}
      {status.conflicts > 0 && (
        <Text>
          {counted(status.conflicts, 'conflict')} {status.conflicts === 1 ? 'waits' : 'wait'} for a choice: both sides changed the same.
        </Text>
      )}
      <Text c="dimmed">
        {status.last !== '' && `Last synced ${moment(status.last)}. `}
        {plan(status)}
      </Text>
      <Button variant="default" loading={running || start.isPending} onClick={() => start.mutate()}>
        Sync now
      </Button>
      {running && status.total > 0 && (
        <Text c="dimmed">
          {status.received} of {status.total} objects
        </Text>
      )}
    </Stack>
  );
}

/** When the next one comes, in words. */
export function plan(status: SyncStatus): string {
  if (status.interval_minutes === 0 && !status.on_job_completion) return 'Automatic sync is off ([sync] in cvat.toml).';
  if (status.next !== '') return `The next one comes at ${moment(status.next)}.`;
  return status.on_job_completion && status.interval_minutes === 0 ? 'The next one comes when a job is completed.' : '';
}

/** The state in a few words, and how it looks. */
export function described(status: SyncStatus): { kind: string; title: string; Icon: LucideIcon } {
  if (status.state === 'running') return { kind: 'running', title: 'Syncing…', Icon: RefreshCw };
  if (status.state === 'failed') return { kind: 'failed', title: 'Sync failed', Icon: CloudAlert };
  if (status.conflicts > 0) return { kind: 'conflicts', title: counted(status.conflicts, 'conflict'), Icon: GitMerge };
  return { kind: 'idle', title: status.last === '' ? 'Not synced yet' : `Synced ${ago(status.last)}`, Icon: RefreshCw };
}

function useTick(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
}
