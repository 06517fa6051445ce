import { describe, expect, it } from 'vitest';

import { makeShape, makeState, makeTag, makeTrack } from '../store/testing/arbitrary';
import { takeOut, toggleKeyframe, toggleOccluded } from './marking';
import { FakeContext } from './testing/fakeContext';

function open(): FakeContext {
  const track = makeTrack({ id: 1, shapes: [makeState({ frame: -5 }), makeState({ frame: 5 })] });
  const context = new FakeContext([track, makeShape({ id: 2 }), makeTag({ id: 3 })]);
  context.selectedIds = [1, 2, 3];
  return context;
}

function keyframes(context: FakeContext): number[] {
  const object = context.object(1);
  return object?.kind === 'track' ? object.data.shapes.map((shape) => shape.frame) : [];
}

describe('marking the selection', () => {
  it('as occluded and back, in steps of undo', () => {
    const context = open();
    toggleOccluded(context);
    expect([context.shape(1)?.occluded, context.shape(2)?.occluded]).toEqual([true, true]);
    toggleOccluded(context);
    expect([context.shape(1)?.occluded, context.shape(2)?.occluded]).toEqual([false, false]);
    expect(context.titles).toEqual(['mark as occluded', 'mark as not occluded']);
    context.history.undo(context.document);
    context.history.undo(context.document);
    expect(keyframes(context)).toEqual([-5, 5]);
  });

  it('sets a keyframe of tracks and takes it away', () => {
    const context = open();
    expect(toggleKeyframe(context)).toBe(true);
    expect(keyframes(context)).toEqual([-5, 0, 5]);
    toggleKeyframe(context);
    expect(keyframes(context)).toEqual([-5, 5]);
    context.selectedIds = [2];
    expect(toggleKeyframe(context)).toBe(false);
  });

  it('takes tracks out of the picture, but neither shapes nor what is locked', () => {
    const context = open();
    context.locked.add(1);
    expect(takeOut(context)).toBe(false);
    context.locked.clear();
    expect(takeOut(context)).toBe(true);
    expect([context.shape(1), context.shape(2)?.outside]).toEqual([null, false]);
    expect(context.titles).toEqual(['take out of the picture']);
  });
});
