/** One object of the frame: its label, and what can be done with it. */

import { ActionIcon } from '@mantine/core';
import { Eye, EyeOff, Lock, LockOpen, Tag, Trash2, Waypoints } from 'lucide-react';
import type { CSSProperties, MouseEvent, ReactNode } from 'react';
import { memo } from 'react';

import { labelFits } from '../../editor/api';
import type { FrameObject, ObjectId } from '../../editor/api';
import { css, labelColour } from '../../geometry/colour';
import type { Label } from '../../protocol/generated';
import { CellSelect } from '../shell/CellSelect';
import { useEditorHandle } from './editorContext';
import classes from './ObjectsPanel.module.css';

interface ObjectRowProps {
  readonly object: FrameObject;
  readonly labels: readonly Label[];
  /** Undefined when the task has it no more. */
  readonly label: Label | undefined;
  readonly selected: boolean;
  readonly hovered: boolean;
  readonly index: number;
  /** CSS pixels from the top of the list. */
  readonly top: number;
  readonly onSelect: (id: ObjectId, add: boolean) => void;
}

export const ObjectRow = memo(function ObjectRow(props: ObjectRowProps): ReactNode {
  const { object, labels, label, selected, hovered, index, top, onSelect } = props;
  const { commands } = useEditorHandle();
  const { id, type, hidden, locked } = object;
  const name = `${label?.name ?? 'unknown label'} #${id}`;
  const color = label ? css(labelColour(label)) : 'var(--ink-dim)';
  const select = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest('button, select')) return;
    onSelect(id, event.ctrlKey || event.metaKey || event.shiftKey);
  };
  const options = labels
    .filter((one) => one === label || labelFits(one, object.object))
    .map((one) => ({ value: String(one.id), title: one.name }));
  return (
    <div
      className={classes.row}
      role="row"
      aria-label={name}
      aria-selected={selected}
      aria-rowindex={index + 1}
      data-hovered={hovered || undefined}
      data-hidden={hidden || undefined}
      style={{ transform: `translateY(${top}px)`, '--label': color } as CSSProperties}
      onClick={select}
      onPointerEnter={() => commands.hover(id)}
    >
      <span role="gridcell" className={classes.id} title={`#${id}`}>
        <Kind kind={object.kind} type={type} />
        <span className={classes.number}>{shortId(id)}</span>
      </span>
      <span role="gridcell" className={classes.label}>
        <CellSelect
          label={`Label of object ${id}`}
          value={label ? String(label.id) : ''}
          options={label ? options : [{ value: '', title: 'unknown label' }, ...options]}
          disabled={locked}
          onChange={(value) => commands.changeLabel([id], Number(value))}
        />
        <span className={classes.type}>{type}</span>
      </span>
      <span role="gridcell" className={classes.actions}>
        <ActionIcon
          size={24}
          aria-label={`${locked ? 'Unlock' : 'Lock'} object ${id}`}
          title={locked ? 'Unlock (L)' : 'Lock (L)'}
          data-on={locked || undefined}
          onClick={() => commands.toggleLocked([id])}
        >
          {locked ? <Lock size={13} aria-hidden /> : <LockOpen size={13} aria-hidden />}
        </ActionIcon>
        <ActionIcon
          size={24}
          aria-label={`${hidden ? 'Show' : 'Hide'} object ${id}`}
          title={hidden ? 'Show (H)' : 'Hide (H)'}
          data-on={hidden || undefined}
          onClick={() => commands.toggleHidden([id])}
        >
          {hidden ? <EyeOff size={13} aria-hidden /> : <Eye size={13} aria-hidden />}
        </ActionIcon>
        <ActionIcon
          size={24}
          aria-label={`Delete object ${id}`}
          title="Delete (Del)"
          disabled={locked}
          onClick={() => {
            commands.select([id]);
            commands.deleteSelected();
          }}
        >
          <Trash2 size={13} aria-hidden />
        </ActionIcon>
      </span>
    </div>
  );
});

/** Ids made in a clone of the workspace have up to 16 digits; the last ones tell objects apart, the tooltip has all. */
export function shortId(id: ObjectId): string {
  const digits = String(id);
  return digits.length <= 6 ? digits : `…${digits.slice(-5)}`;
}

/** A filled mark for shapes; tags and tracks have pictures of their own. */
function Kind({ kind, type }: { readonly kind: FrameObject['kind']; readonly type: string }): ReactNode {
  switch (kind) {
    case 'tag':
      return <Tag size={13} className={classes.kind} aria-label="Tag" />;
    case 'track':
      return <Waypoints size={13} className={classes.kind} aria-label="Track" />;
    case 'shape':
      return <span className={classes.mark} role="img" aria-label={type} />;
  }
}
