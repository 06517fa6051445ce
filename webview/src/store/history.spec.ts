import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { putting } from './change';
import { JobDocument } from './document';
import { History } from './history';
import { changes, documents, makeShape } from './testing/arbitrary';

function contents(document: JobDocument): unknown {
  return [...document.objects()].sort((a, b) => a.id - b.id);
}

describe('History', () => {
  it('walks back and forth through every state of a random session', () => {
    fc.assert(
      fc.property(documents, fc.array(changes, { maxLength: 8 }), (objects, edits) => {
        const document = new JobDocument(objects);
        const history = new History();
        const states = [contents(document)];
        for (const [index, change] of edits.entries()) {
          history.record({ title: `edit ${index}`, frame: index, inverse: document.apply(change), time: index });
          states.push(contents(document));
        }
        for (let index = edits.length - 1; index >= 0; index -= 1) {
          expect(history.undo(document)).toMatchObject({ frame: index, title: `edit ${index}` });
          expect(contents(document)).toEqual(states[index]);
        }
        expect(history.undo(document)).toBeNull();
        for (let index = 0; index < edits.length; index += 1) {
          history.redo(document);
          expect(contents(document)).toEqual(states[index + 1]);
        }
        expect(history.redo(document)).toBeNull();
      }),
    );
  });

  it('forgets what was undone when something new is done', () => {
    const document = new JobDocument();
    const history = new History();
    history.record({ title: 'a', frame: 0, inverse: document.apply(putting(makeShape())), time: 0 });
    history.undo(document);
    expect(history.redoTitle).toBe('a');
    history.record({ title: 'b', frame: 0, inverse: document.apply(putting(makeShape())), time: 1 });
    expect(history.redoTitle).toBeNull();
    expect(history.undoTitle).toBe('b');
  });

  it('makes one step of nudges in quick succession, and another after a pause', () => {
    const document = new JobDocument([makeShape({ points: [0, 0, 9, 9] })]);
    const history = new History();
    for (const [x, time] of [[1, 0], [2, 900], [3, 1800], [4, 9000]] as const) {
      const inverse = document.apply(putting(makeShape({ points: [x, 0, x + 9, 9] })));
      history.record({ title: 'nudge', frame: 0, inverse, time, mergeKey: 'nudge:1' });
    }
    history.undo(document);
    expect(document.get(1)).toEqual(makeShape({ points: [3, 0, 12, 9] }));
    history.undo(document);
    expect(document.get(1)).toEqual(makeShape({ points: [0, 0, 9, 9] }));
    expect(history.undo(document)).toBeNull();
  });
});
