import { describe, expect, it } from 'vitest';

import { kindOf, messageOf, readableBody } from './errors';

describe('readableBody', () => {
  it.each([
    [{ detail: 'Not found.' }, 'Not found.'],
    [['label_id `123` is invalid'], 'label_id `123` is invalid'],
    ['The frame number should be in the [0, 9] range', 'The frame number should be in the [0, 9] range'],
    [{ name: ['This field is required.'] }, 'name: This field is required.'],
    [{ non_field_errors: ['Deleted label must have an ID'] }, 'Deleted label must have an ID'],
    [{ state: ['Wrong.'], stage: ['Also wrong.'] }, 'state: Wrong. · stage: Also wrong.'],
    [{ shapes: [{}, {}, { frame: ['This field is required.'] }] }, 'shapes 2 frame: This field is required.'],
    [
      { shapes: [{ points: { 4: ['Value must be a float or an integer'] } }] },
      'shapes 0 points 4: Value must be a float or an integer',
    ],
    [null, ''],
    [{}, ''],
    [[], ''],
  ])('says %j as %j', (body, text) => {
    expect(readableBody(body)).toBe(text);
  });
});

describe('kindOf', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'missing'],
    [400, 'refused'],
    [409, 'refused'],
    [500, 'broken'],
    [503, 'broken'],
  ])('takes %i as %s', (status, kind) => {
    expect(kindOf(status)).toBe(kind);
  });
});

it('says something for any thrown value', () => {
  expect(messageOf(new Error('no'))).toBe('no');
  expect(messageOf('plain')).toBe('plain');
});
