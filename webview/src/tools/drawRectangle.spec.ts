import { describe, expect, it } from 'vitest';

import { DrawRectangleTool } from './drawRectangle';
import { FakeContext, click, drag, sample } from './testing/fakeContext';

describe('drawing a rectangle', () => {
  it('takes two clicks at opposite corners', () => {
    const context = new FakeContext();
    const tool = new DrawRectangleTool();
    click(tool, context, 100, 80);
    expect(context.document.size).toBe(0);
    tool.pointerMove(sample(60, 120), context);
    expect(context.drafted).toEqual({ type: 'rectangle', points: [60, 80, 100, 120], labelId: 3 });
    click(tool, context, 50, 130);
    expect(context.object(101)).toMatchObject({ kind: 'shape', data: { label_id: 3, type: 'rectangle', frame: 0, points: [50, 80, 100, 130] } });
    expect(context).toMatchObject({ selectedIds: [101], finished: 1, drafted: null, titles: ['draw rectangle'] });
  });

  it('takes a drag', () => {
    const context = new FakeContext();
    drag(new DrawRectangleTool(), context, [[10, 10], [40, 30], [70, 50]]);
    expect(context.points(101)).toEqual([10, 10, 70, 50]);
  });

  it('stays inside the image, wherever the pointer goes', () => {
    const context = new FakeContext();
    drag(new DrawRectangleTool(), context, [[-50, 400], [9999, 9999]]);
    expect(context.points(101)).toEqual([0, 400, 640, 480]);
  });

  it('can be cancelled halfway, and starts anew', () => {
    const context = new FakeContext();
    const tool = new DrawRectangleTool();
    click(tool, context, 100, 80);
    expect(tool.cancel(context)).toBe(true);
    expect(tool.cancel(context)).toBe(false);
    expect(context.drafted).toBeNull();
    drag(tool, context, [[1, 1], [20, 20]]);
    expect(context.points(101)).toEqual([1, 1, 20, 20]);
  });

  it('draws nothing thinner than a pixel, nothing without a label, nothing without an id', () => {
    const context = new FakeContext();
    const tool = new DrawRectangleTool();
    drag(tool, context, [[10, 10], [10.5, 200]]);
    expect(context.document.size).toBe(0);
    tool.cancel(context);
    context.activeLabelId = null;
    drag(tool, context, [[10, 10], [100, 200]]);
    context.activeLabelId = 3;
    context.ids = [];
    drag(tool, context, [[10, 10], [100, 200]]);
    expect(context.document.size).toBe(0);
    expect(context.finished).toBe(0);
  });

  it('ignores the other mouse buttons', () => {
    const context = new FakeContext();
    drag(new DrawRectangleTool(), context, [[10, 10], [100, 200]], { button: 2 });
    expect(context.document.size).toBe(0);
  });
});
