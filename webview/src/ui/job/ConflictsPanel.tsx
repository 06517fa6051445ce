/** What two people did to the same field of this job: one conflict after another, with both values and a choice. */

import { ActionIcon, Button, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { ChevronLeft, ChevronRight, GitMerge, Undo2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import type { ConflictAct, ConflictDrawing } from '../../editor/api';
import type { ConflictRead, LabeledShape } from '../../protocol/generated';
import { useResolveConflict, useTakeBack } from '../daemon/mutations';
import type { ConflictChoice } from '../daemon/mutations';
import { useConflicts } from '../daemon/queries';
import { counted } from '../format/words';
import { useKept } from '../shell/useKept';
import { useEditorHandle, useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import classes from './ConflictsPanel.module.css';

const NONE: readonly ConflictRead[] = [];

export function ConflictsPanel({ jobId }: { readonly jobId: number }): ReactNode {
  const { commands } = useEditorHandle();
  const found = useConflicts(jobId).data ?? NONE;
  const act = useEditorState((state) => state.conflictAct);
  const [chosen, setChosen] = useState<string | null>(null);
  const [opened, setOpened] = useKept('cvatd:conflicts', true);
  const [done, setDone] = useState<string | null>(null);
  const resolve = useResolveConflict();
  const takeBack = useTakeBack();
  const current = found.find((one) => one.id === chosen) ?? found[0] ?? null;

  useEffect(() => {
    commands.showConflicts(found.flatMap(drawing), current?.id ?? null);
  }, [commands, found, current?.id]);
  useEffect(() => () => commands.showConflicts([], null), [commands]);

  const go = (by: 1 | -1): void => {
    // The first step leads to the conflict that is shown already, wherever the work went on since.
    const at = current === null ? -1 : found.indexOf(current);
    const next = chosen === null ? current : found[(at + by + found.length) % found.length];
    if (!next) return;
    setChosen(next.id);
    setOpened(true);
    if (next.frame < 0) return;
    commands.setFrame(next.frame);
    if (next.status !== 'gone' && next.object_id > 0) commands.reveal(next.object_id);
  };
  const choose = (choice: ConflictChoice): void => {
    if (current === null || resolve.isPending || !fits(current, choice)) return;
    const following = found[found.indexOf(current) + 1] ?? found[0];
    resolve.mutate(
      { id: current.id, choice },
      {
        onSuccess: ({ revision }) => {
          setDone(revision);
          setChosen(following && following.id !== current.id ? following.id : null);
          commands.refetch();
        },
      },
    );
  };
  const undo = (): void => {
    if (done === null || takeBack.isPending) return;
    takeBack.mutate(done, {
      onSuccess: () => {
        setDone(null);
        commands.refetch();
      },
    });
  };
  useEffect(() => {
    if (act !== null) run(act.act, go, choose);
    // Once a press of a key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [act?.key]);

  if (current === null && done === null) return null;
  return (
    <section className={classes.panel} aria-label="Conflicts" onMouseDown={keepFocus}>
      <header className={classes.head}>
        <GitMerge size={16} className={classes.icon} aria-hidden />
        <UnstyledButton className={classes.title} aria-expanded={opened} onClick={() => setOpened(!opened)}>
          <span role="status">
            {current === null ? 'All conflicts are resolved' : `${counted(found.length, 'conflict')} on this job`}
          </span>
        </UnstyledButton>
        {done !== null && <Tool label="Take the last choice back" icon={<Undo2 size={15} aria-hidden />} onClick={undo} />}
        {current === null ? (
          <Tool label="Close" icon={<X size={15} aria-hidden />} onClick={() => setDone(null)} />
        ) : (
          <>
            <Tool label="Previous conflict (Shift+J)" icon={<ChevronLeft size={16} aria-hidden />} onClick={() => go(-1)} />
            <Tool label="Next conflict (J)" icon={<ChevronRight size={16} aria-hidden />} onClick={() => go(1)} />
          </>
        )}
      </header>
      {opened && current !== null && <Details conflict={current} at={found.indexOf(current)} of={found.length} />}
      {opened && current !== null && (
        <footer className={classes.choices}>
          {current.status === 'gone' ? (
            <Choice label="Drop the conflict" keys="Alt+1" onClick={() => choose('ours')} disabled={resolve.isPending} />
          ) : (
            <>
              <Choice label="Keep mine" keys="Alt+1" onClick={() => choose('ours')} disabled={resolve.isPending} />
              <Choice label="Take theirs" keys="Alt+2" theirs onClick={() => choose('theirs')} disabled={resolve.isPending} />
              {current.can_keep_both && (
                <Choice label="Keep both" keys="Alt+3" onClick={() => choose('both')} disabled={resolve.isPending} />
              )}
            </>
          )}
        </footer>
      )}
    </section>
  );
}

function Details({ conflict, at, of }: { readonly conflict: ConflictRead; readonly at: number; readonly of: number }): ReactNode {
  return (
    <div className={classes.details}>
      <Text fw={600}>
        {conflict.what}
        <Text span c="dimmed" fw={400}>
          {conflict.frame >= 0 ? `, frame ${conflict.frame}` : ''}
          {of > 1 ? ` (${at + 1} of ${of})` : ''}
        </Text>
      </Text>
      {conflict.status === 'gone' && (
        <Text className={classes.warning}>It was removed since. Theirs does not bring it back.</Text>
      )}
      {conflict.status === 'changed since' && <Text className={classes.warning}>It was changed since both were merged.</Text>}
      <table className={classes.fields}>
        <thead>
          <tr>
            <td />
            <th scope="col">mine</th>
            <th scope="col" className={classes.theirs}>
              theirs
            </th>
            <th scope="col">before</th>
          </tr>
        </thead>
        <tbody>
          {conflict.fields.map((field) => (
            <tr key={field.field}>
              <th scope="row">{field.title}</th>
              <td>{conflict.status === 'gone' ? field.ours : field.now}</td>
              <td className={classes.theirs}>{field.theirs}</td>
              <td className={classes.before}>{field.base}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly keys: string;
  readonly onClick: () => void;
  readonly disabled: boolean;
  readonly theirs?: boolean;
}

function Choice({ label, keys, onClick, disabled, theirs = false }: ChoiceProps): ReactNode {
  return (
    <Tooltip label={keys}>
      <Button
        size="compact-sm"
        variant="default"
        {...(theirs ? { className: classes.takeTheirs } : {})}
        aria-keyshortcuts={keys}
        disabled={disabled}
        onClick={onClick}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

function Tool({ label, icon, onClick }: { readonly label: string; readonly icon: ReactNode; readonly onClick: () => void }): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function run(act: ConflictAct, go: (by: 1 | -1) => void, choose: (choice: ConflictChoice) => void): void {
  if (act === 'next') go(1);
  else if (act === 'previous') go(-1);
  else choose(act);
}

/** True when a choice means something to a conflict. */
function fits(conflict: ConflictRead, choice: ConflictChoice): boolean {
  if (choice === 'both') return conflict.can_keep_both;
  return choice === 'ours' || conflict.status !== 'gone';
}

function drawing(conflict: ConflictRead): readonly ConflictDrawing[] {
  const { id, frame } = conflict;
  const theirs = shapeOf(conflict.theirs);
  const base = shapeOf(conflict.base);
  return theirs === null && base === null ? [] : [{ id, frame, theirs, base }];
}

function shapeOf(shape: LabeledShape | null): ConflictDrawing['theirs'] {
  if (shape === null) return null;
  // Attributes are not drawn.
  return { ...shape, id: shape.id ?? 0, attributes: [], elements: shape.elements.map((one) => ({ ...one, attributes: [] })) };
}
