/** The bar over the list pages: home, workspace, person, colours. */

import { Text, Tooltip } from '@mantine/core';
import { Folder, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import { useSession } from '../daemon/queries';
import { personName } from '../format/words';
import { Logo } from './Logo';
import classes from './PageHeader.module.css';
import { SyncIndicator } from './SyncIndicator';
import { ThemeToggle } from './ThemeToggle';

export function PageHeader(): ReactNode {
  const session = useSession().data;
  return (
    <header className={classes.bar}>
      <Link to="/" className={classes.home} aria-label="All tasks">
        <Logo size={20} />
        <span>cvatd</span>
      </Link>
      {session && (
        <Tooltip label={session.workspace.path}>
          <Text className={classes.item} c="dimmed" tabIndex={0}>
            <Folder size={14} aria-hidden />
            {session.workspace.name}
          </Text>
        </Tooltip>
      )}
      <div className={classes.rest} />
      <SyncIndicator />
      {session && (
        <Text className={classes.item} c="dimmed" title={`Version ${session.version}`}>
          <UserRound size={14} aria-hidden />
          {personName(session.user)}
        </Text>
      )}
      <ThemeToggle />
    </header>
  );
}
