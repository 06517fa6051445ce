/** Hands the daemon to every component below, and follows its feed while the page is open. */

import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, useContext, useEffect } from 'react';
import type { ReactNode } from 'react';

import type { Daemon } from './daemon';

const DaemonContext = createContext<Daemon | null>(null);

export function DaemonProvider({
  daemon,
  children,
}: {
  readonly daemon: Daemon;
  readonly children: ReactNode;
}): ReactNode {
  useEffect(() => daemon.start(), [daemon]);
  return (
    <DaemonContext value={daemon}>
      <QueryClientProvider client={daemon.queries}>{children}</QueryClientProvider>
    </DaemonContext>
  );
}

export function useDaemon(): Daemon {
  const daemon = useContext(DaemonContext);
  if (daemon === null) throw new Error('useDaemon needs a DaemonProvider above it.');
  return daemon;
}
