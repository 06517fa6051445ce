import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { SyncStatus } from '../../protocol/generated';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { SyncIndicator, described, plan } from './SyncIndicator';

function status(changes: Partial<SyncStatus> = {}): SyncStatus {
  return {
    state: 'idle',
    remote: 'origin',
    address: '/srv/team.git',
    interval_minutes: 0,
    on_job_completion: false,
    last: '',
    summary: '',
    error: '',
    hint: '',
    next: '',
    received: 0,
    total: 0,
    conflicts: 0,
    ...changes,
  };
}

let daemon: DaemonDouble;
let now: SyncStatus;
let started: number;

beforeEach(async () => {
  now = status();
  started = 0;
  daemon = new DaemonDouble(({ method, path }, response) => {
    if (path === '/api/cvatd/sync' && method === 'POST') {
      started += 1;
      now = status({ state: 'failed', error: 'The remote is gone.', hint: 'Look for it.' });
      json(response, 200, status({ state: 'running' }));
    } else json(response, 200, now);
  });
  await daemon.start();
});

afterEach(() => daemon.stop());

it('says nothing where there is no remote', async () => {
  now = status({ address: '' });
  const { container } = show(<SyncIndicator />, { daemon: daemon.address });
  await waitFor(() => expect(daemon.asked.length).toBeGreaterThan(0));
  expect(container.querySelector('button')).toBeNull();
});

it('syncs when asked, and says why that failed', async () => {
  show(<SyncIndicator />, { daemon: daemon.address });
  const button = await screen.findByRole('button', { name: 'Sync: Not synced yet' });
  await userEvent.click(button);
  await userEvent.click(await screen.findByRole('button', { name: 'Sync now' }));
  expect(started).toBe(1);
  expect(await screen.findByText('Syncing…')).toBeVisible();
  // It is read every second while a sync is under way.
  expect(await screen.findByText('Sync failed', {}, { timeout: 3_000 })).toBeVisible();
  expect(screen.getByRole('alert')).toHaveTextContent('The remote is gone. Look for it.');
});

it('tells conflicts before that all is well, and failures before conflicts', () => {
  expect(described(status({ last: new Date().toISOString() })).title).toBe('Synced just now');
  expect(described(status({ conflicts: 2 })).title).toBe('2 conflicts');
  expect(described(status({ conflicts: 2, state: 'failed' })).kind).toBe('failed');
});

it('says when the next one comes', () => {
  expect(plan(status())).toContain('off');
  expect(plan(status({ on_job_completion: true }))).toContain('when a job is completed');
  expect(plan(status({ interval_minutes: 5, next: '2026-01-02T03:04:05Z' }))).toContain('2026');
});
