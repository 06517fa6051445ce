import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';

import type { SaveStatus } from '../../editor/api';
import { editorDouble } from '../../testing/editorDouble';
import { show } from '../../testing/render';
import { CanvasNotices } from './CanvasNotices';
import { SaveIndicator } from './SaveIndicator';

it.each<[SaveStatus, string]>([
  [{ kind: 'saved' }, 'Saved'],
  [{ kind: 'saving', pending: 2 }, 'Saving…'],
  [{ kind: 'offline', pending: 1, message: 'refused' }, 'Offline, retrying 1 edit'],
  [{ kind: 'offline', pending: 3, message: 'refused' }, 'Offline, retrying 3 edits'],
  [{ kind: 'rejected', rejected: 2, pending: 0, message: 'no' }, '2 edits refused'],
])('says where edits are: %j', (save, text) => {
  const { handle } = editorDouble({ save });
  show(<SaveIndicator />, { editor: handle });
  expect(screen.getByRole('status')).toHaveTextContent(text);
});

it('follows the editor and explains itself', async () => {
  const { handle, store, given } = editorDouble();
  const { person } = show(<SaveIndicator />, { editor: handle });
  act(() => store.setState({ save: { kind: 'offline', pending: 3, message: 'The daemon cannot be reached.' } }));
  await person.click(screen.getByRole('button', { name: /Offline/ }));
  expect(await screen.findByText('The daemon cannot be reached.')).toBeVisible();
  await person.click(screen.getByRole('button', { name: 'Try now' }));
  expect(given).toEqual([['retryNow']]);
});

it('leaves the decision about refused edits to the person', async () => {
  const { handle, given } = editorDouble({
    save: { kind: 'rejected', rejected: 1, pending: 0, message: 'label_id `9` is invalid.' },
  });
  const { person } = show(<CanvasNotices />, { editor: handle });
  expect(screen.getByRole('alert')).toHaveTextContent('label_id `9` is invalid.');
  await person.click(screen.getByRole('button', { name: 'Send again' }));
  await person.click(screen.getByRole('button', { name: 'Discard these edits' }));
  expect(given).toEqual([['retryRejected'], ['discardRejected']]);
});
