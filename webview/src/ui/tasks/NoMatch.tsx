import { Button, Text, Title } from '@mantine/core';
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';

import classes from './Empty.module.css';

/** A search that finds nothing. */
export function NoMatch({ search, onClear }: { readonly search: string; readonly onClear: () => void }): ReactNode {
  return (
    <section className={classes.empty} role="status">
      <SearchX size={28} className={classes.icon} aria-hidden />
      <Title order={2}>No task matches “{search}”</Title>
      <Text c="dimmed">Every word has to occur in the name, the owner, the assignee, the status or the subset.</Text>
      <Button variant="default" onClick={onClear}>
        Show all tasks
      </Button>
    </section>
  );
}
