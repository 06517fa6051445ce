/** What a page shows instead of its contents when they cannot be read. */

import { Button, Text, Title } from '@mantine/core';
import { CloudOff, KeyRound, SearchX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { ApiError, messageOf } from '../../protocol/errors';
import classes from './Failure.module.css';

interface FailureProps {
  readonly error: unknown;
  /** What was asked for, as the start of a sentence: "Task #7". */
  readonly subject: string;
  readonly retry?: () => void;
}

export function Failure({ error, subject, retry }: FailureProps): ReactNode {
  const { Icon, title, text } = described(error, subject);
  return (
    <div className={classes.failure} role="alert">
      <Icon size={28} className={classes.icon} aria-hidden />
      <Title order={1}>{title}</Title>
      <Text c="dimmed" maw={520}>
        {text}
      </Text>
      <div className={classes.actions}>
        {retry && <Button onClick={retry}>Try again</Button>}
        <Button component={Link} to="/" variant="default">
          All tasks
        </Button>
      </div>
    </div>
  );
}

function described(error: unknown, subject: string): { Icon: typeof CloudOff; title: string; text: string } {
  const kind = error instanceof ApiError ? error.kind : 'broken';
  switch (kind) {
    case 'unauthorized':
      return {
        Icon: KeyRound,
        title: 'Open the link that cvatd printed',
        text: 'This browser has no session with the daemon. The link in the terminal where cvatd runs starts one; it works in this tab too.',
      };
    case 'missing':
      return {
        Icon: SearchX,
        title: `${subject} does not exist`,
        text: 'It was deleted, or the link is from another workspace.',
      };
    case 'unreachable':
      return {
        Icon: CloudOff,
        title: 'cvatd cannot be reached',
        text: "Start it in the workspace's folder with “cvatd”. This page goes on by itself as soon as it answers.",
      };
    case 'forbidden':
    case 'refused':
    case 'broken':
      return { Icon: TriangleAlert, title: `${subject} cannot be shown`, text: messageOf(error) };
  }
}
