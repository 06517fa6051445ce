/** Search box and order of the list of tasks. `/` goes to the box. */

import { CloseButton, Kbd, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { ArrowDownUp, Search } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';

import type { TaskQuery } from '../../protocol/resources';
import { ORDERS } from './taskQuery';
import classes from './TasksPage.module.css';

interface TaskSearchProps {
  readonly query: TaskQuery;
  readonly onChange: (change: { readonly search?: string; readonly sort?: string }) => void;
}

export function TaskSearch({ query, onChange }: TaskSearchProps): ReactNode {
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(query.search);
  const [sent, setSent] = useState(query.search);
  if (sent !== query.search) {
    // The address changed under the box (back button, "clear"): it wins.
    setSent(query.search);
    setTyped(query.search);
  }
  const send = useDebouncedCallback((search: string) => {
    setSent(search);
    onChange({ search });
  }, 200);
  useHotkeys([['/', () => box.current?.focus()]]);

  const type = (text: string): void => {
    setTyped(text);
    send(text);
  };

  return (
    <div role="search" className={classes.search}>
      <TextInput
        ref={box}
        className={classes.box}
        aria-label="Search tasks"
        placeholder="Search by name, owner, assignee…"
        leftSection={<Search size={14} aria-hidden />}
        rightSection={
          typed === '' ? (
            <Kbd size="xs">/</Kbd>
          ) : (
            <CloseButton size="xs" aria-label="Clear the search" onClick={() => type('')} />
          )
        }
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') type('');
        }}
      />
      <NativeSelect
        aria-label="Order"
        leftSection={<ArrowDownUp size={14} aria-hidden />}
        data={ORDERS.map(({ sort, title }) => ({ value: sort, label: title }))}
        value={query.sort}
        onChange={(event) => onChange({ sort: event.currentTarget.value })}
      />
    </div>
  );
}
