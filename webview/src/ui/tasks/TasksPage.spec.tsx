import { screen, waitFor, within } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { accessibilityFaults } from '../../testing/accessibility';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { emptyTask, page, session, task } from '../../testing/samples';
import { TasksPage } from './TasksPage';

const TASKS = [
  task({ id: 1, name: 'street', jobs: { count: 4, completed: 1, validation: 2, url: '' } }),
  task({ id: 2, name: 'bikes', mode: 'interpolation', size: 250 }),
];
let tasks = TASKS;
let daemon: DaemonDouble;

beforeEach(async () => {
  tasks = TASKS;
  daemon = new DaemonDouble(({ path }, response) => {
    const { pathname, searchParams } = new URL(path, 'http://d');
    if (pathname === '/api/cvatd/session') json(response, 200, session());
    else if (pathname === '/api/tasks')
      json(response, 200, page(...tasks.filter(({ name }) => name.includes(searchParams.get('search') ?? ''))));
    else json(response, 404, { detail: 'Not found.' });
  });
  await daemon.start();
});

afterEach(() => daemon.stop());

it('lists tasks with their progress and a link to each', async () => {
  const { container } = show(<TasksPage />, { daemon: daemon.address });
  const street = (await screen.findByRole('link', { name: 'street' })).closest('li') as HTMLElement;
  expect(screen.getByRole('link', { name: 'bikes' })).toHaveAttribute('href', '/tasks/2');
  const bar = within(street).getByRole('progressbar');
  expect(bar).toHaveAttribute('aria-valuenow', '1');
  expect(bar).toHaveAttribute('aria-valuetext', '1 of 4 jobs completed');
  expect(within(street).getByText('1 / 4 jobs')).toBeVisible();
  expect(await accessibilityFaults(container)).toEqual([]);
});

it('says what the frames of each are', async () => {
  tasks = [...TASKS, task({ id: 3, name: 'lidar', dimension: '3d' })];
  show(<TasksPage />, { daemon: daemon.address });
  for (const [name, word] of [
    ['street', 'Images'],
    ['bikes', 'Video'],
    ['lidar', 'Point clouds'],
  ] as const) {
    const row = (await screen.findByRole('link', { name })).closest('li') as HTMLElement;
    expect(within(row).getByText(word)).toBeVisible();
  }
});

it('searches at the daemon, and says when nothing matches', async () => {
  const { person } = show(<TasksPage />, { daemon: daemon.address });
  await screen.findByRole('link', { name: 'street' });
  await person.type(screen.getByRole('textbox', { name: 'Search tasks' }), 'bik');
  await waitFor(() => expect(screen.queryByRole('link', { name: 'street' })).toBeNull());
  expect(screen.getByRole('link', { name: 'bikes' })).toBeVisible();
  await person.type(screen.getByRole('textbox', { name: 'Search tasks' }), 'xyz');
  await person.click(await screen.findByRole('button', { name: 'Show all tasks' }));
  expect(await screen.findByRole('link', { name: 'street' })).toBeVisible();
});

it('orders at the daemon', async () => {
  const { person } = show(<TasksPage />, { daemon: daemon.address });
  await screen.findByRole('link', { name: 'street' });
  await person.selectOptions(screen.getByRole('combobox', { name: 'Order' }), 'Name');
  await waitFor(() => expect(daemon.asked.at(-1)?.path).toContain('sort=name'));
});

it('shows the commands that make a first task in this workspace', async () => {
  tasks = [];
  show(<TasksPage />, { daemon: daemon.address });
  expect(await screen.findByText('cvat task create NAME --labels car,person --data PATH')).toBeVisible();
  expect(await screen.findByText('cd /home/ada/street')).toBeVisible();
});

it('leads to the form of a new task by a button and by a key', async () => {
  const routes = (
    <Routes>
      <Route path="/" element={<TasksPage />} />
      <Route path="/tasks/create" element="the form" />
    </Routes>
  );
  const { person } = show(routes, { daemon: daemon.address });
  await screen.findByRole('link', { name: 'street' });
  expect(screen.getByRole('link', { name: 'New task' })).toHaveAttribute('href', '/tasks/create');
  await person.type(screen.getByRole('textbox', { name: 'Search tasks' }), 'n');
  expect(screen.queryByText('the form')).toBeNull();
  await person.click(document.body);
  await person.keyboard('n');
  expect(await screen.findByText('the form')).toBeVisible();
});

it('offers to add the data that a task lacks', async () => {
  tasks = [emptyTask(5, 'empty')];
  const { container } = show(<TasksPage />, { daemon: daemon.address });
  expect(await screen.findByText('No data yet')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Add data to empty' })).toHaveAttribute('href', '/tasks/5/data');
  expect(await accessibilityFaults(container)).toEqual([]);
});

it('says that there is no session, and goes on when there is one', async () => {
  daemon.answer((_asked, response) => json(response, 401, { detail: 'Authentication credentials were not provided.' }));
  const { person } = show(<TasksPage />, { daemon: daemon.address });
  expect(await screen.findByRole('heading', { name: 'Open the link that cvatd printed' })).toBeVisible();
  daemon.answer((_asked, response) => json(response, 200, page(...TASKS)));
  await person.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('link', { name: 'street' })).toBeVisible();
});
