/** What has to be said of the frame as a whole: it is deleted, or it is a point cloud that can only be looked at. */

import { Button, Text } from '@mantine/core';
import { Box, RotateCcw, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { useEditorHandle, useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import classes from './FrameOverlay.module.css';

export function FrameOverlay({ is3d }: { readonly is3d: boolean }): ReactNode {
  const deleted = useEditorState((state) => state.frameDeleted);
  const { commands } = useEditorHandle();
  return (
    <>
      {deleted && (
        <div className={classes.deleted}>
          <div className={classes.words} role="status" onMouseDown={keepFocus}>
            <Trash2 size={16} aria-hidden />
            <Text>This frame is deleted</Text>
            <Button
              size="xs"
              variant="default"
              leftSection={<RotateCcw size={14} aria-hidden />}
              onClick={() => commands.setFrameDeleted(false)}
            >
              Restore
            </Button>
          </div>
        </div>
      )}
      {is3d && (
        <div className={classes.cloud} role="note">
          <Box size={14} aria-hidden />
          The point cloud from above. Annotating in 3D is not in this page yet.
        </div>
      )}
    </>
  );
}
