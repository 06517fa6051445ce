import { screen, waitFor } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { TaskRead } from '../../protocol/generated';
import { accessibilityFaults } from '../../testing/accessibility';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { emptyTask, session, task } from '../../testing/samples';
import { AddFramesPage } from './AddFramesPage';

let daemon: DaemonDouble;
let shown: TaskRead;
let fault: string;

beforeEach(async () => {
  shown = task({ id: 3, name: 'street', size: 10 });
  fault = '';
  daemon = new DaemonDouble((asked, response) => {
    const { pathname } = new URL(asked.path, 'http://d');
    if (asked.method === 'OPTIONS') response.writeHead(200).end();
    else if (pathname === '/api/cvatd/session') json(response, 200, session());
    else if (pathname === '/api/cvatd/tasks/3/frames/files') response.writeHead(200).end();
    else if (pathname === '/api/cvatd/tasks/3/frames' && fault !== '') json(response, 400, [fault]);
    else if (pathname === '/api/cvatd/tasks/3/frames') json(response, 200, { start_frame: 10, count: 1, known: 1, jobs: [1] });
    else if (pathname === '/api/tasks/3') json(response, 200, shown);
    else json(response, 404, { detail: 'Not found.' });
  });
  await daemon.start();
});

afterEach(() => daemon.stop());

function open(): ReturnType<typeof show> {
  const routes = (
    <Routes>
      <Route path="/tasks/:taskId/frames" element={<AddFramesPage />} />
      <Route path="/tasks/:taskId/data" element="its first data" />
      <Route path="/tasks/:taskId" element="the task" />
    </Routes>
  );
  return show(routes, { daemon: daemon.address, at: '/tasks/3/frames' });
}

async function send({ person, container }: ReturnType<typeof show>): Promise<void> {
  await screen.findByRole('heading', { name: 'More frames for “street”' });
  const input = container.querySelector<HTMLInputElement>('input[type=file]');
  if (input === null) throw new Error('There is no field for files.');
  await person.upload(input, [new File(['pixels'], 'a.png', { type: 'image/png' })]);
  await person.click(screen.getByRole('button', { name: 'Add frames' }));
}

it('sends the files, then says what to do with them', async () => {
  const page = open();
  await screen.findByRole('heading', { name: 'More frames for “street”' });
  expect(screen.queryByRole('tab', { name: 'Addresses' })).toBeNull();
  expect(await accessibilityFaults(page.container)).toEqual([]);
  await page.person.selectOptions(screen.getByRole('combobox', { name: 'Sorting' }), 'Natural (2 before 10)');
  await send(page);
  expect(await screen.findByText('the task')).toBeVisible();
  const posts = daemon.asked.filter(({ method }) => method === 'POST');
  expect(posts.map(({ path }) => path)).toEqual([
    '/api/cvatd/tasks/3/frames/files',
    '/api/cvatd/tasks/3/frames/files?folders=1',
    '/api/cvatd/tasks/3/frames',
  ]);
  expect(posts[0]?.headers['upload-start']).toBe('true');
  expect(JSON.parse(posts[2]?.body ?? '')).toEqual({ sorting_method: 'natural' });
});

it('says why nothing was added, and keeps the form', async () => {
  fault = 'a.png is cut off.';
  await send(open());
  expect(await screen.findByRole('alert')).toHaveTextContent('No frames were added');
  expect(screen.getByRole('alert')).toHaveTextContent('a.png is cut off.');
});

it('asks for files', async () => {
  const { person } = open();
  await person.click(await screen.findByRole('button', { name: 'Add frames' }));
  expect(screen.getByText('Choose files or a folder, or drop them here.')).toBeVisible();
  expect(daemon.asked.some(({ method }) => method === 'POST')).toBe(false);
});

it('leads elsewhere where a task has no frames yet, or those of a video', async () => {
  shown = emptyTask(3, 'street');
  const { unmount } = open();
  expect(await screen.findByText('its first data')).toBeVisible();
  unmount();
  shown = task({ id: 3, name: 'street', size: 10, mode: 'interpolation' });
  open();
  await waitFor(() => expect(screen.getByText('the task')).toBeVisible());
});
