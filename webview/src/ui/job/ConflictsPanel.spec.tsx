import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { ConflictRead } from '../../protocol/generated';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { editorDouble } from '../../testing/editorDouble';
import { show } from '../../testing/render';
import { ConflictsPanel } from './ConflictsPanel';

const BOX = {
  id: 7, label_id: 1, type: 'rectangle', frame: 5, group: 0, source: 'manual', occluded: false, outside: false,
  z_order: 0, rotation: 0, points: [30, 30, 40, 50], attributes: [], elements: [],
} as const;

const ONE: ConflictRead = {
  id: '11'.repeat(8), kind: 'shape', status: 'open', what: 'rectangle 7 (car)', project_id: 0, task_id: 1, job_id: 1,
  object_id: 7, frame: 5, can_keep_both: true,
  fields: [{ field: 'points', title: 'position', base: '1, 1', ours: '20, 20', theirs: '30, 30', now: '20, 20' }],
  base: null,
  theirs: { ...BOX, points: [...BOX.points], attributes: [], elements: [] },
};
const TWO: ConflictRead = { ...ONE, id: '22'.repeat(8), what: 'rectangle 8 (car)', object_id: 8, frame: 9 };
const GONE: ConflictRead = { ...ONE, status: 'gone', can_keep_both: false, theirs: null };

let conflicts: readonly ConflictRead[] = [];
const daemon = new DaemonDouble(({ method, path, body }, response) => {
  if (method === 'OPTIONS') json(response, 204, null);
  else if (path.endsWith('/resolve')) {
    conflicts = conflicts.filter((one) => !path.includes(one.id));
    json(response, 200, { revision: `after ${body}`, added: [] });
  } else if (path === '/api/cvatd/undo') {
    conflicts = [ONE, ...conflicts];
    json(response, 200, { revision: 'undone', kept: [] });
  } else if (path.startsWith('/api/cvatd/conflicts')) json(response, 200, { count: conflicts.length, results: conflicts });
  else json(response, 404, { detail: 'Not found.' });
});
beforeEach(async () => {
  localStorage.clear();
  await daemon.start();
});
afterEach(() => daemon.stop());

async function shown(found: readonly ConflictRead[]) {
  conflicts = found;
  const editor = editorDouble();
  const result = show(<ConflictsPanel jobId={1} />, { daemon: daemon.address, editor: editor.handle });
  return { ...result, ...editor, panel: await screen.findByRole('region', { name: 'Conflicts' }) };
}

it('says how many there are, with both values in words, and draws both versions', async () => {
  const { panel, given } = await shown([ONE, TWO]);
  expect(within(panel).getByRole('status')).toHaveTextContent('2 conflicts on this job');
  expect(within(panel).getByRole('row', { name: 'position 20, 20 30, 30 1, 1' })).toBeVisible();
  const drawn = given.filter(([name]) => name === 'showConflicts').at(-1);
  expect(drawn?.[1]).toMatchObject([{ id: ONE.id, frame: 5, theirs: { points: [30, 30, 40, 50] }, base: null }, { id: TWO.id }]);
  expect(drawn?.[2]).toBe(ONE.id);
});

it('goes to the frame of the next and the previous conflict, by button and by key', async () => {
  const { panel, person, given, store } = await shown([ONE, TWO]);
  const frames = (): readonly unknown[] => given.flatMap(([name, frame]) => (name === 'setFrame' ? [frame] : []));
  await person.click(within(panel).getByRole('button', { name: /Next conflict/ }));
  await person.click(within(panel).getByRole('button', { name: /Next conflict/ }));
  expect(frames()).toEqual([5, 9]);
  expect(within(panel).getByText(/rectangle 8/)).toBeVisible();
  act(() => store.setState({ conflictAct: { key: 1, act: 'previous' } }));
  expect(frames()).toEqual([5, 9, 5]);
  expect(given.filter(([name]) => name === 'reveal').map(([, id]) => id)).toEqual([7, 8, 7]);
});

it('takes a side, shows the next conflict, and takes the choice back', async () => {
  const { panel, person } = await shown([ONE, TWO]);
  await person.click(within(panel).getByRole('button', { name: 'Take theirs' }));
  await waitFor(() => expect(within(panel).getByRole('status')).toHaveTextContent('1 conflict on this job'));
  expect(daemon.asked.find((one) => one.path.endsWith('/resolve'))).toMatchObject({
    path: `/api/cvatd/conflicts/${ONE.id}/resolve`,
    body: '{"choice":"theirs"}',
  });
  await person.click(within(panel).getByRole('button', { name: 'Take the last choice back' }));
  await waitFor(() => expect(within(panel).getByRole('status')).toHaveTextContent('2 conflicts on this job'));
});

it('keeps both by a key, and leaves when the last one is settled', async () => {
  const { panel, person, store } = await shown([ONE]);
  act(() => store.setState({ conflictAct: { key: 1, act: 'both' } }));
  await waitFor(() => expect(within(panel).getByRole('status')).toHaveTextContent('All conflicts are resolved'));
  await person.click(within(panel).getByRole('button', { name: 'Close' }));
  expect(screen.queryByRole('region', { name: 'Conflicts' })).toBeNull();
});

it('offers only to drop what is gone', async () => {
  const { panel, store } = await shown([GONE]);
  expect(within(panel).getByText(/does not bring it back/)).toBeVisible();
  expect(within(panel).queryByRole('button', { name: 'Take theirs' })).toBeNull();
  daemon.asked.length = 0;
  act(() => store.setState({ conflictAct: { key: 1, act: 'theirs' } }));
  act(() => store.setState({ conflictAct: { key: 2, act: 'ours' } }));
  await waitFor(() => expect(within(panel).getByRole('status')).toHaveTextContent('All conflicts'));
  expect(daemon.asked.filter((one) => one.path.endsWith('/resolve')).map((one) => one.body)).toEqual(['{"choice":"ours"}']);
});
