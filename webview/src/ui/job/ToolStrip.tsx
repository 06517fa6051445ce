/** The tools at the left edge, with the label that is drawn next. */

import { Divider, Tooltip } from '@mantine/core';
import { Hand, Maximize, MousePointer2, Square, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';

import { css, labelColour } from '../../geometry/colour';
import type { Label } from '../../protocol/generated';
import { CommandButton } from './CommandButton';
import { useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import classes from './ToolStrip.module.css';

const SIZE = 34;

export function ToolStrip({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  const tool = useEditorState((state) => state.tool);
  const active = useEditorState((state) => state.activeLabelId);
  const drawable = useEditorState((state) => state.drawable);
  const label = labels.find((one) => one.id === active);
  return (
    <section className={classes.place} aria-label="Tools">
      <div
        className={classes.strip}
        role="toolbar"
        aria-label="Tools"
        aria-orientation="vertical"
        onMouseDown={keepFocus}
      >
        <CommandButton
          command="tool.select"
          icon={MousePointer2}
          label="Cursor"
          pressed={tool === 'select'}
          size={SIZE}
          side="right"
        />
        <CommandButton
          command="tool.pan"
          icon={Hand}
          label="Move the picture"
          pressed={tool === 'pan'}
          size={SIZE}
          side="right"
        />
        <Divider w={24} my={4} />
        <CommandButton
          command="draw.toggle"
          icon={Square}
          label="Rectangle"
          detail={label ? `draws “${label.name}”` : null}
          pressed={tool === 'rectangle'}
          disabled={labels.length === 0 || !drawable}
          size={SIZE}
          side="right"
        />
        {label && (
          <Tooltip label={`Draws “${label.name}”`} position="right">
            <span className={classes.label} style={{ background: css(labelColour(label)) }} />
          </Tooltip>
        )}
        <Divider w={24} my={4} />
        <CommandButton command="view.fit" icon={Maximize} label="Fit the picture" size={SIZE} side="right" />
        <CommandButton command="view.in" icon={ZoomIn} label="Zoom in" size={SIZE} side="right" />
        <CommandButton command="view.out" icon={ZoomOut} label="Zoom out" size={SIZE} side="right" />
      </div>
    </section>
  );
}
