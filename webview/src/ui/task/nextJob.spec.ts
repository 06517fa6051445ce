import { expect, it } from 'vitest';

import { job } from '../../testing/samples';
import { jobAddress, nextJob } from './nextJob';

it('goes on with the first job that is not completed', () => {
  const jobs = [job({ id: 1, state: 'completed' }), job({ id: 2, state: 'rejected' }), job({ id: 3 })];
  expect(nextJob(jobs)?.id).toBe(2);
});

it('opens the first job when all are completed, and none when there is none', () => {
  expect(nextJob([job({ id: 4, state: 'completed' }), job({ id: 5, state: 'completed' })])?.id).toBe(4);
  expect(nextJob([])).toBeUndefined();
});

it("writes CVAT's addresses", () => {
  expect(jobAddress({ id: 7, task_id: 3 })).toBe('/tasks/3/jobs/7');
  expect(jobAddress({ id: 7, task_id: 3 }, 0)).toBe('/tasks/3/jobs/7?frame=0');
});
