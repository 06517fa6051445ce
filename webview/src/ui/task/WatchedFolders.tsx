/** The folders of the daemon's machine whose new files become frames of a task, and what is the matter with them. */

import { Alert } from '@mantine/core';
import { FolderSync } from 'lucide-react';
import type { ReactNode } from 'react';

import type { WatchedFolderRead, WatchRead } from '../../protocol/generated';
import { useWatch } from '../daemon/queries';
import { counted } from '../format/words';
import classes from './WatchedFolders.module.css';

/** Nothing where no folder is watched for the task. */
export function WatchedFolders({ taskId }: { readonly taskId: number }): ReactNode {
  const watch = useWatch().data;
  const folders = watch?.folders.filter((folder) => folder.task_id === taskId) ?? [];
  if (!watch || folders.length === 0) return null;
  return (
    <section className={classes.part} aria-labelledby="watched">
      <h2 id="watched">{folders.length === 1 ? 'Watched folder' : 'Watched folders'}</h2>
      {watch.problem !== '' && <Problem text={watch.problem} />}
      {folders.map((folder) => (
        <Folder key={folder.folder} folder={folder} watch={watch} />
      ))}
    </section>
  );
}

function Folder({ folder, watch }: { readonly folder: WatchedFolderRead; readonly watch: WatchRead }): ReactNode {
  return (
    <div className={classes.folder}>
      <div className={classes.head}>
        <FolderSync size={15} aria-hidden />
        <code className={classes.path}>{folder.folder}</code>
        <span className={classes.dim}>
          {folder.recursive ? 'and the folders in it' : 'without the folders in it'}; {counted(folder.frames, 'frame')}
        </span>
      </div>
      {folder.problem !== '' && <Problem text={folder.problem} />}
      {watch.to_read > 0 && folder.waiting_count > 0 && (
        <p className={classes.dim} role="status">
          Reading new files: {watch.read} of {watch.to_read}
        </p>
      )}
      {notesOf(folder).map(({ title, kind, count, lines }) => (
        <details key={title} className={classes.notes}>
          <summary data-kind={kind}>{title}</summary>
          <ul aria-label={title}>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
            {count > lines.length && <li className={classes.dim}>and {counted(count - lines.length, 'more', 'more')}</li>}
          </ul>
        </details>
      ))}
    </div>
  );
}

function Problem({ text }: { readonly text: string }): ReactNode {
  return (
    <Alert color="orange" role="alert">
      {text}
    </Alert>
  );
}

export interface Notes {
  readonly title: string;
  readonly kind: 'calm' | 'warning';
  readonly count: number;
  /** Of long lists the first ones. */
  readonly lines: readonly string[];
}

/** What there is to say of a folder, what needs a person first. */
export function notesOf(folder: WatchedFolderRead): readonly Notes[] {
  const noted = (notes: WatchedFolderRead['broken']): readonly string[] =>
    notes.map(({ name, reason, frame }) => `${frame === null ? '' : `Frame ${frame}, `}${name}: ${reason}`);
  const all: readonly Notes[] = [
    {
      title: counted(folder.broken_count, 'broken file'),
      kind: 'warning',
      count: folder.broken_count,
      lines: noted(folder.broken),
    },
    {
      title: counted(folder.missing_count, 'missing file'),
      kind: 'warning',
      count: folder.missing_count,
      lines: noted(folder.missing),
    },
    {
      title: counted(folder.changed_count, 'changed file'),
      kind: 'warning',
      count: folder.changed_count,
      lines: noted(folder.changed),
    },
    {
      title: `${counted(folder.moved_count, 'moved file')}, found again`,
      kind: 'calm',
      count: folder.moved_count,
      lines: folder.moved.map(({ frame, before, now }) => `Frame ${frame}: ${before} is now ${now}`),
    },
    {
      title: `${counted(folder.waiting_count, 'file')} waiting`,
      kind: 'calm',
      count: folder.waiting_count,
      lines: folder.waiting,
    },
    {
      title: `${counted(folder.left_out_count, 'file')} left out: no pictures`,
      kind: 'calm',
      count: folder.left_out_count,
      lines: folder.left_out,
    },
  ];
  return all.filter(({ count }) => count > 0);
}
