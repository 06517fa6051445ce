import { Loader } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './Failure.module.css';

/** Shown while the code of a page is on its way. */
export function PageLoading(): ReactNode {
  return (
    <div className={classes.failure} aria-busy>
      <Loader size="sm" aria-label="Loading" />
    </div>
  );
}
