import { expect, it } from 'vitest';

import { Samples } from './samples';

it('summarises the latest measurements', () => {
  const samples = new Samples();
  expect(samples.summary()).toEqual({ median: 0, p95: 0, max: 0 });
  for (let value = 1; value <= 700; value += 1) samples.add(value);
  expect(samples.count).toBe(700);
  expect(samples.summary()).toEqual({ median: 401, p95: 671, max: 700 });
  samples.reset();
  expect(samples.count).toBe(0);
});
