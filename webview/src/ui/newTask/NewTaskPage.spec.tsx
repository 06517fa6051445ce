import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { accessibilityFaults } from '../../testing/accessibility';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { emptyTask, page, session, task } from '../../testing/samples';
import { AddDataPage } from './AddDataPage';
import { NewTaskPage } from './NewTaskPage';

let daemon: DaemonDouble;
let made: number;
/** What is wrong with the data of a task, by its id. */
let faults: Map<number, string>;
let finished: boolean;

beforeEach(async () => {
  made = 0;
  faults = new Map();
  finished = true;
  daemon = new DaemonDouble((asked, response) => {
    const { pathname } = new URL(asked.path, 'http://d');
    const id = Number(/\d+/.exec(pathname)?.[0]);
    if (asked.method === 'OPTIONS') response.writeHead(200).end();
    else if (asked.method === 'DELETE') response.writeHead(204).end();
    else if (pathname === '/api/cvatd/session') json(response, 200, session());
    else if (pathname === '/api/projects') json(response, 200, page({ id: 4, name: 'city' }));
    else if (asked.method === 'POST' && pathname === '/api/tasks') json(response, 201, task({ id: ++made }));
    else if (asked.method === 'POST' && pathname.endsWith('/data')) {
      if (asked.headers['upload-finish'] !== undefined) json(response, 202, { rq_id: `create-${id}` });
      else response.writeHead(asked.headers['upload-start'] === undefined ? 200 : 202).end();
    } else if (asked.method === 'POST' && pathname.endsWith('/cancel')) response.writeHead(200).end();
    else if (pathname.startsWith('/api/requests/')) {
      const message = faults.get(id) ?? '';
      const status = message !== '' ? 'failed' : finished ? 'finished' : 'started';
      json(response, 200, { id: `create-${id}`, status, message, progress: 0.5 });
    } else if (/^\/api\/tasks\/\d+$/.test(pathname)) json(response, 200, emptyTask(id, 'empty'));
    else json(response, 404, { detail: 'Not found.' });
  });
  await daemon.start();
});

afterEach(() => daemon.stop());

function open(at = '/tasks/create'): ReturnType<typeof show> {
  const routes = (
    <Routes>
      <Route path="/tasks/create" element={<NewTaskPage />} />
      <Route path="/tasks/:taskId/data" element={<AddDataPage />} />
      <Route path="/tasks/:taskId" element="the task" />
    </Routes>
  );
  return show(routes, { daemon: daemon.address, at });
}

/** Puts files into the hidden field that a button opens. */
function choose(container: HTMLElement, ...names: readonly string[]): void {
  const files = names.map((name) => new File(['pixels'], name, { type: name.endsWith('.mp4') ? 'video/mp4' : 'image/png' }));
  const input = container.querySelector<HTMLInputElement>('input[type=file]');
  if (!input) throw new Error('There is no field for files.');
  fireEvent.change(input, { target: { files } });
}

function sent(method: string, path: RegExp): readonly string[] {
  return daemon.asked.filter((one) => one.method === method && path.test(one.path)).map(({ body }) => body);
}

it('makes a task of files, and opens it', async () => {
  const { container, person } = open();
  await person.type(await screen.findByLabelText('Name'), 'street');
  await person.type(screen.getByLabelText('Name of label 1'), 'car{Enter}person');
  choose(container, 'a.png', 'b.png');
  expect(await accessibilityFaults(container)).toEqual([]);
  await person.click(screen.getByRole('button', { name: 'Make and open' }));
  expect(await screen.findByText('the task')).toBeVisible();

  const [body] = sent('POST', /^\/api\/tasks$/).map((text) => JSON.parse(text) as { name: string; labels: { name: string }[] });
  expect(body).toMatchObject({ name: 'street', labels: [{ name: 'car' }, { name: 'person' }] });
  const [start, files, finish] = sent('POST', /data/);
  expect(start).toBe('');
  expect(files).toContain('name="client_files[0]"; filename="a.png"');
  expect(files).toContain('name="client_files[1]"; filename="b.png"');
  expect(finish).toBe('{"image_quality":70}');
});

it('says what is missing beside its field, for everyone', async () => {
  const { container, person } = open();
  await person.click(await screen.findByRole('button', { name: 'Make and open' }));
  expect(screen.getByLabelText('Name')).toHaveAccessibleDescription('Give the task a name.');
  expect(screen.getByLabelText('Name of label 1')).toHaveAccessibleDescription('Name at least one label.');
  expect(screen.getByRole('button', { name: 'Choose files' })).toHaveAccessibleDescription(
    'Choose files or a folder, or drop them here.',
  );
  await waitFor(() => expect(screen.getByLabelText('Name')).toHaveFocus());
  expect(await accessibilityFaults(container)).toEqual([]);
  expect(sent('POST', /./)).toEqual([]);
});

