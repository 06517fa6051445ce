/** Deletes a task, after saying what that means and how to get it back. */

import { ActionIcon, Alert, Button, Group, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { messageOf } from '../../protocol/errors';
import type { TaskRead } from '../../protocol/generated';
import { useDeleteTask } from '../daemon/mutations';
import { counted } from '../format/words';
import { CommandLine } from '../shell/CommandLine';

interface DeleteTaskProps {
  readonly task: TaskRead;
  readonly onDeleted: () => void;
}

export function DeleteTask({ task, onDeleted }: DeleteTaskProps): ReactNode {
  const [open, { open: show, close }] = useDisclosure(false);
  const deletion = useDeleteTask();
  return (
    <>
      <Tooltip label="Delete the task">
        <ActionIcon aria-label="Delete the task" onClick={show} size={30} variant="default">
          <Trash2 size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={open}
        onClose={close}
        title={`Delete task “${task.name}”?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack gap="md">
          <Text>
            The task, its {counted(task.jobs.count, 'job')} and their annotations leave the workspace. Your pictures and
            videos stay where they are.
          </Text>
          <Text c="dimmed">
            The deletion is a commit, so git keeps everything and it can be recovered from the history:
          </Text>
          <Stack gap={4}>
            <CommandLine command={`git log -- tasks/${task.id}`} />
            <CommandLine command="git revert COMMIT" />
          </Stack>
          {deletion.isError && (
            <Alert color="red" role="alert">
              {messageOf(deletion.error)}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button
              color="red.8"
              loading={deletion.isPending}
              onClick={() => deletion.mutate(task.id, { onSuccess: onDeleted })}
            >
              Delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
