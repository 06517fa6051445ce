import { act, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { editorDouble } from '../../testing/editorDouble';
import { lastFrame } from './lastFrame';
import { useFrameAddress } from './useFrameAddress';

beforeEach(() => {
  localStorage.clear();
  history.replaceState({ kept: true }, '', '/tasks/1/jobs/2?other=1');
});

afterEach(() => void vi.useRealTimers());

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

it('has a frame in the address as soon as it is asked for: a reload takes it from there', () => {
  const { handle, store } = editorDouble();
  renderHook(() => useFrameAddress(handle, asked));
  store.setState({ frame: 12 });
  expect(location.search).toBe('?other=1&frame=12');
});

it('writes seldom while frames follow each other, and the last one before the page goes', () => {
  vi.useFakeTimers();
  const { handle, store } = editorDouble();
  renderHook(() => useFrameAddress(handle, asked));
  for (let frame = 1; frame <= 50; frame += 1) store.setState({ frame });
  expect(location.search).toBe('?other=1&frame=1');
  vi.advanceTimersByTime(200);
  expect(location.search).toBe('?other=1&frame=50');
  store.setState({ frame: 51 });
  dispatchEvent(new Event('pagehide'));
  expect(lastFrame('/w', 2)).toBe(51);
});

it('leaves the address alone while a film plays, and has the frame where it was stopped', () => {
  vi.useFakeTimers();
  const { handle, store } = editorDouble({ playing: true });
  renderHook(() => useFrameAddress(handle, asked));
  const written = vi.spyOn(history, 'replaceState');
  for (let frame = 1; frame <= 90; frame += 1) {
    store.setState({ frame });
    vi.advanceTimersByTime(33);
  }
  expect(written.mock.calls.length).toBeLessThanOrEqual(4);
  store.setState({ playing: false });
  expect(location.search).toBe('?other=1&frame=90');
  store.setState({ frame: 7 });
  expect(location.search).toBe('?other=1&frame=7');
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
