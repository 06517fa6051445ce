/** What a person has put into the form so far. Numbers are text until they are sent, so that what is typed stays. */

import type { NamedFile, Sorting } from '../../protocol/creation';
import { emptyLabels } from './labels';
import type { LabelsDraft } from './labels';

export type SourceKind = 'files' | 'share' | 'addresses';

export interface Advanced {
  readonly sorting: Sorting;
  readonly quality: string;
  readonly segmentSize: string;
  readonly overlap: string;
  readonly start: string;
  readonly stop: string;
  readonly step: string;
  readonly chunkSize: string;
  readonly zipChunks: boolean;
}

export interface TaskDraft {
  readonly name: string;
  readonly projectId: number | null;
  readonly subset: string;
  readonly labels: LabelsDraft;
  readonly source: SourceKind;
  readonly files: readonly NamedFile[];
  /** Paths below the share; those of folders end with a slash. */
  readonly shared: readonly string[];
  /** One a line. */
  readonly addresses: string;
  readonly advanced: Advanced;
}

export const DEFAULT_ADVANCED: Advanced = {
  sorting: 'lexicographical',
  quality: '70',
  segmentSize: '',
  overlap: '',
  start: '',
  stop: '',
  step: '',
  chunkSize: '',
  zipChunks: false,
};

export function emptyDraft(name = ''): TaskDraft {
  return {
    name,
    projectId: null,
    subset: '',
    labels: emptyLabels(),
    source: 'files',
    files: [],
    shared: [],
    addresses: '',
    advanced: DEFAULT_ADVANCED,
  };
}

/** The lines of a text that say something. */
export function filledLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
