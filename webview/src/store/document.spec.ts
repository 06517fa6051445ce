import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { posedBounds, posedHit } from '../geometry/posed';
import { coalesce, putting } from './change';
import { JobDocument } from './document';
import { frameShape } from './frameShape';
import type { JobObject } from './objects';
import { changes, documents, makeShape, makeState, makeTag, makeTrack } from './testing/arbitrary';

function contents(document: JobDocument): Map<number, JobObject> {
  return new Map([...document.objects()].sort((a, b) => a.id - b.id).map((object) => [object.id, object]));
}

describe('JobDocument', () => {
  it('is as before when a change and its inverse are applied, whatever they are', () => {
    fc.assert(
      fc.property(documents, fc.array(changes, { maxLength: 6 }), (objects, edits) => {
        const document = new JobDocument(objects);
        const before = contents(document);
        const inverses = edits.map((edit) => document.apply(edit));
        const after = contents(document);
        const redo = inverses.reverse().map((inverse) => document.apply(inverse));
        expect(contents(document)).toEqual(before);
        for (const change of redo.reverse()) document.apply(change);
        expect(contents(document)).toEqual(after);
      }),
    );
  });

  it('ends the same when changes are applied together', () => {
    fc.assert(
      fc.property(documents, fc.array(changes, { maxLength: 6 }), (objects, edits) => {
        const one = new JobDocument(objects);
        const other = new JobDocument(objects);
        for (const edit of edits) one.apply(edit);
        other.apply(coalesce(edits));
        expect(contents(one)).toEqual(contents(other));
      }),
    );
  });

  it('finds with its R-tree exactly what a search of every object finds, after any edits', () => {
    const coordinates = fc.integer({ min: 0, max: 640 });
    fc.assert(
      fc.property(documents, fc.array(changes), coordinates, coordinates, fc.integer({ min: 0, max: 80 }), (objects, edits, x, y, tolerance) => {
        const document = new JobDocument(objects);
        for (const frame of [0, 1, 2, 3]) document.index(frame);
        for (const edit of edits) document.apply(edit);
        for (const frame of [0, 1, 2, 3]) {
          const expected = [...document.objects()].filter((object) => {
            const shape = frameShape(object, frame);
            return shape !== null && posedHit(shape, { x, y }, tolerance) !== null;
          });
          const found = document.hits(frame, { x, y }, tolerance).map((hit) => hit.id);
          expect(new Set(found)).toEqual(new Set(expected.map((object) => object.id)));
        }
      }),
    );
  });

  it('has every object in the index under its own box', () => {
    fc.assert(
      fc.property(documents, fc.array(changes), (objects, edits) => {
        const document = new JobDocument(objects);
        document.index(0);
        for (const edit of edits) document.apply(edit);
        // A skeleton whose joints have not begun yet is listed, and has no box.
        const boxes = document.onFrame(0).flatMap((object) => {
          const shape = frameShape(object, 0);
          const box = shape && posedBounds(shape);
          return box === null ? [] : [{ id: object.id, box }];
        });
        expect(document.index(0).size).toBe(boxes.length);
        for (const { id, box } of boxes) expect(document.index(0).within(box)).toContain(id);
      }),
    );
  });

  it('offers a click the border first, then the smaller shape, and higher layers before all', () => {
    const document = new JobDocument([
      makeShape({ id: 1, points: [0, 0, 100, 100] }),
      makeShape({ id: 2, points: [20, 20, 60, 60] }),
      makeShape({ id: 3, points: [40, 40, 90, 90] }),
      makeShape({ id: 4, points: [30, 30, 95, 95], z_order: 1 }),
    ]);
    expect(document.hits(0, { x: 50, y: 50 }, 2).map((hit) => hit.id)).toEqual([4, 2, 3, 1]);
    expect(document.hits(0, { x: 61, y: 25 }, 2)).toEqual([{ id: 2, part: 'border' }, { id: 1, part: 'interior' }]);
  });

  it('lists a frame in drawing order, tracks and tags with it', () => {
    const track = makeTrack({ id: 3, shapes: [makeState({ frame: 0, z_order: 2 }), makeState({ frame: 2, outside: true })] });
    const document = new JobDocument([track, makeShape({ id: 2 }), makeTag({ id: 1 }), makeShape({ id: 9, frame: 1 })]);
    expect(document.onFrame(0).map((object) => object.id)).toEqual([1, 2, 3]);
    expect(document.onFrame(1).map((object) => object.id)).toEqual([9, 3]);
    expect(document.onFrame(2)).toEqual([]);
  });

  it('tells its listeners of changes that touched something', () => {
    const document = new JobDocument([makeShape({ id: 1 })]);
    const heard: unknown[] = [];
    const stop = document.subscribe((change) => heard.push(change));
    document.apply({ put: [], delete: [77] });
    const change = putting(makeShape({ id: 2 }));
    document.apply(change);
    stop();
    document.apply({ put: [], delete: [1] });
    expect(heard).toEqual([change]);
  });
});
