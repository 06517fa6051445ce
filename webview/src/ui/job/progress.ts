/** Stages and states of a job with their titles and colours. */

import type { JobStage, JobState } from '../../protocol/generated';

export interface Choice<T extends string> {
  readonly value: T;
  readonly title: string;
  /** A CSS colour for the mark before the title. */
  readonly color?: string;
}

export const STAGES: readonly Choice<JobStage>[] = [
  { value: 'annotation', title: 'Annotation' },
  { value: 'validation', title: 'Validation' },
  { value: 'acceptance', title: 'Acceptance' },
];

export const STATES: readonly Choice<JobState>[] = [
  { value: 'new', title: 'New', color: 'var(--ink-dim)' },
  { value: 'in progress', title: 'In progress', color: 'var(--info)' },
  { value: 'rejected', title: 'Rejected', color: 'var(--bad)' },
  { value: 'completed', title: 'Completed', color: 'var(--good)' },
];
