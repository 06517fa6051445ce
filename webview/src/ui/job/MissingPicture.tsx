/** Says that the picture in view only stands in for one that is not on the daemon's machine, and what brings it. */

import { Button, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { ImageOff } from 'lucide-react';
import type { ReactNode } from 'react';

import { useMedia } from '../daemon/queries';
import { counted } from '../format/words';
import { CommandLine } from '../shell/CommandLine';
import { useEditorHandle, useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import classes from './MissingPicture.module.css';

export function MissingPicture({ taskId }: { readonly taskId: number }): ReactNode {
  const missing = useEditorState((state) => state.frameStatus.kind === 'ready' && state.frameStatus.missing === true);
  const name = useEditorState((state) => state.frameName);
  const media = useMedia(taskId, missing);
  const { commands } = useEditorHandle();
  if (!missing) return null;
  const remedies = [...new Set((media.data?.sources ?? []).map((source) => source.remedy).filter((remedy) => remedy !== ''))];
  const lookAgain = (): void => {
    commands.renewPictures();
    void media.refetch();
  };
  return (
    <div className={classes.place} onMouseDown={keepFocus}>
      <Popover position="bottom-start" width={480} shadow="md">
        <Popover.Target>
          <UnstyledButton className={classes.pill} aria-label="Picture missing: what to do">
            <ImageOff size={14} aria-hidden className={classes.icon} />
            <span role="status">Picture missing</span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Text>
              <b className={classes.name}>{name}</b> is not on the machine where cvatd runs. What stands in for it has its size, so
              what you draw fits.
            </Text>
            {media.data && (
              <Text c="dimmed">
                {media.data.missing === media.data.frames
                  ? 'No picture of this task is there.'
                  : `${counted(media.data.missing, 'picture')} of ${media.data.frames} ${media.data.missing === 1 ? 'is' : 'are'} missing in this task.`}
              </Text>
            )}
            {remedies.length > 0 && (
              <>
                <Text c="dimmed">In the workspace, with the place where they lie now:</Text>
                {remedies.map((remedy) => (
                  <CommandLine key={remedy} command={remedy} />
                ))}
              </>
            )}
            <Button variant="default" onClick={lookAgain}>
              Look again
            </Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
