import { describe, expect, it } from 'vitest';

import { makeShape } from '../store/testing/arbitrary';
import { nextObject } from './cycle';
import { FakeContext, click, drag } from './testing/fakeContext';
import { ToolBox } from './toolBox';

describe('the tool box', () => {
  it('moves the picture with the wheel button or Space, even over shapes and while drawing', () => {
    const context = new FakeContext([makeShape({ points: [0, 0, 300, 300] })]);
    const box = new ToolBox();
    drag(box, context, [[50, 50], [80, 60]], { button: 1 });
    box.use('rectangle', context);
    click(box, context, 10, 10);
    box.holding = true;
    drag(box, context, [[50, 50], [60, 60]]);
    box.holding = false;
    expect(context.panned).toEqual({ x: 40, y: 20 });
    click(box, context, 100, 100);
    expect(context.points(101)).toEqual([10, 10, 100, 100]); // the half-drawn rectangle survived
  });

  it('ignores the secondary button', () => {
    const context = new FakeContext([makeShape({ points: [0, 0, 300, 300] })]);
    drag(new ToolBox(), context, [[50, 50], [80, 60]], { button: 2 });
    expect(context.titles).toEqual([]);
    expect(context.selectedIds).toEqual([]);
  });

  it('backs out step by step', () => {
    const context = new FakeContext();
    const box = new ToolBox();
    box.use('rectangle', context);
    click(box, context, 10, 10);
    expect([box.cancel(context), box.name]).toEqual([true, 'rectangle']);
    expect([box.cancel(context), box.name]).toEqual([true, 'select']);
    expect(box.cancel(context)).toBe(false);
  });

  it('gives up a half-drawn shape when the tool changes', () => {
    const context = new FakeContext();
    const box = new ToolBox();
    box.use('rectangle', context);
    click(box, context, 10, 10);
    box.use('pan', context);
    expect(context.drafted).toBeNull();
    drag(box, context, [[0, 0], [7, 7]]);
    expect(context.panned).toEqual({ x: 7, y: 7 });
  });
});

describe('nextObject', () => {
  it('walks among the shapes under the pointer', () => {
    expect(nextObject([5, 3], [1, 3, 5], [], 1)).toBe(5);
    expect(nextObject([5, 3], [1, 3, 5], [5], 1)).toBe(3);
    expect(nextObject([5, 3], [1, 3, 5], [3], 1)).toBe(5);
  });

  it('walks through the frame when nothing else is under the pointer', () => {
    expect(nextObject([], [1, 3, 5], [], -1)).toBe(5);
    expect(nextObject([3], [1, 3, 5], [3], 1)).toBe(5);
    expect(nextObject([], [1, 3, 5], [5], 1)).toBe(1);
    expect(nextObject([], [], [5], 1)).toBeNull();
  });
});
