import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { JobDocument } from './document';
import { remoteDifference } from './remote';
import { documents } from './testing/arbitrary';

describe('remoteDifference', () => {
  it('shows what the daemon holds, but for objects with edits on the way', () => {
    fc.assert(
      fc.property(documents, documents, fc.uniqueArray(fc.integer({ min: 1, max: 12 })), (mine, theirs, pending) => {
        const keep = new Set(pending);
        const document = new JobDocument(mine);
        const untouched = new Map([...document.objects()].map((object) => [object.id, object]));
        document.apply(remoteDifference(document.objects(), structuredClone(theirs), keep));
        for (let id = 1; id <= 12; id += 1) {
          const remote = theirs.find((object) => object.id === id);
          expect(document.get(id)).toEqual(keep.has(id) ? untouched.get(id) : remote);
        }
      }),
    );
  });

  it('says nothing of objects that are equal', () => {
    fc.assert(
      fc.property(documents, (objects) => {
        expect(remoteDifference(objects, structuredClone(objects), new Set())).toEqual({ put: [], delete: [] });
      }),
    );
  });
});
