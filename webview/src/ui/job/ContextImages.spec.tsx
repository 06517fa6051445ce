import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { accessibilityFaults } from '../../testing/accessibility';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { editorDouble } from '../../testing/editorDouble';
import { show } from '../../testing/render';
import { ContextImages } from './ContextImages';

const NAMES = Array.from({ length: 14 }, (_, index) => `related_images/a_png/camera ${index}.jpg`);
const daemon = new DaemonDouble((asked, response) => {
  if (asked.path === '/api/cvatd/tasks/3/context/5') json(response, 200, { names: NAMES });
  else json(response, 404, {});
});

beforeEach(() => daemon.start());
afterEach(() => daemon.stop());

it('shows three, up to twelve on request, and one in full size', async () => {
  const { handle } = editorDouble({ frame: 5, contextCount: 14 });
  const { person, container } = show(<ContextImages taskId={3} />, { editor: handle, daemon: daemon.address });
  const first = await screen.findByRole('button', { name: 'camera 0.jpg' });
  expect(first.querySelector('img')).toHaveAttribute('src', '/api/cvatd/tasks/3/context/5/0');
  expect(screen.getAllByRole('button', { name: /camera/ })).toHaveLength(3);
  await person.click(screen.getByRole('button', { name: 'All 12' }));
  expect(screen.getAllByRole('button', { name: /camera/ })).toHaveLength(12);
  expect(await accessibilityFaults(container)).toEqual([]);
  await person.click(screen.getByRole('button', { name: 'camera 11.jpg' }));
  expect(await screen.findByText('related_images/a_png/camera 11.jpg (12 of 12)')).toBeVisible();
  await person.keyboard('{ArrowRight}');
  expect(screen.getByText('related_images/a_png/camera 0.jpg (1 of 12)')).toBeVisible();
  await person.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('is not there for a frame without any', () => {
  const { handle, store } = editorDouble({ frame: 5, contextCount: 0 });
  show(<ContextImages taskId={3} />, { editor: handle, daemon: daemon.address });
  expect(screen.queryByRole('region')).toBeNull();
  act(() => store.setState({ contextCount: 1 }));
  expect(screen.getByRole('region', { name: 'Context images' })).toBeVisible();
});
