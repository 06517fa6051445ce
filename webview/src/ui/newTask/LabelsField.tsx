/** Labels as rows of name and colour, or as text in CVAT's raw form. */

import { ActionIcon, Button, Tabs, TextInput, Textarea } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { newRow, withView } from './labels';
import type { LabelRow, LabelsDraft } from './labels';
import classes from './NewTask.module.css';

interface LabelsFieldProps {
  readonly labels: LabelsDraft;
  readonly problem: string | undefined;
  readonly onChange: (labels: LabelsDraft) => void;
}

export function LabelsField({ labels, problem, onChange }: LabelsFieldProps): ReactNode {
  const [stuck, setStuck] = useState(false);
  const turn = (view: string | null): void => {
    const next = withView(labels, view === 'raw' ? 'raw' : 'rows');
    // Text that cannot be read stays to be mended.
    setStuck(next.view !== view);
    onChange(next);
  };
  return (
    <Tabs value={labels.view} onChange={turn} keepMounted={false}>
      <Tabs.List aria-label="Ways to write labels">
        <Tabs.Tab value="rows">Constructor</Tabs.Tab>
        <Tabs.Tab value="raw">Raw</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="rows" pt="sm">
        <Rows rows={labels.rows} problem={problem} onChange={(rows) => onChange({ ...labels, rows })} />
      </Tabs.Panel>
      <Tabs.Panel value="raw" pt="sm">
        <Textarea
          size="xs"
          rows={10}
          resize="vertical"
          aria-label="Labels as JSON"
          description="CVAT's raw form, as its “Raw” tab shows it: attributes and skeletons are kept."
          spellCheck={false}
          classNames={{ input: classes.code }}
          value={labels.raw}
          error={problem ?? (stuck ? 'The text has to be readable before it can be shown as rows.' : undefined)}
          onChange={(event) => {
            setStuck(false);
            onChange({ ...labels, raw: event.currentTarget.value });
          }}
        />
      </Tabs.Panel>
    </Tabs>
  );
}

interface RowsProps {
  readonly rows: readonly LabelRow[];
  readonly problem: string | undefined;
  readonly onChange: (rows: readonly LabelRow[]) => void;
}

function Rows({ rows, problem, onChange }: RowsProps): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  const [added, setAdded] = useState<number | null>(null);
  useEffect(() => {
    if (added !== null) list.current?.querySelector<HTMLInputElement>(`[data-row="${added}"]`)?.focus();
  }, [added]);

  const change = (row: LabelRow): void => onChange(rows.map((one) => (one.key === row.key ? row : one)));
  const add = (): void => {
    const row = newRow(rows);
    onChange([...rows, row]);
    setAdded(row.key);
  };
  const at = worstRow(rows, problem);
  return (
    <>
      <ul className={classes.labels} ref={list} aria-label="Labels">
        {rows.map((row, index) => (
          <li key={row.key} className={classes.label}>
            <input
              type="color"
              className={classes.colour}
              aria-label={`Colour of label ${index + 1}`}
              value={row.color === '' ? '#808080' : row.color}
              onChange={(event) => change({ ...row, color: event.currentTarget.value })}
            />
            <TextInput
              className={classes.grow}
              data-row={row.key}
              aria-label={`Name of label ${index + 1}`}
              placeholder="car"
              value={row.name}
              error={at === index ? problem : undefined}
              onChange={(event) => change({ ...row, name: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
                // The next label, and not the whole form.
                event.preventDefault();
                if (row.name.trim() !== '') add();
              }}
            />
            <span className={classes.hint}>{more(row)}</span>
            <ActionIcon
              aria-label={`Remove label ${index + 1}`}
              disabled={rows.length === 1}
              onClick={() => onChange(rows.filter((one) => one.key !== row.key))}
            >
              <X size={14} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Button variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={add}>
        Add label
      </Button>
    </>
  );
}

/** The row that the problem stands at: the second of two with one name, else the first. */
function worstRow(rows: readonly LabelRow[], problem: string | undefined): number {
  if (problem === undefined) return -1;
  const names = rows.map(({ name }) => name.trim());
  return Math.max(0, names.findIndex((name, index) => name !== '' && names.indexOf(name) < index));
}

/** What the constructor does not show of a label and keeps. */
function more({ rest }: LabelRow): string {
  const type = typeof rest.type === 'string' && rest.type !== 'any' ? [rest.type] : [];
  const count = Array.isArray(rest.attributes) ? rest.attributes.length : 0;
  return [...type, ...(count > 0 ? [count === 1 ? '1 attribute' : `${count} attributes`] : [])].join(', ');
}
