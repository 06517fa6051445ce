import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { IdPool, MemoryIdStore, splitRanges } from './idPool';
import { settle } from './testing/fakeClock';

describe('IdPool', () => {
  it('never gives an id twice: over pages that share a store, with a daemon that is sometimes away', async () => {
    const events = fc.array(fc.oneof(fc.record({ draw: fc.integer({ min: 1, max: 900 }), page: fc.integer({ min: 0, max: 1 }) }), fc.constantFrom('reload', 'crash', 'away', 'back')), { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(events, async (script) => {
        let reserved = 1;
        let away = false;
        const reserve = (count: number) => {
          if (away) return Promise.reject(new Error('connection refused'));
          const first = reserved;
          reserved += count;
          return Promise.resolve({ first, count });
        };
        const store = new MemoryIdStore();
        const pages = [new IdPool(store, reserve), new IdPool(store, reserve)];
        const seen = new Set<number>();
        for (const event of script) {
          if (event === 'away' || event === 'back') away = event === 'away';
          else if (event === 'reload' || event === 'crash') {
            if (event === 'reload') await pages[0]?.release();
            pages[0] = new IdPool(store, reserve);
          } else {
            for (let index = 0; index < event.draw; index += 1) {
              const id = pages[event.page]?.next() ?? null;
              if (id === null) await pages[event.page]?.refill().catch(() => undefined);
              else {
                expect(seen.has(id)).toBe(false);
                seen.add(id);
              }
            }
          }
          await settle();
        }
        for (const id of seen) expect(id < reserved).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('has ids for at least 500 more shapes when the daemon goes away', async () => {
    let away = false;
    const pool = new IdPool(new MemoryIdStore(), (count) => (away ? Promise.reject(new Error('away')) : Promise.resolve({ first: 1, count })));
    await pool.refill();
    away = true;
    for (let index = 0; index < 500; index += 1) expect(pool.next()).not.toBeNull();
  });

  it('splits ranges without losing any', () => {
    expect(splitRanges([{ first: 1, count: 3 }, { first: 10, count: 5 }], 5)).toEqual({
      taken: [{ first: 1, count: 3 }, { first: 10, count: 2 }],
      left: [{ first: 12, count: 3 }],
    });
  });
});
