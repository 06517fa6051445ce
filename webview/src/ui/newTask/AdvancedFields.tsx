/** How frames are put in order, chosen, and cut into jobs; all of it may be left as it is. */

import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Sorting } from '../../protocol/creation';
import type { Advanced } from './draft';
import classes from './NewTask.module.css';
import type { FieldName, Problems } from './problems';

interface AdvancedFieldsProps {
  readonly advanced: Advanced;
  readonly problems: Problems;
  readonly onChange: (change: Partial<Advanced>) => void;
  /** Without what only a new task can be told. */
  readonly mediaOnly?: boolean;
}

interface NumberField {
  readonly field: FieldName & keyof Advanced;
  readonly title: string;
  readonly hint: string;
  readonly placeholder: string;
  readonly ofTask?: boolean;
}

const NUMBERS: readonly NumberField[] = [
  { field: 'quality', title: 'Image quality, %', hint: 'Of the JPEG frames that API clients get', placeholder: '70' },
  { field: 'segmentSize', title: 'Segment size', hint: 'Frames of a job', placeholder: 'All in one job', ofTask: true },
  { field: 'overlap', title: 'Overlap size', hint: 'Frames that jobs share', placeholder: '0', ofTask: true },
  { field: 'start', title: 'Start frame', hint: 'Of the files, counted from 0', placeholder: '0' },
  { field: 'stop', title: 'Stop frame', hint: 'The last one that is taken', placeholder: 'To the end' },
  { field: 'step', title: 'Frame step', hint: '2 takes every other frame', placeholder: '1' },
  { field: 'chunkSize', title: 'Chunk size', hint: 'Frames of a chunk for API clients', placeholder: 'As many as fit' },
];

const SORTINGS: readonly { readonly value: Sorting; readonly label: string }[] = [
  { value: 'lexicographical', label: 'Lexicographical' },
  { value: 'natural', label: 'Natural (2 before 10)' },
  { value: 'predefined', label: 'Predefined (as they were chosen)' },
  { value: 'random', label: 'Random' },
];

export function AdvancedFields({ advanced, problems, onChange, mediaOnly = false }: AdvancedFieldsProps): ReactNode {
  return (
    <div className={classes.grid}>
      <SortingField sorting={advanced.sorting} onChange={(sorting) => onChange({ sorting })} />
      {NUMBERS.filter(({ ofTask }) => !(mediaOnly && ofTask)).map(({ field, title, hint, placeholder }) => (
        <TextInput
          key={field}
          label={title}
          description={hint}
          placeholder={placeholder}
          inputMode="numeric"
          value={advanced[field]}
          error={problems[field]}
          onChange={(event) => onChange({ [field]: event.currentTarget.value })}
        />
      ))}
      <Checkbox
        size="xs"
        className={classes.check}
        label="Zip chunks"
        description="API clients get the frames of a video as pictures"
        checked={advanced.zipChunks}
        onChange={(event) => onChange({ zipChunks: event.currentTarget.checked })}
      />
    </div>
  );
}

export function SortingField({
  sorting,
  onChange,
}: {
  readonly sorting: Sorting;
  readonly onChange: (sorting: Sorting) => void;
}): ReactNode {
  return (
    <NativeSelect
      label="Sorting"
      description="Order of the frames"
      data={[...SORTINGS]}
      value={sorting}
      onChange={({ currentTarget: { value } }) =>
        onChange(SORTINGS.find((one) => one.value === value)?.value ?? 'lexicographical')
      }
    />
  );
}
