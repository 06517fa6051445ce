/** Taking the frame out of the work and putting it back, and how going from frame to frame treats such frames. */

import { ActionIcon, Button, Group, Menu, Popover, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { RotateCcw, Settings2, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { counted } from '../format/words';
import { CommandButton } from './CommandButton';
import { useEditorHandle, useEditorState } from './editorContext';
import { useShownFrame } from './useShownFrame';

export function FrameActions({ onShowDeleted }: { readonly onShowDeleted: (shown: boolean) => void }): ReactNode {
  const deleted = useEditorState((state) => state.frameDeleted);
  return (
    <Group gap={2} wrap="nowrap">
      {deleted ? <CommandButton command="frame.delete" icon={RotateCcw} label="Restore the frame" /> : <DeleteFrame />}
      <PlayerMenu onShowDeleted={onShowDeleted} />
    </Group>
  );
}

/** The button asks first, as the annotations of the frame go out of sight with it; its key does not. */
function DeleteFrame(): ReactNode {
  const { commands } = useEditorHandle();
  const [asking, { open, close }] = useDisclosure(false);
  const frame = useShownFrame();
  const count = useEditorState((state) => state.objects.length);
  const ready = useEditorState((state) => state.document.kind === 'ready');
  const remove = (): void => {
    close();
    commands.setFrameDeleted(true);
  };
  return (
    <Popover opened={asking} onDismiss={close} position="bottom-end" width={300} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="Delete the frame (Alt+Del)" disabled={asking}>
          <ActionIcon
            size={28}
            aria-label="Delete the frame"
            aria-keyshortcuts="Alt+Delete"
            disabled={!ready}
            onClick={asking ? close : open}
          >
            <Trash2 size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text>
            Take frame {frame} out of the work
            {count > 0 && `, and ${counted(count, 'object')} with it`}? It is stepped over and not exported until it is restored.
          </Text>
          <Group gap="xs">
            <Button color="red" data-autofocus onClick={remove}>
              Delete the frame
            </Button>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function PlayerMenu({ onShowDeleted }: { readonly onShowDeleted: (shown: boolean) => void }): ReactNode {
  const shown = useEditorState((state) => state.showDeleted);
  const count = useEditorState((state) => state.deletedCount);
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Tooltip label="Player settings">
          <ActionIcon size={28} aria-label="Player settings">
            <Settings2 size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.CheckboxItem checked={shown} onChange={onShowDeleted}>
          Show deleted frames
          <Text size="xs" c="dimmed">
            {counted(count, 'frame')} of this job {count === 1 ? 'is' : 'are'} deleted
          </Text>
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  );
}
