import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JobObject } from '../store/objects';
import { IMAGE, makeElement, makeShape } from '../store/testing/arbitrary';
import { nudge } from './moving';
import { SelectTool } from './select';
import { FakeContext, click, drag, sample } from './testing/fakeContext';

const box = (id: number, ...points: number[]): JobObject => makeShape({ id, points });

describe('the select tool', () => {
  it('selects what is clicked, adds with Shift, clears on empty ground', () => {
    const context = new FakeContext([box(1, 0, 0, 50, 50), box(2, 100, 0, 150, 50)]);
    const tool = new SelectTool();
    click(tool, context, 25, 25);
    expect(context.selectedIds).toEqual([1]);
    click(tool, context, 125, 25, { shift: true });
    expect(context.selectedIds).toEqual([1, 2]);
    click(tool, context, 25, 25, { shift: true });
    expect(context.selectedIds).toEqual([2]);
    click(tool, context, 300, 300);
    expect(context.selectedIds).toEqual([]);
    expect(context.titles).toEqual([]);
  });

  it('reaches a small shape inside a large selected one', () => {
    const context = new FakeContext([box(1, 0, 0, 200, 200), box(2, 80, 80, 120, 120)]);
    const tool = new SelectTool();
    click(tool, context, 30, 30);
    expect(context.selectedIds).toEqual([1]);
    click(tool, context, 100, 100);
    expect(context.selectedIds).toEqual([2]);
  });

  it('moves a shape in one step of undo, showing it on the way', () => {
    const context = new FakeContext([box(1, 10, 10, 60, 60)]);
    const tool = new SelectTool();
    tool.pointerDown(sample(30, 30), context);
    tool.pointerMove(sample(32, 31), context); // within the slack of a click
    expect(context.previewed).toBeNull();
    tool.pointerMove(sample(130, 50), context);
    expect(context.previewed?.get(1)?.points).toEqual([110, 30, 160, 80]);
    expect(context.points(1)).toEqual([10, 10, 60, 60]);
    tool.pointerMove(sample(80, 30), context);
    tool.pointerUp(sample(80, 30), context);
    expect(context.points(1)).toEqual([60, 10, 110, 60]);
    expect(context.titles).toEqual(['move rectangle']);
    expect(context.previewed).toBeNull();
    context.history.undo(context.document);
    expect(context.points(1)).toEqual([10, 10, 60, 60]);
  });

  it('moves several shapes by the same amount, none of them out of the image', () => {
    const context = new FakeContext([box(1, 10, 10, 60, 60), box(2, 600, 100, 630, 150)]);
    context.selectedIds = [1, 2];
    drag(new SelectTool(), context, [[30, 30], [90, 40]]);
    expect(context.points(1)).toEqual([20, 20, 70, 70]);
    expect(context.points(2)).toEqual([610, 110, 640, 160]);
    expect(context.titles).toEqual(['move 2 objects']);
  });

  it('resizes by a handle without a jump, and flips over', () => {
    const context = new FakeContext([box(1, 100, 100, 200, 200)]);
    context.selectedIds = [1];
    drag(new SelectTool(), context, [[203, 202], [153, 252]]);
    expect(context.points(1)).toEqual([100, 100, 150, 250]);
    drag(new SelectTool(), context, [[150, 250], [40, 300]]);
    expect(context.points(1)).toEqual([40, 100, 100, 300]);
    expect(context.titles).toEqual(['resize rectangle', 'resize rectangle']);
  });

  it('drags a vertex of a polygon, and the whole by its middle', () => {
    const context = new FakeContext([makeShape({ type: 'polygon', points: [100, 100, 200, 100, 200, 200] })]);
    context.selectedIds = [1];
    drag(new SelectTool(), context, [[201, 101], [251, 51]]);
    expect(context.points(1)).toEqual([100, 100, 250, 50, 200, 200]);
    drag(new SelectTool(), context, [[190, 120], [200, 130]]);
    expect(context.points(1)).toEqual([110, 110, 260, 60, 210, 210]);
    expect(context.titles).toEqual(['reshape polygon', 'move polygon']);
  });

  it('drags a joint of a skeleton, and all of them by its box', () => {
    const joint = (x: number, y: number) => makeElement({ points: [x, y] });
    const context = new FakeContext([makeShape({ type: 'skeleton', points: [], elements: [joint(100, 100), joint(200, 100), joint(150, 200)] })]);
    context.selectedIds = [1];
    const joints = () => context.shape(1)?.elements?.map((element) => element.points);
    drag(new SelectTool(), context, [[201, 101], [231, 91]]);
    expect(joints()).toEqual([[100, 100], [230, 90], [150, 200]]);
    drag(new SelectTool(), context, [[120, 150], [130, 155]]);
    expect(joints()).toEqual([[110, 105], [240, 95], [160, 205]]);
    context.history.undo(context.document);
    context.history.undo(context.document);
    expect(joints()).toEqual([[100, 100], [200, 100], [150, 200]]);
  });

  it('moves several kinds together, masks among them by whole pixels', () => {
    const context = new FakeContext([makeShape({ id: 1, type: 'mask', points: [0, 4, 100, 100, 101, 101] }), makeShape({ id: 2, type: 'points', points: [300, 300] })]);
    context.selectedIds = [1, 2];
    drag(new SelectTool(), context, [[101, 101], [110.4, 104.6]]);
    expect([context.points(1), context.points(2)]).toEqual([[0, 4, 109, 104, 110, 105], [309, 304]]);
  });

  it('does not keep a shape that was resized to nothing', () => {
    const context = new FakeContext([box(1, 100, 100, 200, 200)]);
    context.selectedIds = [1];
    drag(new SelectTool(), context, [[200, 150], [100, 150]]);
    expect(context.points(1)).toEqual([100, 100, 200, 200]);
    expect(context.titles).toEqual([]);
  });

  it('leaves locked shapes where they are', () => {
    const context = new FakeContext([box(1, 100, 100, 200, 200)]);
    context.locked.add(1);
    drag(new SelectTool(), context, [[150, 150], [250, 250]]);
    expect(context.selectedIds).toEqual([1]);
    drag(new SelectTool(), context, [[200, 200], [250, 250]]);
    expect(context.points(1)).toEqual([100, 100, 200, 200]);
  });

  it('takes a move back when it is cancelled', () => {
    const context = new FakeContext([box(1, 10, 10, 60, 60)]);
    const tool = new SelectTool();
    tool.pointerDown(sample(30, 30), context);
    tool.pointerMove(sample(90, 90), context);
    expect(tool.cancel(context)).toBe(true);
    tool.pointerUp(sample(90, 90), context);
    expect(context.points(1)).toEqual([10, 10, 60, 60]);
    expect(context.previewed).toBeNull();
  });

  it('moves the picture when empty ground is dragged, keeping the selection', () => {
    const context = new FakeContext([box(1, 10, 10, 60, 60)]);
    context.selectedIds = [1];
    drag(new SelectTool(), context, [[300, 300], [310, 320], [350, 340]]);
    expect(context.panned).toEqual({ x: 50, y: 40 });
    expect(context.selectedIds).toEqual([1]);
  });

  it('shows with the pointer what a press would do', () => {
    const context = new FakeContext([box(1, 100, 100, 200, 200)]);
    const tool = new SelectTool();
    tool.pointerMove(sample(150, 150), context);
    expect([context.hovered, context.css]).toEqual([1, 'move']);
    context.selectedIds = [1];
    tool.pointerMove(sample(200, 200), context);
    expect(context.css).toBe('nwse-resize');
    tool.pointerMove(sample(400, 400), context);
    expect([context.hovered, context.css]).toEqual([null, 'default']);
  });

  it('reaches handles by the same distance on the screen at every zoom', () => {
    const context = new FakeContext([box(1, 100, 100, 200, 200)]);
    context.selectedIds = [1];
    context.zoom = 0.1;
    new SelectTool().pointerMove(sample(240, 220), context);
    expect(context.css).toBe('nwse-resize');
    context.zoom = 10;
    new SelectTool().pointerMove(sample(201, 201), context);
    expect(context.css).toBe('default');
  });

  it('never lets a shape leave the image or lose its order, whatever the pointer does', () => {
    const coordinate = fc.integer({ min: -300, max: 900 });
    const moves = fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(moves, { maxLength: 5 }), (drags) => {
        const context = new FakeContext([box(1, 100, 100, 300, 300)]);
        const tool = new SelectTool();
        for (const path of drags) drag(tool, context, path);
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = context.points(1) ?? [];
        expect(x1 >= 0 && y1 >= 0 && x2 <= IMAGE.width && y2 <= IMAGE.height && x2 - x1 >= 1 && y2 - y1 >= 1).toBe(true);
      }),
    );
  });
});

describe('nudging', () => {
  it('moves the selection, stops at the edge, and is one step of undo', () => {
    const context = new FakeContext([box(1, 5, 5, 10, 10)]);
    context.selectedIds = [1];
    nudge(context, -1, 0);
    nudge(context, -10, 0);
    expect(context.points(1)).toEqual([0, 5, 5, 10]);
    nudge(context, -10, 0);
    expect(context.titles).toHaveLength(2); // the third moved nothing
    context.history.undo(context.document);
    expect(context.points(1)).toEqual([5, 5, 10, 10]);
  });
});
