import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tilesOf } from './tiles';

describe('tilesOf', () => {
  it('covers the picture once, with textures that fit and lie inside it', () => {
    const extents = fc.integer({ min: 1, max: 1200 });
    fc.assert(
      fc.property(extents, extents, fc.integer({ min: 64, max: 1024 }), (width, height, largest) => {
        const tiles = tilesOf({ width, height }, largest);
        let area = 0;
        for (const { x, y, width: w, height: h, source } of tiles) {
          area += w * h;
          expect(source.width <= largest && source.height <= largest).toBe(true);
          expect(source.x >= 0 && source.y >= 0 && source.x + source.width <= width && source.y + source.height <= height).toBe(true);
          expect(source.x <= x && source.y <= y && source.x + source.width >= x + w && source.y + source.height >= y + h).toBe(true);
        }
        expect(area).toBe(width * height);
        expect(new Set(tiles.map(({ x, y }) => `${x} ${y}`)).size).toBe(tiles.length);
      }),
    );
  });

  it('leaves a picture whole that fits', () => {
    expect(tilesOf({ width: 4096, height: 100 }, 4096)).toHaveLength(1);
    expect(tilesOf({ width: 4097, height: 100 }, 4096)).toHaveLength(2);
  });
});
