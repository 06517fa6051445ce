/** Mounts the editor into its host and ties it to the daemon: tokens, changes of others, reconnection, colours. */

import { useComputedColorScheme } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import type { RefCallback } from 'react';

import { mountEditor } from '../../editor';
import type { EditorHandle } from '../../editor/api';
import { useDaemon } from '../daemon/context';
import type { Daemon } from '../daemon/daemon';
import type { WorkspaceProps } from './Workspace';

interface EditorSetup extends Omit<WorkspaceProps, 'task'> {
  readonly showDeleted: boolean;
  readonly onHelp: () => void;
}

/** `editor` is null until `host`, a ref, has its element. The setup is read once: another job is another component. */
export function useEditor(setup: EditorSetup): { editor: EditorHandle | null; host: RefCallback<HTMLDivElement> } {
  const daemon = useDaemon();
  const scheme = useComputedColorScheme('dark');
  const [first] = useState({ ...setup, theme: scheme });
  const [editor, setEditor] = useState<EditorHandle | null>(null);

  const host = useCallback(
    (element: HTMLDivElement | null) => {
      if (!element) return;
      const { session, job, labels, meta, frame, theme, showDeleted, onHelp } = first;
      const mounted = mountEditor(element, {
        job,
        labels,
        meta,
        theme,
        onHelp,
        showDeleted,
        scope: session.workspace.id,
        csrf: () => daemon.client.csrf,
        refreshCsrf: daemon.renewSession,
        onUnauthorized: daemon.loseSession,
        onAuthorized: daemon.regainSession,
        ...(frame === null ? {} : { frame }),
      });
      const untie = tie(mounted, daemon, job.id);
      setEditor(mounted);
      return () => {
        untie();
        setEditor(null);
        mounted.dispose();
      };
    },
    [first, daemon],
  );

  useEffect(() => editor?.commands.setTheme(scheme), [editor, scheme]);
  return { editor, host };
}

function tie(editor: EditorHandle, daemon: Daemon, jobId: number): () => void {
  const stops = [
    daemon.onChange((change) => {
      if (change.kind === 'annotations' && change.job_id === jobId) editor.commands.remoteChange(change);
      if (change.kind === 'media') editor.commands.renewPictures();
    }),
    daemon.onReconnect(() => {
      editor.commands.retryNow();
      editor.commands.refetch();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
