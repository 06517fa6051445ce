/** What of a form cannot be sent yet, in words that stand beside the field. */

import type { NamedFile } from '../../protocol/creation';
import { messageOf } from '../../protocol/errors';
import { unusablePath } from './chosenFiles';
import { filledLines } from './draft';
import type { Advanced, TaskDraft } from './draft';
import { labelsOf } from './labels';

export type FieldName = 'name' | 'subset' | 'labels' | 'source' | Exclude<keyof Advanced, 'sorting' | 'zipChunks'>;

export type Problems = Readonly<Partial<Record<FieldName, string>>>;

const LARGEST = 2 ** 31 - 1;

/** The least and the largest that a number may be. */
const RANGES = {
  quality: [0, 100],
  segmentSize: [1, LARGEST],
  overlap: [0, LARGEST],
  start: [0, LARGEST],
  stop: [0, LARGEST],
  step: [1, 999_999_999],
  chunkSize: [1, LARGEST],
} as const;

/** Of a task and its media. */
export function problemsOf(draft: TaskDraft): Problems {
  return { ...taskProblems(draft), ...mediaProblems(draft) };
}

/** Of what a task is called and has labels for. */
export function taskProblems(draft: TaskDraft): Problems {
  const problems: Partial<Record<FieldName, string>> = {};
  const name = draft.name.trim();
  if (name === '') problems.name = 'Give the task a name.';
  else if (name.length > 256) problems.name = 'A name has at most 256 characters.';
  if (draft.subset.trim().length > 64) problems.subset = 'A subset has at most 64 characters.';
  if (draft.projectId === null) {
    try {
      if (labelsOf(draft.labels).length === 0) problems.labels = 'Name at least one label.';
    } catch (error) {
      problems.labels = messageOf(error);
    }
  }
  return problems;
}

/** Of where its frames come from, and which are taken. */
export function mediaProblems(draft: TaskDraft): Problems {
  const source = sourceProblem(draft);
  return { ...(source === null ? {} : { source }), ...advancedProblems(draft.advanced) };
}

export function advancedProblems(advanced: Advanced): Problems {
  const problems: Partial<Record<FieldName, string>> = {};
  for (const [field, [least, largest]] of Object.entries(RANGES) as [keyof typeof RANGES, readonly [number, number]][]) {
    const text = advanced[field].trim();
    if (text === '') continue;
    const value = Number(text);
    if (!/^\d+$/.test(text)) problems[field] = 'A whole number is needed.';
    else if (value < least) problems[field] = `At least ${least}.`;
    else if (value > largest) problems[field] = `At most ${largest}.`;
  }
  if (problems.start === undefined && problems.stop === undefined && advanced.stop.trim() !== '') {
    if (Number(advanced.stop) < Number(advanced.start)) problems.stop = 'The last frame comes before the first.';
  }
  if (problems.overlap === undefined && Number(advanced.overlap) > 0 && advanced.segmentSize.trim() === '') {
    problems.overlap = 'Jobs overlap only where there is a segment size.';
  }
  return problems;
}

function sourceProblem(draft: TaskDraft): string | null {
  switch (draft.source) {
    case 'files':
      return filesProblem(draft.files);
    case 'share':
      return draft.shared.length === 0 ? 'Choose files or folders of the share.' : null;
    case 'addresses':
      return addressesProblem(draft.addresses);
  }
}

function filesProblem(files: readonly NamedFile[]): string | null {
  if (files.length === 0) return 'Choose files or a folder, or drop them here.';
  const path = unusablePath(files);
  if (path === undefined) return null;
  return `“${path}” has a name that not every system can have: rename it without \\ : * ? " < > | and without a space or a dot at its end.`;
}

function addressesProblem(text: string): string | null {
  if (filledLines(text).length === 0) return 'Write the addresses of the files, one a line.';
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '' && !isWebAddress(line.trim())) return `Line ${index + 1} is not an http or https address.`;
  }
  return null;
}

function isWebAddress(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  return ['http:', 'https:'].includes(new URL(text).protocol);
}
