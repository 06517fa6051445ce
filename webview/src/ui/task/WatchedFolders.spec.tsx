import { screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { WatchedFolderRead } from '../../protocol/generated';
import { accessibilityFaults } from '../../testing/accessibility';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { notesOf, WatchedFolders } from './WatchedFolders';

const FOLDER: WatchedFolderRead = {
  folder: '/data/drop',
  task_id: 3,
  task_name: 'street',
  recursive: true,
  stable_seconds: 2,
  problem: '',
  frames: 40,
  waiting_count: 70,
  waiting: ['a.png', 'b.png'],
  broken_count: 1,
  broken: [{ name: 'c.png', reason: 'it is cut off', frame: null }],
  missing_count: 0,
  missing: [],
  changed_count: 1,
  changed: [{ name: 'd.png', reason: 'it has other contents', frame: 12 }],
  moved_count: 1,
  moved: [{ frame: 7, before: 'e.png', now: 'sorted/e.png' }],
  left_out_count: 0,
  left_out: [],
};
let folders: WatchedFolderRead[];
let daemon: DaemonDouble;

beforeEach(async () => {
  folders = [FOLDER, { ...FOLDER, folder: '/data/other', task_id: 4 }];
  daemon = new DaemonDouble((_asked, response) => json(response, 200, { problem: '', read: 12, to_read: 70, folders }));
  await daemon.start();
});

afterEach(() => daemon.stop());

it('shows the folder of the task, and what is the matter with its files', async () => {
  const { container, person } = show(<WatchedFolders taskId={3} />, { daemon: daemon.address });
  expect(await screen.findByText('/data/drop')).toBeVisible();
  expect(screen.queryByText('/data/other')).toBeNull();
  expect(screen.getByText('Reading new files: 12 of 70')).toBeVisible();
  await person.click(screen.getByText('1 broken file'));
  expect(screen.getByText('c.png: it is cut off')).toBeVisible();
  expect(await accessibilityFaults(container)).toEqual([]);
});

it('says why nothing can be taken', async () => {
  folders = [{ ...FOLDER, problem: 'The folder /data/drop is gone.' }];
  show(<WatchedFolders taskId={3} />, { daemon: daemon.address });
  expect(await screen.findByRole('alert')).toHaveTextContent('The folder /data/drop is gone.');
});

it('tells only of what there is, what needs a person first', () => {
  expect(notesOf(FOLDER).map(({ title }) => title)).toEqual([
    '1 broken file',
    '1 changed file',
    '1 moved file, found again',
    '70 files waiting',
  ]);
  expect(notesOf(FOLDER).flatMap(({ lines }) => lines)).toContain('Frame 12, d.png: it has other contents');
});
