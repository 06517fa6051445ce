import { describe, expect, it } from 'vitest';

import { gripAt, grips } from './grips';

const box = (side: number): { type: string; points: number[]; rotation: number } => ({ type: 'rectangle', points: [100, 100, 100 + side, 100 + side], rotation: 0 });

describe('the handles of a shape', () => {
  it('are all there when there is room', () => {
    expect(grips(box(40), 1).map((handle) => handle.id)).toEqual(['nw', 'ne', 'se', 'sw', 'n', 'e', 's', 'w']);
    expect(gripAt(box(40), { x: 117, y: 102 }, 1)?.id).toBe('n');
  });

  it('are the corners when it is small on the screen', () => {
    expect(grips(box(40), 0.5).map((handle) => handle.id)).toEqual(['nw', 'ne', 'se', 'sw']);
  });

  it('leave the middle of a tiny shape free to be moved', () => {
    expect(gripAt(box(8), { x: 104, y: 104 }, 1)).toBeNull();
    expect(gripAt(box(8), { x: 109, y: 109 }, 1)?.id).toBe('se');
  });

  it('can be told apart again after zooming in', () => {
    expect(gripAt(box(8), { x: 104, y: 100.4 }, 10)?.id).toBe('n');
  });
});
