/** The last resort: a mistake in the page itself. Unsaved edits are in the journal, so a reload loses nothing. */

import { Button, Code, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { isRouteErrorResponse, useRouteError } from 'react-router';

import { messageOf } from '../../protocol/errors';
import classes from './Failure.module.css';

export function CrashScreen(): ReactNode {
  const error = useRouteError();
  const unknown = isRouteErrorResponse(error) && error.status === 404;
  return (
    <main className={classes.failure} role="alert">
      <Title order={1}>{unknown ? 'There is no such page' : 'This page stopped working'}</Title>
      {!unknown && (
        <>
          <Text c="dimmed">
            Edits that were not saved yet are kept in this browser. Reloading goes on where you were.
          </Text>
          <Code>{messageOf(error)}</Code>
        </>
      )}
      <div className={classes.actions}>
        {!unknown && <Button onClick={() => location.reload()}>Reload</Button>}
        <Button component="a" href="/" variant="default">
          All tasks
        </Button>
      </div>
    </main>
  );
}
