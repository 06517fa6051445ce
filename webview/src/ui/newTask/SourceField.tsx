/** Where the frames come from. */

import { Tabs, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';

import type { SourceKind, TaskDraft } from './draft';
import { FilesField } from './FilesField';
import classes from './NewTask.module.css';
import { ShareField } from './ShareField';

interface SourceFieldProps {
  readonly draft: TaskDraft;
  readonly problem: string | undefined;
  readonly onChange: (change: Partial<TaskDraft>) => void;
  /** Without addresses: the daemon fetches these for new tasks only. */
  readonly filesOnly?: boolean;
}

const KINDS: readonly { readonly kind: SourceKind; readonly title: string }[] = [
  { kind: 'files', title: 'My computer' },
  { kind: 'share', title: 'Share' },
  { kind: 'addresses', title: 'Addresses' },
];

export function SourceField({ draft, problem, onChange, filesOnly = false }: SourceFieldProps): ReactNode {
  return (
    <Tabs
      value={draft.source}
      onChange={(value) => onChange({ source: KINDS.find(({ kind }) => kind === value)?.kind ?? 'files' })}
      keepMounted={false}
    >
      <Tabs.List aria-label="Where the files are">
        {KINDS.filter(({ kind }) => !(filesOnly && kind === 'addresses')).map(({ kind, title }) => (
          <Tabs.Tab key={kind} value={kind}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="files" pt="sm">
        <FilesField files={draft.files} problem={problem} onChange={(files) => onChange({ files })} />
      </Tabs.Panel>
      <Tabs.Panel value="share" pt="sm">
        <ShareField shared={draft.shared} problem={problem} onChange={(shared) => onChange({ shared })} />
      </Tabs.Panel>
      <Tabs.Panel value="addresses" pt="sm">
        <Textarea
          size="xs"
          rows={6}
          resize="vertical"
          aria-label="Addresses of files"
          description="One a line, http or https. The daemon fetches them."
          placeholder="https://example.org/street.mp4"
          spellCheck={false}
          classNames={{ input: classes.code }}
          value={draft.addresses}
          error={problem}
          onChange={(event) => onChange({ addresses: event.currentTarget.value })}
        />
      </Tabs.Panel>
    </Tabs>
  );
}
