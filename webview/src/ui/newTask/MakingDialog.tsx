/** Stands over the form while a task is made. */

import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

import { MakingBar } from './MakingBar';
import type { MakingState } from './useMaking';

export function MakingDialog({ making, title }: { readonly making: MakingState; readonly title: string }): ReactNode {
  const { phase, cancelling, cancel } = making;
  return (
    <Modal
      opened={phase !== null}
      onClose={cancel}
      title={title}
      withCloseButton={false}
      // Only the button ends it: what was uploaded would be gone by a slip.
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        {phase && <MakingBar phase={phase} label={title} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={cancel} disabled={cancelling} data-autofocus>
            {cancelling ? 'Cancelling…' : 'Cancel'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
