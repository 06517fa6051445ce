/** Where you are, undo and redo, the state of saving, and the job's menu. */

import { ActionIcon, Tooltip } from '@mantine/core';
import { ArrowLeft, Keyboard, PanelRight, Redo2, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

import type { JobRead, TaskRead } from '../../protocol/generated';
import { SyncIndicator } from '../shell/SyncIndicator';
import { ThemeToggle } from '../shell/ThemeToggle';
import { CommandButton } from './CommandButton';
import { useEditorState } from './editorContext';
import { GuideButton } from './GuideButton';
import { JobMenu } from './JobMenu';
import { keepFocus } from './keepFocus';
import { SaveIndicator } from './SaveIndicator';
import classes from './TopBar.module.css';

interface TopBarProps {
  readonly task: TaskRead;
  readonly job: JobRead;
  readonly sidebar: boolean;
  readonly onSidebar: (shown: boolean) => void;
  readonly onHelp: () => void;
}

export function TopBar({ task, job, sidebar, onSidebar, onHelp }: TopBarProps): ReactNode {
  return (
    <header className={classes.bar} onMouseDown={keepFocus}>
      <div className={classes.place}>
        <Tooltip label="Back to the task">
          <ActionIcon component={Link} to={`/tasks/${task.id}`} aria-label="Back to the task">
            <ArrowLeft size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <h1 className={classes.title} title={`${task.name}, job #${job.id}`}>
          <span className={classes.name}>{task.name}</span>
          <span className={classes.job}>Job #{job.id}</span>
        </h1>
        <History />
      </div>
      <SaveIndicator />
      <div className={classes.actions}>
        <SyncIndicator compact />
        {job.guide_id !== null && <GuideButton guideId={job.guide_id} />}
        <JobMenu job={job} />
        <Tooltip label="Keyboard shortcuts (?)">
          <ActionIcon aria-label="Keyboard shortcuts" onClick={onHelp}>
            <Keyboard size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ThemeToggle />
        <Tooltip label={sidebar ? 'Hide the sidebar' : 'Show the sidebar'}>
          <ActionIcon aria-label="Sidebar" aria-pressed={sidebar} onClick={() => onSidebar(!sidebar)}>
            <PanelRight size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

function History(): ReactNode {
  const canUndo = useEditorState((state) => state.canUndo);
  const canRedo = useEditorState((state) => state.canRedo);
  const undoTitle = useEditorState((state) => state.undoTitle);
  const redoTitle = useEditorState((state) => state.redoTitle);
  return (
    <div className={classes.history}>
      <CommandButton command="undo" icon={Undo2} label="Undo" detail={undoTitle} disabled={!canUndo} />
      <CommandButton command="redo" icon={Redo2} label="Redo" detail={redoTitle} disabled={!canRedo} />
    </div>
  );
}
