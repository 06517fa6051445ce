import { describe, expect, it } from 'vitest';

import { around } from './around';

const amounts = { ahead: 2, behind: 1, block: 4, low: 2, spare: 0, queue: 1 };
const ends = { first: 0, last: 9 };

describe('around', () => {
  it('decodes what follows, and keeps what lies behind', () => {
    expect(around(5, 1, { amounts, ends, isDecoded: () => false })).toEqual({ wanted: [5, 6, 7], kept: [5, 6, 7, 4] });
  });

  it('stays within the job', () => {
    expect(around(9, 1, { amounts, ends, isDecoded: () => false })).toEqual({ wanted: [9], kept: [9, 8] });
    expect(around(1, -1, { amounts, ends, isDecoded: () => false }).wanted).toEqual([1, 0]);
  });

  it('going back, decodes a block when few are left, and nothing before', () => {
    const from = (first: number) => around(6, -1, { amounts, ends, isDecoded: (frame) => frame >= first });
    expect(from(5).wanted).toEqual([6]);
    expect(from(6).wanted).toEqual([6, 5, 4, 3, 2]);
    expect(from(5).kept).toEqual([6, 5, 4, 3, 2, 7]);
  });
});
