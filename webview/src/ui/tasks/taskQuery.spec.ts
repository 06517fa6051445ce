import { describe, expect, it } from 'vitest';

import { taskQuery, withQuery } from './taskQuery';

const read = (search: string): ReturnType<typeof taskQuery> => taskQuery(new URLSearchParams(search));
const changed = (search: string, change: Parameters<typeof withQuery>[1]): string =>
  withQuery(new URLSearchParams(search), change).toString();

describe('taskQuery', () => {
  it('has defaults', () => {
    expect(read('')).toEqual({ page: 1, page_size: 50, search: '', sort: '-updated_date' });
  });
  it('reads what the address says', () => {
    expect(read('?q=car&sort=name&page=3')).toEqual({ page: 3, page_size: 50, search: 'car', sort: 'name' });
  });
  it.each(['?page=0', '?page=-1', '?page=x', '?page=1.5', '?sort=password'])(
    'takes nonsense for the default: %s',
    (search) => {
      expect(read(search)).toEqual(read(''));
    },
  );
});

describe('withQuery', () => {
  it('keeps what does not change, and goes to the first page when what is listed does', () => {
    expect(changed('?q=car&page=3', { page: 4 })).toBe('q=car&page=4');
    expect(changed('?q=car&page=3', { sort: 'name' })).toBe('q=car&sort=name');
    expect(changed('?q=car&page=3', { search: 'bus' })).toBe('q=bus');
  });
  it('leaves defaults out', () => {
    expect(changed('?q=car&sort=name&page=3', { search: '', sort: '-updated_date', page: 1 })).toBe('');
  });
});
