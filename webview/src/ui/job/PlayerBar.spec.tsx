import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { accessibilityFaults } from '../../testing/accessibility';
import { editorDouble } from '../../testing/editorDouble';
import { show } from '../../testing/render';
import { PlayerBar } from './PlayerBar';

describe('frame number', () => {
  it('goes where it is told with Enter', async () => {
    const { handle, given } = editorDouble({ frame: 5 });
    const { person } = show(<PlayerBar onShowDeleted={() => undefined} />, { editor: handle });
    const box = screen.getByRole('textbox', { name: 'Frame number' });
    await person.click(box);
    await person.keyboard('42{Enter}');
    expect(given).toEqual([['setFrame', 42]]);
    expect(box).not.toHaveFocus();
  });

  it.each(['abc{Enter}', ' {Enter}', '1.5{Enter}', '42{Escape}'])('forgets %s', async (keys) => {
    const { handle, given } = editorDouble({ frame: 5 });
    const { person } = show(<PlayerBar onShowDeleted={() => undefined} />, { editor: handle });
    await person.click(screen.getByRole('textbox', { name: 'Frame number' }));
    await person.keyboard(keys);
    expect(given).toEqual([]);
    expect(screen.getByRole('textbox', { name: 'Frame number' })).toHaveValue('5');
  });

  it('follows the editor', () => {
    const { handle, store } = editorDouble();
    show(<PlayerBar onShowDeleted={() => undefined} />, { editor: handle });
    act(() => store.setState({ frame: 17 }));
    expect(screen.getByRole('textbox', { name: 'Frame number' })).toHaveValue('17');
    expect(screen.getByRole('slider', { name: 'Frame' })).toHaveValue('17');
  });
});

it('moves with the slider and the buttons, and not past the ends', async () => {
  const { handle, given, store } = editorDouble({ frame: 0 });
  const { person, container } = show(<PlayerBar onShowDeleted={() => undefined} />, { editor: handle });
  fireEvent.change(screen.getByRole('slider', { name: 'Frame' }), { target: { value: '60' } });
  await person.click(screen.getByRole('button', { name: 'Next frame' }));
  await person.click(screen.getByRole('button', { name: 'Play' }));
  expect(given).toEqual([
    ['setFrame', 60],
    ['run', 'frame.next'],
    ['run', 'play.toggle'],
  ]);
  expect(screen.getByRole('button', { name: 'Previous frame' })).toBeDisabled();
  act(() => store.setState({ frame: 99, playing: true }));
  // While a film plays, the bar follows a moment later.
  await waitFor(() => expect(screen.getByRole('button', { name: 'Last frame' })).toBeDisabled());
  expect(screen.getByRole('button', { name: 'Pause' })).toBeEnabled();
  expect(await accessibilityFaults(container)).toEqual([]);
});
