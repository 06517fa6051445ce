/** Files and folders that the daemon's machine shares, chosen without sending them. */

import { ActionIcon, Checkbox, Loader, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChevronRight, Folder, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { listShare } from '../../protocol/creation';
import { messageOf } from '../../protocol/errors';
import { useDaemon } from '../daemon/context';
import { keys } from '../daemon/keys';
import { CommandLine } from '../shell/CommandLine';
import classes from './NewTask.module.css';

interface ShareFieldProps {
  /** Paths below the share; those of folders end with a slash. */
  readonly shared: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (shared: readonly string[]) => void;
}

export function ShareField({ shared, problem, onChange }: ShareFieldProps): ReactNode {
  const { client } = useDaemon();
  // Names of the folders that lead to the one that is shown.
  const [place, setPlace] = useState<readonly string[]>([]);
  const directory = ['', ...place, ''].join('/');
  const entries = useQuery({
    queryKey: keys.share(directory),
    queryFn: ({ signal }) => listShare(client, directory, signal),
    retry: false,
  });
  const toggle = (path: string, on: boolean): void => {
    // A folder that is taken brings all that is in it.
    const others = shared.filter((one) => one !== path && !(path.endsWith('/') && one.startsWith(path)));
    onChange(on ? [...others, path] : others);
  };

  return (
    <div>
      <nav className={classes.crumbs} aria-label="Folder of the share">
        {['Share', ...place].map((name, depth) => (
          <span key={depth} className={classes.crumb}>
            {depth > 0 && <ChevronRight size={12} aria-hidden />}
            <UnstyledButton
              className={classes.link}
              data-problem={(depth === 0 && problem !== undefined) || undefined}
              aria-current={depth === place.length ? 'location' : undefined}
              onClick={() => setPlace(place.slice(0, depth))}
            >
              {name}
            </UnstyledButton>
          </span>
        ))}
      </nav>
      <div className={classes.share} data-wrong={problem !== undefined || undefined}>
        {entries.isPending ? (
          <Loader size="xs" aria-label="Loading the folder" />
        ) : entries.isError ? (
          <p className={classes.problem} role="alert">
            {messageOf(entries.error)}
          </p>
        ) : entries.data.length === 0 ? (
          <Empty root={place.length === 0} />
        ) : (
          <ul className={classes.names} aria-label={`Files in ${directory}`}>
            {entries.data.map(({ name, type }) => {
              const path = [...place, name].join('/') + (type === 'DIR' ? '/' : '');
              const inside = shared.some((one) => one.endsWith('/') && one !== path && path.startsWith(one));
              return (
                <li key={path}>
                  <Checkbox
                    size="xs"
                    aria-label={`Take ${name}`}
                    checked={inside || shared.includes(path)}
                    disabled={inside}
                    onChange={(event) => toggle(path, event.currentTarget.checked)}
                  />
                  {type === 'DIR' ? (
                    <UnstyledButton className={classes.link} onClick={() => setPlace([...place, name])}>
                      <Folder size={13} aria-hidden /> {name}
                    </UnstyledButton>
                  ) : (
                    <span className={classes.path}>{name}</span>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
      {problem !== undefined && <p className={classes.problem}>{problem}</p>}
      {shared.length > 0 && (
        <ul className={classes.pills} aria-label="Chosen">
          {shared.map((path) => (
            <li key={path}>
              {path}
              <ActionIcon size={18} aria-label={`Leave out ${path}`} onClick={() => toggle(path, false)}>
                <X size={12} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Empty({ root }: { readonly root: boolean }): ReactNode {
  if (!root) return <p className={classes.hint}>This folder is empty.</p>;
  return (
    <>
      <p className={classes.hint}>Nothing is shared. In the workspace, with the folder that media may be taken from:</p>
      <CommandLine command="cvat share set DIR" />
    </>
  );
}
