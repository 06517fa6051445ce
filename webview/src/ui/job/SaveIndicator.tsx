/** Where the edits are: in the daemon's history, on their way, waiting here, or refused. Always in the same place. */

import { Button, Group, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { CircleCheck, CloudOff, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';

import type { EditorCommands, SaveStatus } from '../../editor/api';
import { useDaemon } from '../daemon/context';
import { counted } from '../format/words';
import { useEditorHandle, useEditorState } from './editorContext';
import classes from './SaveIndicator.module.css';

const ICONS: Readonly<Record<SaveStatus['kind'], LucideIcon>> = {
  saved: CircleCheck,
  saving: LoaderCircle,
  offline: CloudOff,
  rejected: TriangleAlert,
};

export function SaveIndicator(): ReactNode {
  const save = useEditorState((state) => state.save);
  const { commands } = useEditorHandle();
  const { sessionLost } = useStore(useDaemon().connection);
  const title = sessionLost && save.kind === 'offline' ? `Session ended, ${counted(save.pending, 'edit')} waiting` : saveTitle(save);
  const Icon = ICONS[save.kind];
  return (
    <Popover position="bottom" width={320} shadow="md" withArrow>
      <Popover.Target>
        <UnstyledButton className={classes.indicator} data-kind={save.kind} aria-label={`Saving: ${title}`}>
          <Icon size={14} aria-hidden className={classes.icon} />
          <span role="status" aria-live="polite" data-testid="save-state">
            {title}
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <SaveDetails save={save} commands={commands} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** The state in a few words. */
export function saveTitle(save: SaveStatus): string {
  switch (save.kind) {
    case 'saved':
      return 'Saved';
    case 'saving':
      return 'Saving…';
    case 'offline':
      return `Offline, retrying ${counted(save.pending, 'edit')}`;
    case 'rejected':
      return `${counted(save.rejected, 'edit')} refused`;
  }
}

function SaveDetails({ save, commands }: { readonly save: SaveStatus; readonly commands: EditorCommands }): ReactNode {
  switch (save.kind) {
    case 'saved':
      return <Text>Every edit is committed in the workspace. Saving is automatic.</Text>;
    case 'saving':
      return <Text>{counted(save.pending, 'edit')} on the way to the daemon.</Text>;
    case 'offline':
      return (
        <Stack gap="sm">
          <Text>
            {counted(save.pending, 'edit')} {save.pending === 1 ? 'waits' : 'wait'} in this browser and will be sent by{' '}
            {save.pending === 1 ? 'itself' : 'themselves'}. Closing the page loses nothing.
          </Text>
          <Text c="dimmed">{save.message}</Text>
          <Button variant="default" onClick={() => commands.retryNow()}>
            Try now
          </Button>
        </Stack>
      );
    case 'rejected':
      return (
        <Stack gap="sm">
          <Text>The daemon refused {counted(save.rejected, 'edit')}:</Text>
          <Text c="dimmed">{save.message}</Text>
          <RejectedActions commands={commands} />
        </Stack>
      );
  }
}

export function RejectedActions({ commands }: { readonly commands: EditorCommands }): ReactNode {
  return (
    <Group gap="sm">
      <Button onClick={() => commands.retryRejected()}>Send again</Button>
      <Button variant="default" onClick={() => commands.discardRejected()}>
        Discard these edits
      </Button>
    </Group>
  );
}
