/** Renders a component as the pages do: theme, daemon, router, and an editor where one is given. */

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { render } from '@testing-library/react';
import type { RenderResult } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { UserEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';

import type { EditorHandle } from '../editor/api';
import { DaemonProvider } from '../ui/daemon/context';
import { createDaemon } from '../ui/daemon/daemon';
import { EditorContext } from '../ui/job/editorContext';
import { theme } from '../ui/theme/theme';

interface RenderOptions {
  /** Address of the daemon; nobody by default. */
  readonly daemon?: string;
  /** Address of the page. */
  readonly at?: string;
  readonly editor?: EditorHandle;
}

export function show(element: ReactNode, options: RenderOptions = {}): RenderResult & { readonly person: UserEvent } {
  const daemon = createDaemon(options.daemon ?? 'http://127.0.0.1:9');
  const result = render(
    <MantineProvider theme={theme} env="test">
      <DaemonProvider daemon={daemon}>
        <MemoryRouter initialEntries={[options.at ?? '/']}>
          <EditorContext value={options.editor ?? null}>{element}</EditorContext>
        </MemoryRouter>
        <Notifications />
      </DaemonProvider>
    </MantineProvider>,
  );
  return { ...result, person: userEvent.setup() };
}
