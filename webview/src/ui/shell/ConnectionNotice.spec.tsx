import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { DaemonDouble, json } from '../../testing/daemonDouble';
import type { Answer } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { session } from '../../testing/samples';
import { useSession } from '../daemon/queries';
import { ConnectionNotice } from './ConnectionNotice';

let daemon: DaemonDouble;

const well: Answer = ({ path }, response) => {
  if (path !== '/api/cvatd/events') {
    json(response, 200, session());
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('event: hello\ndata: {"instance": "a", "revision": "1"}\n\n');
};

beforeEach(async () => {
  daemon = new DaemonDouble(well);
  await daemon.start();
});

afterEach(() => daemon.stop());

function Page(): string {
  return useSession().data?.workspace.name ?? 'no session';
}

function open(): ReturnType<typeof show> {
  return show(
    <>
      <Page />
      <ConnectionNotice />
    </>,
    { daemon: daemon.address },
  );
}

it('appears while the daemon is away and goes when it is back; the page stays', async () => {
  open();
  expect(await screen.findByText('street')).toBeVisible();
  await daemon.stop();
  expect(await screen.findByText('cvatd cannot be reached')).toBeVisible();
  expect(screen.getByText('street')).toBeVisible();
  await daemon.start();
  await waitFor(() => expect(screen.queryByText('cvatd cannot be reached')).toBeNull());
});

it('asks for the link when the session ends, and notices the new one by itself', async () => {
  open();
  expect(await screen.findByText('street')).toBeVisible();
  daemon.answer((_asked, response) => response.writeHead(401).end());
  // Cuts the feed; on coming back it is answered 401.
  await daemon.stop();
  await daemon.start();
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'Open the link that cvatd printed',
  );
  daemon.answer(well);
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});
