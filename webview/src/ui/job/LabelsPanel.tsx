/** The labels of the task: pick the one that is drawn next, hide or lock what has it on this frame. */

import { ActionIcon, Kbd } from '@mantine/core';
import { Eye, EyeOff, Lock, LockOpen } from 'lucide-react';
import { useMemo } from 'react';
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';

import type { FrameObject } from '../../editor/api';
import { css, labelColour } from '../../geometry/colour';
import type { Label } from '../../protocol/generated';
import { grouped } from '../format/grouped';
import { useEditorHandle, useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import classes from './LabelsPanel.module.css';

export function LabelsPanel({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  const { commands } = useEditorHandle();
  const active = useEditorState((state) => state.activeLabelId);
  const objects = useEditorState((state) => state.objects);
  const byLabel = useMemo(() => grouped(objects, (object) => object.labelId), [objects]);

  const move = (event: KeyboardEvent, index: number): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = labels[(index + by + labels.length) % labels.length];
    if (by === 0 || !next) return;
    event.preventDefault();
    event.stopPropagation();
    commands.setActiveLabel(next.id);
    event.currentTarget.parentElement?.parentElement
      ?.querySelectorAll<HTMLElement>('[role=radio]')
      .item(labels.indexOf(next))
      .focus();
  };

  return (
    <div className={classes.list} role="radiogroup" aria-label="Label of what is drawn next" onMouseDown={keepFocus}>
      {labels.map((label, index) => {
        const here = byLabel.get(label.id) ?? [];
        const isActive = label.id === active;
        return (
          <div key={label.id} className={classes.row} data-active={isActive || undefined}>
            <button
              type="button"
              role="radio"
              aria-checked={isActive}
              aria-label={label.name}
              className={classes.pick}
              tabIndex={isActive || (active === null && index === 0) ? 0 : -1}
              onClick={() => commands.setActiveLabel(label.id)}
              onKeyDown={(event) => move(event, index)}
              style={{ '--label': css(labelColour(label)) } as CSSProperties}
            >
              <span className={classes.dot} />
              <span className={classes.name} title={label.name}>
                {label.name}
              </span>
              <span className={classes.count}>{here.length > 0 ? here.length : ''}</span>
              {index < 10 && <Kbd size="xs">{(index + 1) % 10}</Kbd>}
            </button>
            <LabelActions label={label} objects={here} />
          </div>
        );
      })}
    </div>
  );
}

function LabelActions({
  label,
  objects,
}: {
  readonly label: Label;
  readonly objects: readonly FrameObject[];
}): ReactNode {
  const { commands } = useEditorHandle();
  const allHidden = objects.length > 0 && objects.every((object) => object.hidden);
  const allLocked = objects.length > 0 && objects.every((object) => object.locked);
  const lock = `${allLocked ? 'Unlock' : 'Lock'} every ${label.name} on this frame`;
  const hide = `${allHidden ? 'Show' : 'Hide'} every ${label.name} on this frame`;
  return (
    <>
      <ActionIcon
        size={24}
        aria-label={lock}
        title={lock}
        disabled={objects.length === 0}
        onClick={() =>
          commands.toggleLocked(objects.filter((object) => object.locked === allLocked).map((object) => object.id))
        }
      >
        {allLocked ? <Lock size={13} aria-hidden /> : <LockOpen size={13} aria-hidden />}
      </ActionIcon>
      <ActionIcon
        size={24}
        aria-label={hide}
        title={hide}
        disabled={objects.length === 0}
        onClick={() =>
          commands.toggleHidden(objects.filter((object) => object.hidden === allHidden).map((object) => object.id))
        }
      >
        {allHidden ? <EyeOff size={13} aria-hidden /> : <Eye size={13} aria-hidden />}
      </ActionIcon>
    </>
  );
}
