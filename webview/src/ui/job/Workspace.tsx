/** The annotation workspace: bars and panels around the canvas. */

import { useDisclosure } from '@mantine/hooks';
import { useEffect } from 'react';
import type { ReactNode } from 'react';

import type { DataMetaRead, JobRead, Label, SessionInfo, TaskRead } from '../../protocol/generated';
import { useKept } from '../shell/useKept';
import { CanvasNotices } from './CanvasNotices';
import { ConflictsPanel } from './ConflictsPanel';
import { EditorContext } from './editorContext';
import { FrameOverlay } from './FrameOverlay';
import { HelpDialog } from './HelpDialog';
import { IssueMarks } from './IssueMarks';
import { MissingPicture } from './MissingPicture';
import { PlayerBar } from './PlayerBar';
import { Sidebar } from './Sidebar';
import { StartedJob } from './StartedJob';
import { StatusBar } from './StatusBar';
import { ToolStrip } from './ToolStrip';
import { TopBar } from './TopBar';
import { useEditor } from './useEditor';
import { useFrameAddress } from './useFrameAddress';
import classes from './Workspace.module.css';

export interface WorkspaceProps {
  readonly session: SessionInfo;
  readonly task: TaskRead;
  readonly job: JobRead;
  readonly labels: readonly Label[];
  readonly meta: DataMetaRead;
  /** The frame that the address asks for, or null. */
  readonly frame: number | null;
}

export function Workspace({ session, task, job, labels, meta, frame }: WorkspaceProps): ReactNode {
  const [help, { open: showHelp, close: hideHelp }] = useDisclosure(false);
  const [sidebar, setSidebar] = useKept('cvatd:sidebar', true);
  const [showDeleted, setShowDeleted] = useKept('cvatd:show-deleted', false);
  const { editor, host } = useEditor({ session, job, labels, meta, frame, showDeleted, onHelp: showHelp });
  useFrameAddress(editor, { scope: session.workspace.id, jobId: job.id, asked: frame });

  // Frames may come while the page is open, and others may delete some.
  useEffect(() => editor?.commands.update(job, meta), [editor, job, meta]);
  useEffect(() => editor?.commands.setShowDeleted(showDeleted), [editor, showDeleted]);

  // A new issue is written in the sidebar.
  useEffect(
    () => editor?.state.subscribe((now, before) => {
      if (now.issueAsked !== before.issueAsked) setSidebar(true);
    }),
    [editor, setSidebar],
  );

  return (
    <div className={classes.workspace} data-sidebar={sidebar || undefined}>
      {editor ? (
        <EditorContext value={editor}>
          <TopBar task={task} job={job} sidebar={sidebar} onSidebar={setSidebar} onHelp={showHelp} />
          <PlayerBar onShowDeleted={setShowDeleted} />
          <ToolStrip labels={labels} />
        </EditorContext>
      ) : (
        <div className={classes.barsLoading} />
      )}
      <main className={classes.stage}>
        <div ref={host} className={classes.host} />
        {editor && (
          <EditorContext value={editor}>
            <FrameOverlay is3d={job.dimension === '3d'} />
            <CanvasNotices />
            <ConflictsPanel jobId={job.id} />
            <IssueMarks jobId={job.id} />
            <MissingPicture taskId={task.id} />
          </EditorContext>
        )}
      </main>
      {editor && (
        <EditorContext value={editor}>
          {sidebar && <Sidebar labels={labels} taskId={task.id} jobId={job.id} />}
          <StatusBar labels={labels} />
          <HelpDialog opened={help} onClose={hideHelp} />
          <StartedJob job={job} />
        </EditorContext>
      )}
    </div>
  );
}
