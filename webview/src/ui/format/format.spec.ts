import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { grouped } from './grouped';
import { ago, moment } from './time';
import { capital, counted, frameRange, personName, share } from './words';

describe('ago', () => {
  const now = Date.parse('2026-06-15T12:00:00Z');
  it.each([
    ['2026-06-15T11:59:30Z', 'just now'],
    ['2026-06-15T12:00:20Z', 'just now'],
    ['2026-06-15T11:58:10Z', '1 minute ago'],
    ['2026-06-15T09:00:00Z', '3 hours ago'],
    ['2026-06-14T11:00:00Z', 'yesterday'],
    ['2026-06-01T12:00:00Z', '2 weeks ago'],
    ['2025-01-01T00:00:00Z', 'last year'],
    ['no time', ''],
  ])('says %s as %j', (time, text) => {
    expect(ago(time, now)).toBe(text);
  });
});

it('shows no moment for what is no time', () => {
  expect(moment('')).toBe('');
  expect(moment('2026-06-15T12:00:00Z')).toMatch(/2026/);
});

describe('share', () => {
  it('says all only of all, and none only of none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (whole, some) => {
        const part = some % (whole + 1);
        expect(share(part, whole) === '100 %').toBe(part === whole);
        expect(share(part, whole) === '0 %').toBe(part === 0);
      }),
    );
  });
  it('is nothing of nothing', () => {
    expect(share(0, 0)).toBe('0 %');
  });
});

it('counts in words', () => {
  expect(counted(1, 'frame')).toBe('1 frame');
  expect(counted(12_345, 'frame')).toBe('12,345 frames');
  expect(counted(2, 'person', 'people')).toBe('2 people');
});

it('names ranges and people', () => {
  expect(frameRange(0, 99)).toBe('0–99');
  expect(frameRange(7, 7)).toBe('7');
  const ada = { url: '', id: 1, username: 'ada', first_name: 'Ada', last_name: 'Lovelace' };
  expect(personName(ada)).toBe('Ada Lovelace');
  expect(personName({ ...ada, first_name: '', last_name: '' })).toBe('ada');
  expect(capital('in progress')).toBe('In progress');
});

it('groups in order of first appearance', () => {
  expect([...grouped(['b1', 'a1', 'b2'], (word) => word.charAt(0))]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
  ]);
});
