/** Says, without moving anything, that the daemon is away or that the session has ended. */

import { Button, CloseButton, Text } from '@mantine/core';
import { KeyRound, PlugZap } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';

import { useDaemon } from '../daemon/context';
import { useSession } from '../daemon/queries';
import classes from './ConnectionNotice.module.css';

/** A restart of the daemon takes less than this, in ms; only what lasts longer is worth a message. */
const PATIENCE_MS = 1_200;

export function ConnectionNotice(): ReactNode {
  const daemon = useDaemon();
  const { feed, sessionLost } = useStore(daemon.connection);
  // Before there ever was a session, the page itself says what to do.
  const began = useSession().data !== undefined;
  const away = useLasting(feed === 'offline');
  const [dismissed, setDismissed] = useState(false);
  // Only this outage was waved away; the next one is said again.
  if (dismissed && !away) setDismissed(false);

  if (sessionLost && began) {
    return (
      <div className={classes.notice} role="alert">
        <KeyRound size={18} className={classes.warn} aria-hidden />
        <div>
          <Text fw={600}>Your session has ended</Text>
          <Text c="dimmed">
            Open the link that cvatd printed in its terminal. Edits that are not saved yet stay in this browser.
          </Text>
        </div>
        <Button variant="default" onClick={daemon.retryNow}>
          Try again
        </Button>
      </div>
    );
  }
  if (!away || dismissed) return null;
  return (
    <div className={classes.notice} role="status">
      <PlugZap size={18} className={classes.warn} aria-hidden />
      <div>
        <Text fw={600}>cvatd cannot be reached</Text>
        <Text c="dimmed">You can go on: edits are kept in this browser and sent when it is back.</Text>
      </div>
      <Button variant="default" onClick={daemon.retryNow}>
        Try now
      </Button>
      <CloseButton size="sm" aria-label="Hide this message" onClick={() => setDismissed(true)} />
    </div>
  );
}

/** True when the condition has held for a while. */
function useLasting(condition: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLasting(condition), condition ? PATIENCE_MS : 0);
    return () => clearTimeout(timer);
  }, [condition]);
  return lasting && condition;
}
