/** An empty workspace: how its first task is made, here or in a terminal. */

import { Text, Title } from '@mantine/core';
import { ImagePlus } from 'lucide-react';
import type { ReactNode } from 'react';

import { useSession } from '../daemon/queries';
import { CommandLine } from '../shell/CommandLine';
import classes from './Empty.module.css';

export function FirstTask(): ReactNode {
  const path = useSession().data?.workspace.path;
  return (
    <section className={classes.empty} aria-labelledby="first-task">
      <ImagePlus size={28} className={classes.icon} aria-hidden />
      <Title order={2} id="first-task">
        No tasks yet
      </Title>
      <Text c="dimmed">
        A task is a set of pictures, or one video, with its labels. Make one with “New task”, or in a terminal; it appears
        here by itself.
      </Text>
      <div className={classes.commands}>
        {path !== undefined && <CommandLine command={`cd ${quoted(path)}`} />}
        <CommandLine command="cvat task create NAME --labels car,person --data PATH" />
      </div>
      <Text c="dimmed" size="xs">
        PATH is an image, a folder, a zip archive or a video. Nothing is copied unless you add --copy.
      </Text>
    </section>
  );
}

/** For a POSIX shell; most paths need nothing. */
function quoted(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
