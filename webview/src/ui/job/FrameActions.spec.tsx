import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { accessibilityFaults } from '../../testing/accessibility';
import { editorDouble } from '../../testing/editorDouble';
import { frameObject } from '../../testing/samples';
import { show } from '../../testing/render';
import { FrameActions } from './FrameActions';

it('asks before a frame is deleted, and says what goes with it', async () => {
  const { handle, given } = editorDouble({ frame: 12, objects: [frameObject(1, 1), frameObject(2, 1)] });
  const { person, container } = show(<FrameActions onShowDeleted={() => undefined} />, { editor: handle });
  await person.click(screen.getByRole('button', { name: 'Delete the frame' }));
  expect(await screen.findByText(/Take frame 12 out of the work, and 2 objects with it\?/)).toBeVisible();
  expect(given).toEqual([]);
  await person.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(given).toEqual([]);
  await person.click(screen.getByRole('button', { name: 'Delete the frame' }));
  await person.keyboard('{Enter}');
  expect(given).toEqual([['setFrameDeleted', true]]);
  expect(await accessibilityFaults(container)).toEqual([]);
});

it('restores a deleted frame without asking', async () => {
  const { handle, given } = editorDouble({ frameDeleted: true });
  const { person } = show(<FrameActions onShowDeleted={() => undefined} />, { editor: handle });
  await person.click(screen.getByRole('button', { name: 'Restore the frame' }));
  expect(given).toEqual([['run', 'frame.delete']]);
});

it('has the setting for deleted frames', async () => {
  const onShowDeleted = vi.fn();
  const { handle } = editorDouble({ deletedCount: 1 });
  const { person } = show(<FrameActions onShowDeleted={onShowDeleted} />, { editor: handle });
  await person.click(screen.getByRole('button', { name: 'Player settings' }));
  const item = await screen.findByRole('menuitemcheckbox', { name: /Show deleted frames/ });
  expect(item).toHaveTextContent('1 frame of this job is deleted');
  await person.click(item);
  expect(onShowDeleted).toHaveBeenCalledWith(true);
});
