import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { colourOfName, css, labelColour, parseColour } from './colour';

describe('colours', () => {
  it('reads the two forms of hexadecimal', () => {
    expect(parseColour('#ff8000')).toEqual([255, 128, 0]);
    expect(parseColour('#F80')).toEqual([255, 136, 0]);
    expect(parseColour('red')).toBeNull();
    expect(parseColour('#ff80001')).toBeNull();
  });

  it('makes a bright colour from any name, always the same', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const colour = colourOfName(name);
        expect(colourOfName(name)).toEqual(colour);
        for (const channel of colour) expect(channel >= 0 && channel <= 255).toBe(true);
        expect(Math.max(...colour)).toBeGreaterThan(200);
      }),
    );
  });

  it('prefers the label’s own colour', () => {
    expect(labelColour({ name: 'car', color: '#010203' })).toEqual([1, 2, 3]);
    expect(labelColour({ name: 'car', color: '' })).toEqual(colourOfName('car'));
    expect(css([1, 2, 3], 0.5)).toBe('rgba(1, 2, 3, 0.5)');
  });
});
