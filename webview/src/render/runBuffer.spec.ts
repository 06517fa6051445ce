import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RunBuffer } from './runBuffer';

interface Step {
  readonly key: number;
  readonly count: number | null;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ key: fc.integer({ min: 0, max: 40 }), count: fc.option(fc.integer({ min: 0, max: 60 })) }),
  { maxLength: 120 },
);

describe('RunBuffer', () => {
  it('keeps every key’s words, and what was uploaded of it is what it holds', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const buffer = new RunBuffer<number>(2);
        const expected = new Map<number, number[]>();
        let uploaded = new Uint32Array(0); // as a graphics card would have it
        for (const [time, { key, count }] of script.entries()) {
          if (count === null) {
            buffer.remove(key);
            expected.delete(key);
          } else {
            const values = Array.from({ length: count * 2 }, (_, index) => 1 + time * 1000 + index);
            const word = buffer.set(key, count);
            buffer.words.set(values, word);
            expected.set(key, values);
          }
          const dirty = buffer.takeDirty();
          if (uploaded.length !== buffer.words.length) uploaded = buffer.words.slice();
          else for (const { from, to } of dirty) uploaded.set(buffer.words.subarray(from * 2, to * 2), from * 2);
          const end = buffer.length * 2;
          expect(uploaded.slice(0, end)).toEqual(buffer.words.slice(0, end));
        }
        for (const [key, values] of expected) expect([...(buffer.read(key) ?? [])]).toEqual(values);
        // Nothing else is drawn: whatever is not some key's is zero.
        const drawn = [...buffer.words.slice(0, buffer.length * 2)].filter((word) => word !== 0).sort((a, b) => a - b);
        expect(drawn).toEqual([...expected.values()].flat().sort((a, b) => a - b));
      }),
    );
  });

  it('uploads one run when one of many changes', () => {
    const buffer = new RunBuffer<number>(3);
    for (let key = 0; key < 1000; key += 1) buffer.words.fill(key, buffer.set(key, 4));
    buffer.takeDirty();
    buffer.set(500, 4);
    expect(buffer.takeDirty()).toEqual([{ from: 2000, to: 2004 }]);
    expect(buffer.takeDirty()).toEqual([]);
  });

  it('uses the place of a removed run again', () => {
    const buffer = new RunBuffer<string>(1);
    buffer.set('a', 4);
    buffer.set('b', 4);
    buffer.remove('a');
    buffer.set('c', 4);
    expect(buffer.length).toBe(8);
  });
});
