import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SceneItem, SceneKey } from '../render/scene';
import { idsOf } from '../store/change';
import { JobDocument } from '../store/document';
import type { JobObject, Shape } from '../store/objects';
import { schemeOf } from '../store/scheme';
import { changes, documents, makeElement, makeShape, makeState } from '../store/testing/arbitrary';
import { FrameScene } from './frameScene';

class FakeSink {
  readonly items = new Map<SceneKey, SceneItem>();
  written = 0;

  upsert(key: SceneKey, item: SceneItem): void {
    this.written += 1;
    this.items.set(key, item);
  }

  remove(key: SceneKey): void {
    this.items.delete(key);
  }

  clear(): void {
    this.items.clear();
  }
}

const JOINTS = [{ id: 11, name: 'head', color: '#0000ff' }, { id: 12, name: 'foot', color: '#00ff00' }];
const SVG = '<circle data-node-id="1" data-label-id="11"/><circle data-node-id="2" data-label-id="12"/><line data-node-from="1" data-node-to="2"/>';
const LABELS = [{ id: 1, name: 'car', color: '#ff0000', svg: SVG, sublabels: JOINTS }];

function scene(objects: readonly JobObject[]) {
  const document = new JobDocument(objects, schemeOf(LABELS, '2d'));
  const sink = new FakeSink();
  const frame = new FrameScene(document, sink, LABELS);
  document.subscribe((change) => frame.update(idsOf(change)));
  frame.show(0);
  return { document, sink, frame };
}

describe('FrameScene', () => {
  it('draws and lists after any edits what it would when shown afresh', () => {
    fc.assert(
      fc.property(documents, fc.array(changes), (objects, edits) => {
        const { document, sink, frame } = scene(objects);
        for (const edit of edits) document.apply(edit);
        const fresh = new FakeSink();
        const again = new FrameScene(document, fresh, LABELS);
        again.show(0);
        expect(new Map([...sink.items].sort())).toEqual(new Map([...fresh.items].sort()));
        expect(frame.objects).toEqual(again.objects);
      }),
    );
  });

  it('writes two shapes when the pointer goes from one to another among many', () => {
    const { sink, frame } = scene(Array.from({ length: 1000 }, (_, index) => makeShape({ id: index + 1 })));
    frame.highlight([], 5);
    sink.written = 0;
    frame.highlight([], 6);
    expect(sink.written).toBe(2);
    expect(sink.items.get(6)?.style.width).toBeGreaterThan(sink.items.get(5)?.style.width ?? Infinity);
  });

  it('shows a drag and forgets it', () => {
    const { sink, frame } = scene([makeShape({ id: 1, points: [0, 0, 10, 10] })]);
    frame.preview(new Map([[1, makeState({ points: [5, 5, 15, 15] })]]));
    expect(sink.items.get(1)?.outline.paths[0]?.points.slice(0, 2)).toEqual([5, 5]);
    frame.preview(null);
    expect(sink.items.get(1)?.outline.paths[0]?.points.slice(0, 2)).toEqual([0, 0]);
  });

  it('hides, locks and shows again', () => {
    const { sink, frame } = scene([makeShape({ id: 1 }), makeShape({ id: 2 })]);
    frame.toggleHidden([1]);
    expect([...sink.items.keys()]).toEqual([2]);
    frame.toggleHidden([1, 2]); // not all are hidden: hides the rest
    expect(sink.items.size).toBe(0);
    frame.toggleHidden([1, 2]);
    expect(sink.items.size).toBe(2);
    frame.toggleLocked([2]);
    expect(frame.objects.map((object) => object.locked)).toEqual([false, true]);
  });

  it('draws the joints of a skeleton in the colours of their labels, and a frame around the one that matters', () => {
    const joint = makeElement({ label_id: 11, points: [20, 20] });
    const { sink, frame } = scene([makeShape({ id: 1, type: 'skeleton', points: [], elements: [joint, { ...joint, label_id: 12, points: [60, 50], occluded: true }] })]);
    const { outline, over = [] } = sink.items.get(1) ?? {};
    expect(outline?.paths.map((path) => path.points)).toEqual([[20, 20, 60, 50]]);
    expect(over.map((part) => [part.outline.dots, part.style.stroke.slice(0, 3), part.style.dash > 0])).toEqual([[[20, 20], [0, 0, 255], false], [[60, 50], [0, 255, 0], true]]);
    frame.highlight([1], null);
    expect(sink.items.get(1)?.over?.at(-1)?.outline.paths[0]?.points).toEqual([20, 20, 60, 20, 60, 50, 20, 50]);
  });

  it('draws the sides of a conflict on its frame alone, theirs dashed and named', () => {
    const { sink, frame } = scene([makeShape({ id: 1, points: [0, 0, 10, 10] })]);
    const theirs = makeShape({ id: 1, points: [5, 5, 15, 15] }).data as Shape;
    frame.showConflicts([{ id: 'a', frame: 0, theirs, base: null }, { id: 'b', frame: 3, theirs, base: theirs }], 'a');
    expect([...sink.items.keys()]).toEqual([1, 'conflict:a:theirs']);
    expect(sink.items.get('conflict:a:theirs')?.outline.paths[0]?.points.slice(0, 2)).toEqual([5, 5]);
    expect(sink.items.get('conflict:a:theirs')?.style.dash).toBeGreaterThan(0);
    expect(frame.captions().map((caption) => [caption.text, caption.at])).toEqual([['theirs', { x: 5, y: 5 }]]);
    frame.show(3);
    expect([...sink.items.keys()]).toEqual(['conflict:b:base', 'conflict:b:theirs']);
    frame.showConflicts([], null);
    expect(sink.items.size).toBe(0);
  });

  it('names the hovered shape', () => {
    const { frame } = scene([makeShape({ id: 1, points: [3, 4, 10, 10] })]);
    frame.highlight([], 1);
    expect(frame.captions()).toEqual([{ text: 'car', at: { x: 3, y: 4 }, colour: 'rgba(255, 0, 0, 1)' }]);
  });
});
