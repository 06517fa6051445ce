/** Files of this computer: dropped, or chosen one by one or as a folder. */

import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import { FileUp, FolderUp, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import type { NamedFile } from '../../protocol/creation';
import { messageOf } from '../../protocol/errors';
import { counted } from '../format/words';
import { filesOfChooser, filesOfDrop, joinedFiles } from './chosenFiles';
import classes from './NewTask.module.css';
import { fileSize } from './phaseWords';

/** More names than that are only counted. */
const SHOWN = 8;

interface FilesFieldProps {
  readonly files: readonly NamedFile[];
  readonly problem: string | undefined;
  readonly onChange: (files: readonly NamedFile[]) => void;
  /** Only videos can be meant. */
  readonly videos?: boolean;
}

export function FilesField({ files, problem, onChange, videos = false }: FilesFieldProps): ReactNode {
  const [over, setOver] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const folderChooser = useRef<HTMLInputElement | null>(null);
  // A drop is read over some time, in which others may be chosen.
  const newest = useRef(files);
  useEffect(() => {
    newest.current = files;
  }, [files]);
  const add = (added: readonly NamedFile[]): void => {
    newest.current = joinedFiles(newest.current, added);
    onChange(newest.current);
  };
  const keep = (kept: readonly NamedFile[]): void => {
    newest.current = kept;
    onChange(kept);
  };
  const chosen = (input: HTMLInputElement): void => {
    add(filesOfChooser(input.files ?? []));
    // The same file can be chosen again after it was removed or changed.
    input.value = '';
  };
  const drop = (transfer: DataTransfer): void => {
    setTrouble(null);
    filesOfDrop(transfer).then(add, (error: unknown) => setTrouble(`The folder cannot be read: ${messageOf(error)}`));
  };

  const shown = problem ?? trouble ?? undefined;
  return (
    <div>
      <div
        className={classes.drop}
        data-over={over || undefined}
        data-wrong={shown !== undefined || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          drop(event.dataTransfer);
        }}
      >
        <span>Drop {videos ? 'videos' : 'files or folders'} here, or</span>
        <Button
          variant="default"
          leftSection={<FileUp size={14} aria-hidden />}
          data-problem={problem !== undefined || undefined}
          aria-describedby={shown === undefined ? undefined : 'files-problem'}
          onClick={() => chooser.current?.click()}
        >
          Choose {videos ? 'videos' : 'files'}
        </Button>
        <Button
          variant="default"
          leftSection={<FolderUp size={14} aria-hidden />}
          onClick={() => folderChooser.current?.click()}
        >
          Choose a folder
        </Button>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-hidden
          tabIndex={-1}
          {...(videos ? { accept: 'video/*,.mkv,.avi,.flv,.wmv,.mxf,.vob,.m2ts' } : {})}
          onChange={(event) => chosen(event.currentTarget)}
        />
        <input
          // React has no property for it.
          ref={(input) => {
            input?.setAttribute('webkitdirectory', '');
            folderChooser.current = input;
          }}
          type="file"
          multiple
          hidden
          aria-hidden
          tabIndex={-1}
          onChange={(event) => chosen(event.currentTarget)}
        />
      </div>
      {shown !== undefined && (
        <p className={classes.problem} id="files-problem">
          {shown}
        </p>
      )}
      <VisuallyHidden role="status">{files.length > 0 ? `${counted(files.length, 'file')} chosen` : ''}</VisuallyHidden>
      {files.length > 0 && <FileList files={files} onChange={keep} />}
    </div>
  );
}

function FileList({ files, onChange }: Pick<FilesFieldProps, 'files' | 'onChange'>): ReactNode {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <>
      <div className={classes.listHead}>
        <span>
          {counted(files.length, 'file')}, {fileSize(size)}
        </span>
        <Button variant="subtle" size="compact-xs" onClick={() => onChange([])}>
          Remove all
        </Button>
      </div>
      <ul className={classes.names} aria-label="Files">
        {files.slice(0, SHOWN).map((one) => (
          <li key={one.path}>
            <span className={classes.path}>{one.path}</span>
            <span className={classes.hint}>{fileSize(one.file.size)}</span>
            <ActionIcon
              size={22}
              aria-label={`Remove ${one.path}`}
              onClick={() => onChange(files.filter((other) => other !== one))}
            >
              <X size={13} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {files.length > SHOWN && <div className={classes.hint}>and {counted(files.length - SHOWN, 'more file')}</div>}
    </>
  );
}
