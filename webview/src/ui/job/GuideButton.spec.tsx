import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { DaemonDouble, json } from '../../testing/daemonDouble';
import { show } from '../../testing/render';
import { GuideButton } from './GuideButton';

const ASSET = '/api/assets/0f8fad5b-d9cb-469f-a165-70867728950e';

let markdown = '';
const daemon = new DaemonDouble(({ method, path }, response) => {
  if (method === 'OPTIONS') json(response, 204, null);
  else if (path === '/api/guides/2') {
    json(response, 200, { id: 2, task_id: 1, project_id: null, created_date: 't', updated_date: 't', markdown });
  } else json(response, 404, { detail: 'There is no guide 4.' });
});
beforeEach(() => daemon.start());
afterEach(() => daemon.stop());

async function read(text: string): Promise<HTMLElement> {
  markdown = text;
  const { person } = show(<GuideButton guideId={2} />, { daemon: daemon.address });
  await person.click(screen.getByRole('button', { name: 'Guide' }));
  const panel = await screen.findByRole('dialog', { name: 'Guide' });
  await waitFor(() => expect(within(panel).queryByLabelText('Loading the guide')).toBeNull());
  return panel;
}

it('shows a guide with headings, tables, lists and its own pictures', async () => {
  const panel = await read(`# Cars\n\n* [x] big ones\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![a car](${ASSET})`);
  expect(within(panel).getByRole('heading', { name: 'Cars' })).toBeVisible();
  expect(within(panel).getByRole('checkbox')).toBeChecked();
  expect(within(panel).getByRole('cell', { name: '2' })).toBeVisible();
  expect(within(panel).getByRole('img', { name: 'a car' })).toHaveAttribute('src', ASSET);
});

it('takes no HTML, follows no script, and loads nothing from elsewhere', async () => {
  const panel = await read(
    'plain <img src=x onerror=alert(1)><script>alert(1)</script><!-- for editors -->\n\n[run](javascript:alert(1)) ' +
      '[out](https://example.org/a) ![far](https://example.org/b.png) ![near](/api/assets/../users)',
  );
  expect(panel.querySelector('script')).toBeNull();
  expect(panel.querySelectorAll('.mantine-Drawer-body img')).toHaveLength(0);
  expect(panel).not.toHaveTextContent('for editors');
  expect(within(panel).getByText('run')).not.toHaveAttribute('href', expect.stringContaining('javascript'));
  for (const name of ['out', 'far']) {
    const link = within(panel).getByRole('link', { name });
    expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    expect(link).toHaveAttribute('target', '_blank');
  }
});

it('says why there is none', async () => {
  const { person } = show(<GuideButton guideId={4} />, { daemon: daemon.address });
  await person.click(screen.getByRole('button', { name: 'Guide' }));
  expect(await screen.findByText('There is no guide 4.')).toBeVisible();
});
