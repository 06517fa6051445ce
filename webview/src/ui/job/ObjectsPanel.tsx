/** The objects of the frame as a list that follows the canvas. Only the rows on the screen exist. */

import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Eye, EyeOff, Lock, LockOpen } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

import type { ObjectId } from '../../editor/api';
import type { Label } from '../../protocol/generated';
import { counted } from '../format/words';
import { useEditorHandle, useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import { ObjectRow } from './ObjectRow';
import { useCalm } from './useCalm';
import classes from './ObjectsPanel.module.css';

const ROW_HEIGHT = 32;
/** In milliseconds; too short for a person to notice after an edit. */
const RENEWED_EVERY = 150;

export function ObjectsPanel({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  const { commands } = useEditorHandle();
  // While frames fly by, the canvas comes first: making the rows takes longer than drawing the picture.
  const objects = useCalm(useEditorState((state) => state.objects), RENEWED_EVERY);
  const selectedIds = useEditorState((state) => state.selectedIds);
  const hoveredId = useEditorState((state) => state.hoveredId);
  const selected = useMemo(() => new Set(selectedIds), [selectedIds]);
  const labelsById = useMemo(() => new Map(labels.map((label) => [label.id, label])), [labels]);

  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: objects.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });

  const last = selectedIds.at(-1);
  const lastIndex = useMemo(() => objects.findIndex((object) => object.id === last), [objects, last]);
  const isListed = lastIndex >= 0;
  useEffect(() => {
    // Only a new selection scrolls: an edit of what is selected leaves the list where the person put it.
    if (isListed) rows.scrollToIndex(lastIndex, { align: 'auto' });
  }, [last, isListed]); // eslint-disable-line react-hooks/exhaustive-deps -- see above

  const selectBy = (id: ObjectId, add: boolean): void => {
    if (!add) commands.reveal(id);
    else commands.select(selected.has(id) ? selectedIds.filter((other) => other !== id) : [...selectedIds, id]);
  };
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0 || event.target !== scroller.current || objects.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const start = lastIndex < 0 ? (by > 0 ? -1 : objects.length) : lastIndex;
    const next = objects[Math.min(Math.max(start + by, 0), objects.length - 1)];
    if (next) commands.reveal(next.id);
  };

  return (
    <>
      <ListHead />
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        aria-label="Objects on this frame"
        aria-rowcount={objects.length}
        aria-multiselectable
        tabIndex={0}
        onKeyDown={move}
        onMouseDown={keepFocus}
        onPointerLeave={() => commands.hover(null)}
      >
        <div className={classes.body} role="presentation" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const object = objects[item.index];
            return (
              object && (
                <ObjectRow
                  // By place, not by object: the next frame's objects reuse the rows, which is many times faster.
                  key={item.index}
                  object={object}
                  labels={labels}
                  label={labelsById.get(object.labelId)}
                  selected={selected.has(object.id)}
                  hovered={hoveredId === object.id}
                  index={item.index}
                  top={item.start}
                  onSelect={selectBy}
                />
              )
            );
          })}
        </div>
        {objects.length === 0 && <NoObjects />}
      </div>
    </>
  );
}

/** The whole frame at once: hide, lock. */
function ListHead(): ReactNode {
  const { commands } = useEditorHandle();
  const objects = useEditorState((state) => state.objects);
  const selectedCount = useEditorState((state) => state.selectedIds.length);
  const allHidden = objects.length > 0 && objects.every((object) => object.hidden);
  const allLocked = objects.length > 0 && objects.every((object) => object.locked);
  const hide = allHidden ? 'Show all objects' : 'Hide all objects';
  const lock = allLocked ? 'Unlock all objects' : 'Lock all objects';
  return (
    <div className={classes.head} onMouseDown={keepFocus}>
      <Text c="dimmed" size="xs" className={classes.sum}>
        {counted(objects.length, 'object')}
        {selectedCount > 0 && `, ${selectedCount} selected`}
      </Text>
      <Tooltip label={lock}>
        <ActionIcon
          size={24}
          aria-label={lock}
          disabled={objects.length === 0}
          onClick={() =>
            commands.toggleLocked(objects.filter((object) => object.locked === allLocked).map((object) => object.id))
          }
        >
          {allLocked ? <Lock size={14} aria-hidden /> : <LockOpen size={14} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label={hide}>
        <ActionIcon
          size={24}
          aria-label={hide}
          disabled={objects.length === 0}
          onClick={() =>
            commands.toggleHidden(objects.filter((object) => object.hidden === allHidden).map((object) => object.id))
          }
        >
          {allHidden ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function NoObjects(): ReactNode {
  const drawable = useEditorState((state) => state.drawable);
  const deleted = useEditorState((state) => state.frameDeleted);
  return (
    <Text c="dimmed" className={classes.none}>
      {deleted ? 'What is on a deleted frame comes back with it.' : 'Nothing on this frame yet.'}
      {drawable && (
        <>
          <br />
          Press <kbd>N</kbd> and draw a rectangle.
        </>
      )}
    </Text>
  );
}
