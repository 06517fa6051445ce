/** The whole page: theme, daemon, routes. */

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { RouterProvider } from 'react-router/dom';

import { DaemonProvider } from './daemon/context';
import type { Daemon } from './daemon/daemon';
import type { createRoutes } from './routes';
import { ConnectionNotice } from './shell/ConnectionNotice';
import { surfaces, theme } from './theme/theme';

export function App({
  daemon,
  router,
}: {
  readonly daemon: Daemon;
  readonly router: ReturnType<typeof createRoutes>;
}): ReactNode {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={surfaces}>
      <DaemonProvider daemon={daemon}>
        <RouterProvider router={router} />
        <ConnectionNotice />
        <Notifications position="top-right" limit={4} />
      </DaemonProvider>
    </MantineProvider>
  );
}
