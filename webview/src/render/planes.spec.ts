import { describe, expect, it } from 'vitest';

import { colourMatrix, planesOf } from './planes';

function colour(yuv: readonly [number, number, number], matrix: string | null, isFullRange = false): number[] {
  const columns = colourMatrix({ matrix, isFullRange });
  const values = [...yuv.map((value) => value / 255), 1];
  return [0, 1, 2].map((row) => Math.round(255 * values.reduce((sum, value, column) => sum + value * (columns[column * 3 + row] ?? 0), 0)));
}

describe('colourMatrix', () => {
  it.each([
    [[16, 128, 128], 'bt709', [0, 0, 0]],
    [[235, 128, 128], 'bt709', [255, 255, 255]],
    // Red, green and blue as the standards have them.
    [[63, 102, 240], 'bt709', [255, 0, 0]],
    [[173, 42, 26], 'bt709', [0, 255, 0]],
    [[81, 90, 240], 'smpte170m', [254, 0, 0]],
    [[145, 54, 34], null, [0, 255, 1]],
    [[41, 240, 110], 'bt470bg', [0, 0, 255]],
  ] as const)('of %j in %s makes %j', (yuv, matrix, expected) => {
    colour(yuv, matrix).forEach((value, index) => expect(Math.abs(value - (expected[index] ?? 0))).toBeLessThanOrEqual(2));
  });

  it('takes full range as it is', () => {
    expect(colour([0, 128, 128], 'bt709', true)).toEqual([0, 0, 0]);
    expect(colour([255, 128, 128], 'bt709', true)).toEqual([255, 255, 255]);
  });
});

it('finds the planes of a picture with odd sides', () => {
  const data = new Uint8Array(5 * 3 + 2 * 3 * 2).map((_, index) => index);
  const [y, u, v] = planesOf({ data, width: 5, height: 3, isFullRange: false, matrix: null });
  expect([y.data.length, [...u.data], [...v.data]]).toEqual([15, [15, 16, 17, 18, 19, 20], [21, 22, 23, 24, 25, 26]]);
  expect([u.width, u.height]).toEqual([3, 2]);
});
