import { screen, waitFor, within } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { JobRead } from '../../protocol/generated';
import { accessibilityFaults } from '../../testing/accessibility';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import type { Answer } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { job, label, page, session, task, user } from '../../testing/samples';
import { rememberFrame } from '../job/lastFrame';
import { TaskPage } from './TaskPage';

const LINUS = user(2, 'linus');
const FIRST = job({ id: 11, task_id: 3, start_frame: 0, stop_frame: 49, frame_count: 50 });
const SECOND = job({ id: 12, task_id: 3, start_frame: 50, stop_frame: 99, frame_count: 50 });
let jobs: JobRead[];
let patch: Answer;
let daemon: DaemonDouble;

beforeEach(async () => {
  localStorage.clear();
  jobs = [FIRST, SECOND];
  patch = (asked, response) => json(response, 200, { ...FIRST, ...(JSON.parse(asked.body) as object) });
  daemon = new DaemonDouble((asked, response) => {
    const { pathname } = new URL(asked.path, 'http://d');
    if (asked.method === 'PATCH') patch(asked, response);
    else if (asked.method === 'DELETE') response.writeHead(204).end();
    else if (pathname === '/api/cvatd/session') json(response, 200, session());
    else if (pathname === '/api/tasks/3') json(response, 200, task({ id: 3, name: 'street' }));
    else if (pathname === '/api/jobs') json(response, 200, page(...jobs));
    else if (pathname === '/api/labels') json(response, 200, page(label(1, 'car'), label(2, 'person', '')));
    else if (pathname === '/api/users') json(response, 200, page(user(1, 'ada'), LINUS));
    else json(response, 404, { detail: 'Not found.' });
  });
  await daemon.start();
});

afterEach(() => daemon.stop());

function open(at = '/tasks/3'): ReturnType<typeof show> {
  const routes = (
    <Routes>
      <Route path="/" element="the list" />
      <Route path="/tasks/:taskId" element={<TaskPage />} />
    </Routes>
  );
  return show(routes, { daemon: daemon.address, at });
}

it('shows the task, its labels and its jobs', async () => {
  const { container } = open();
  expect(await screen.findByRole('heading', { name: 'street' })).toBeVisible();
  const labels = within(await screen.findByRole('list', { name: 'Labels' })).getAllByRole('listitem');
  expect(labels.map((item) => item.textContent)).toEqual(['car', 'person']);
  const rows = within(await screen.findByRole('table', { name: 'Jobs' })).getAllByRole('row');
  expect(rows).toHaveLength(3);
  expect(rows[2]).toHaveTextContent('Job #12');
  expect(rows[2]).toHaveTextContent('50–99');
  expect(await accessibilityFaults(container)).toEqual([]);
});

it('continues where this browser left off', async () => {
  rememberFrame('c0ffee', 11, 33);
  open();
  const go = await screen.findByRole('link', { name: 'Continue' });
  expect(go).toHaveAttribute('href', '/tasks/3/jobs/11?frame=33');
});

it('changes a job in place', async () => {
  const { person } = open();
  await person.selectOptions(await screen.findByRole('combobox', { name: 'State of job 11' }), 'Completed');
  await waitFor(() =>
    expect(daemon.asked.find(({ method }) => method === 'PATCH')).toMatchObject({
      path: '/api/jobs/11',
      body: '{"state":"completed"}',
    }),
  );
  expect(screen.getByRole('combobox', { name: 'State of job 11' })).toHaveValue('completed');
  expect(screen.getByRole('combobox', { name: 'State of job 12' })).toHaveValue('new');
});

it('assigns and unassigns', async () => {
  const { person } = open();
  const assignee = await screen.findByRole('combobox', { name: 'Assignee of job 11' });
  await within(assignee).findByRole('option', { name: 'linus' });
  patch = (_asked, response) => {
    jobs = [{ ...FIRST, assignee: LINUS }, SECOND];
    json(response, 200, jobs[0]);
  };
  await person.selectOptions(assignee, 'linus');
  await waitFor(() => expect(assignee).toHaveValue('2'));
  await person.selectOptions(assignee, 'Nobody');
  await waitFor(() =>
    expect(daemon.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body)).toEqual([
      '{"assignee":2}',
      '{"assignee":null}',
    ]),
  );
});

it("shows a change at once, and takes it back with the daemon's words when it is refused", async () => {
  let refuse: () => void = () => undefined;
  patch = (_asked, response) => {
    refuse = () => json(response, 400, { state: ['Only a reviewer can reject a job.'] });
  };
  const { person } = open();
  const state = await screen.findByRole('combobox', { name: 'State of job 11' });
  await person.selectOptions(state, 'Rejected');
  await waitFor(() => expect(daemon.asked.some(({ method }) => method === 'PATCH')).toBe(true));
  expect(state).toHaveValue('rejected');
  refuse();
  expect(await screen.findByText('state: Only a reviewer can reject a job.')).toBeVisible();
  expect(state).toHaveValue('new');
});

it('deletes only after a confirmation that says how to get it back', async () => {
  const { person } = open();
  await person.click(await screen.findByRole('button', { name: 'Delete the task' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog).toHaveTextContent('git log -- tasks/3');
  expect(daemon.asked.some(({ method }) => method === 'DELETE')).toBe(false);
  await person.click(within(dialog).getByRole('button', { name: 'Delete' }));
  expect(await screen.findByText('the list')).toBeVisible();
  expect(daemon.asked.find(({ method }) => method === 'DELETE')?.path).toBe('/api/tasks/3');
});

it('says when there is no such task', async () => {
  open('/tasks/99');
  expect(await screen.findByRole('heading', { name: 'Task #99 does not exist' })).toBeVisible();
});
