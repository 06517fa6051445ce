import { act, renderHook, waitFor } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';

import { editorDouble } from '../../testing/editorDouble';
import { lastFrame } from './lastFrame';
import { useFrameAddress } from './useFrameAddress';

beforeEach(() => {
  localStorage.clear();
  history.replaceState({ kept: true }, '', '/tasks/1/jobs/2?other=1');
});

const asked = { scope: '/w', jobId: 2, asked: null };

it('keeps the frame in the address and in memory, and the rest of the address as it is', async () => {
  const { handle, store } = editorDouble({ frame: 3 });
  renderHook(() => useFrameAddress(handle, asked));
  expect(location.search).toBe('?other=1&frame=3');
  act(() => store.setState({ frame: 12 }));
  await waitFor(() => expect(location.search).toBe('?other=1&frame=12'));
  expect(history.state).toEqual({ kept: true });
  expect(lastFrame('/w', 2)).toBe(12);
  expect(lastFrame('/elsewhere', 2)).toBeNull();
});

it('writes seldom while playing, and the last frame before the page goes', () => {
  const { handle, store } = editorDouble();
  renderHook(() => useFrameAddress(handle, asked));
  for (let frame = 1; frame <= 50; frame += 1) store.setState({ frame });
  expect(location.search).toBe('?other=1&frame=0');
  dispatchEvent(new Event('pagehide'));
  expect(location.search).toBe('?other=1&frame=50');
});

it('goes to the frame of a link inside the page', () => {
  const { handle, given } = editorDouble();
  const { rerender } = renderHook((frame: number | null) => useFrameAddress(handle, { ...asked, asked: frame }), {
    initialProps: 3,
  });
  rerender(8);
  expect(given).toEqual([
    ['setFrame', 3],
    ['setFrame', 8],
  ]);
});