it('takes the labels of a project', async () => {
  const { person } = open();
  await person.selectOptions(await screen.findByRole('combobox', { name: 'Project' }), 'city (#4)');
  expect(screen.getByText('The labels are those of the project.')).toBeVisible();
  await person.type(screen.getByLabelText('Name'), 'street');
  await person.click(screen.getByRole('tab', { name: 'Addresses' }));
  await person.type(screen.getByLabelText('Addresses of files'), 'https://d/a.png');
  await person.click(screen.getByRole('button', { name: 'Make and start another' }));
  await screen.findByText('Task “street” was made.');
  expect(sent('POST', /^\/api\/tasks$/)).toEqual(['{"name":"street","project_id":4}']);
  expect(sent('POST', /data/)).toEqual(['{"image_quality":70,"remote_files":["https://d/a.png"]}']);
  expect(screen.getByLabelText('Name')).toHaveValue('');
});

it('shows why it failed, removes what was half made, keeps the form, and tries again', async () => {
  faults.set(1, 'broken.png is not an image.');
  const { container, person } = open();
  await person.type(await screen.findByLabelText('Name'), 'street');
  await person.type(screen.getByLabelText('Name of label 1'), 'car');
  choose(container, 'broken.png');
  await person.click(screen.getByRole('button', { name: 'Make and open' }));
  expect(await screen.findByText('broken.png is not an image.')).toBeVisible();
  expect(daemon.asked.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual(['/api/tasks/1']);
  expect(screen.getByLabelText('Name')).toHaveValue('street');
  await person.click(screen.getByRole('button', { name: 'Make and open' }));
  expect(await screen.findByText('the task')).toBeVisible();
});

it('is cancelled at the daemon too', async () => {
  finished = false;
  const { container, person } = open();
  await person.type(await screen.findByLabelText('Name'), 'street');
  await person.type(screen.getByLabelText('Name of label 1'), 'car');
  choose(container, 'a.png');
  await person.click(screen.getByRole('button', { name: 'Make and open' }));
  const dialog = await screen.findByRole('dialog', { name: 'Making “street”' });
  expect(await within(dialog).findByText('Making the frames: 50 %')).toBeVisible();
  expect(await accessibilityFaults(dialog)).toEqual([]);
  await person.click(within(dialog).getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent('POST', /^\/api\/requests\/create-1\/cancel$/)).toHaveLength(1);
  expect(sent('DELETE', /^\/api\/tasks\/1$/)).toHaveLength(1);
  expect(screen.queryByRole('alert')).toBeNull();
});

it('makes a task for each video, each of which fails alone', async () => {
  faults.set(2, 'b.mp4 is no video.');
  const { container, person } = open('/tasks/create?multi=true');
  await person.type(await screen.findByLabelText('Name of label 1'), 'car');
  choose(container, 'a.mp4', 'b.mp4', 'c.mp4', 'notes.png');
  expect(await screen.findByText('1 file without a video’s extension will be left out.')).toBeVisible();
  expect(await accessibilityFaults(container)).toEqual([]);
  await person.click(screen.getByRole('button', { name: 'Make 3 tasks' }));
  expect(await screen.findByText('2 of 3 made, 1 failed')).toBeVisible();
  expect(screen.getByText('b.mp4 is no video.')).toBeVisible();
  expect(await accessibilityFaults(container)).toEqual([]);
  expect(sent('POST', /^\/api\/tasks$/).map((text) => (JSON.parse(text) as { name: string }).name)).toEqual([
    'a.mp4',
    'b.mp4',
    'c.mp4',
  ]);
  await person.click(screen.getByRole('button', { name: 'Retry b.mp4' }));
  expect(await screen.findByText('3 of 3 made')).toBeVisible();
  expect(screen.getByRole('link', { name: 'b.mp4' })).toHaveAttribute('href', '/tasks/4');
});

it('gives a task its data', async () => {
  const { container, person } = open('/tasks/7/data');
  await screen.findByRole('heading', { name: 'Data of “empty”' });
  expect(await accessibilityFaults(container)).toEqual([]);
  choose(container, 'a.png');
  faults.set(7, 'a.png is not an image.');
  await person.click(screen.getByRole('button', { name: 'Add data' }));
  expect(await screen.findByText('a.png is not an image.')).toBeVisible();
  expect(sent('DELETE', /./)).toEqual([]);
  faults.clear();
  await person.click(screen.getByRole('button', { name: 'Add data' }));
  expect(await screen.findByText('the task')).toBeVisible();
});
