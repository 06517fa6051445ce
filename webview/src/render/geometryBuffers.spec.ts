import { describe, expect, it } from 'vitest';

import { rectangle } from '../geometry/rectangle';
import { CORNERS, FILL_WORDS, GeometryBuffers, LINE_WORDS, halfBits } from './geometryBuffers';
import { packColour } from './scene';
import type { Style } from './scene';

const STYLE: Style = { fill: [255, 0, 0, 0.2], stroke: [1, 2, 3, 1], width: 1.5, dash: 6, dot: 7 };

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

  it('tells dashes where on the path they are', () => {
    const buffers = new GeometryBuffers();
    buffers.set('line', { outline: { triangles: [], paths: [{ points: [0, 0, 30, 40, 30, 50], closed: false }] }, style: STYLE });
    const starts = [0, 1].map((segment) => (buffers.lines.words[segment * LINE_WORDS * CORNERS + 5] ?? 0) >>> 16);
    expect(starts).toEqual([halfBits(0), halfBits(50)]);
    expect([0, 1, 0.5, 50, 1023.9].map(halfBits)).toEqual([0, 0x3c00, 0x3800, 0x5240, 0x6400]);
  });

  it('draws dots as segments without length, and parts in styles of their own', () => {
    const buffers = new GeometryBuffers();
    const joint = { outline: { triangles: [0, 0, 1, 0, 1, 1], paths: [], dots: [5, 6] }, style: { ...STYLE, dot: 9, dash: 0 } };
    buffers.set('skeleton', { outline: { triangles: [], paths: [{ points: [5, 6, 7, 8], closed: false }] }, style: STYLE, over: [joint, joint] });
    expect([buffers.fills.length, buffers.lines.length, buffers.size]).toEqual([6, 3, 1]);
    const dot = LINE_WORDS * CORNERS;
    expect([...buffers.lines.floats.slice(dot, dot + 4)]).toEqual([5, 6, 5, 6]);
    expect([...new Uint8Array(buffers.lines.words.buffer, (dot + 5) * 4, 4)]).toEqual([9 * 16, 0, 0, 0]);
  });

  it('packs colours in the order of bytes that the shader reads', () => {
    expect([...new Uint8Array(new Uint32Array([packColour([1, 2, 3, 1])]).buffer)]).toEqual([1, 2, 3, 255]);
  });
});
