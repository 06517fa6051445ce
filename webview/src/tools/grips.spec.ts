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

  it('of a dense line leave the line to be seen', () => {
    const dense = { type: 'polyline', points: Array.from({ length: 200 }, (_, index) => [2 * index, 50]).flat(), rotation: 0 };
    expect(grips(dense, 1).length).toBe(40);
    expect(grips(dense, 10).length).toBe(200);
    expect(gripAt(dense, { x: 199, y: 50 }, 1)?.x).toBe(200);
  });

  it('of a line without a middle are reached from everywhere', () => {
    expect(gripAt({ type: 'polyline', points: [0, 0, 50, 0, 100, 1], rotation: 0 }, { x: 52, y: 0.5 }, 1)?.id).toBe('1');
  });

  it('can be told apart again after zooming in', () => {
    expect(gripAt(box(8), { x: 104, y: 100.4 }, 10)?.id).toBe('n');
  });
});
