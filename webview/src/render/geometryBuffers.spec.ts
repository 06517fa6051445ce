import { describe, expect, it } from 'vitest';

import { rectangle } from '../geometry/rectangle';
import { CORNERS, FILL_WORDS, GeometryBuffers, LINE_WORDS } from './geometryBuffers';
import { packColour } from './scene';
import type { Style } from './scene';

const STYLE: Style = { fill: [255, 0, 0, 0.2], stroke: [1, 2, 3, 1], width: 1.5, dash: 6 };

describe('GeometryBuffers', () => {
  it('writes two triangles and four segments for a rectangle', () => {
    const buffers = new GeometryBuffers();
    buffers.set(7, { outline: rectangle.outline([1, 2, 3, 4]), style: STYLE });
    expect(buffers.fills.length).toBe(6);
    expect(buffers.lines.length).toBe(4);
    const ends = Array.from({ length: 4 * CORNERS }, (_, index) => [...buffers.lines.floats.slice(index * LINE_WORDS, index * LINE_WORDS + 4)]);
    const sides = [[1, 2, 3, 2], [3, 2, 3, 4], [3, 4, 1, 4], [1, 4, 1, 2]];
    expect(ends).toEqual(sides.flatMap((side) => Array.from({ length: CORNERS }, () => side)));
    expect([...new Uint8Array(buffers.lines.words.buffer, 16, 8)]).toEqual([1, 2, 3, 255, 24, 6, 0, 0]);
    expect(buffers.fills.words[FILL_WORDS - 1]).toBe(packColour(STYLE.fill));
  });

  it('draws an open path without its last side, and fills nothing', () => {
    const buffers = new GeometryBuffers();
    buffers.set('line', { outline: { triangles: [], paths: [{ points: [0, 0, 5, 5, 9, 0], closed: false }] }, style: STYLE });
    expect([buffers.fills.length, buffers.lines.length]).toEqual([0, 2]);
  });

  it('touches only what is restyled among ten thousand', () => {
    const buffers = new GeometryBuffers();
    const outline = rectangle.outline([1, 2, 3, 4]);
    for (let key = 0; key < 10_000; key += 1) buffers.set(key, { outline, style: STYLE });
    buffers.lines.takeDirty();
    buffers.set(5000, { outline, style: { ...STYLE, width: 3 } });
    expect(buffers.lines.takeDirty()).toEqual([{ from: 20_000, to: 20_004 }]);
    buffers.remove(5000);
    expect(buffers.size).toBe(9999);
  });

  it('packs colours in the order of bytes that the shader reads', () => {
    expect([...new Uint8Array(new Uint32Array([packColour([1, 2, 3, 1])]).buffer)]).toEqual([1, 2, 3, 255]);
  });
});
