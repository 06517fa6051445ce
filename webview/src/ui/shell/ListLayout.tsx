/** Frame of the pages that are documents (lists and details), as opposed to the job workspace. */

import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { Outlet } from 'react-router';

import { loadJobPage, loadTaskPage } from '../pages';
import classes from './ListLayout.module.css';
import { PageHeader } from './PageHeader';

export function ListLayout(): ReactNode {
  useEffect(() => {
    // When the page is at rest, so that a task or a job opens at once, and also when the daemon is away at that moment.
    const timer = setTimeout(() => {
      // When they cannot be loaded now, the one that is needed is asked for again.
      void Promise.allSettled([loadTaskPage(), loadJobPage()]);
    }, 1_500);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.page}>
      <PageHeader />
      <main className={classes.content}>
        <Outlet />
      </main>
    </div>
  );
}
