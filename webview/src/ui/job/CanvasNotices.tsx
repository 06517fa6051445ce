/** What has to be said over the canvas: loading, a frame that cannot be shown, a refused edit, a short note. */

import { Button, Loader, Text } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { useEditorHandle, useEditorState } from './editorContext';
import { RejectedActions } from './SaveIndicator';
import classes from './CanvasNotices.module.css';

export function CanvasNotices(): ReactNode {
  const fatal = useEditorState((state) => state.fatal);
  if (fatal !== null) {
    return (
      <div className={classes.centre}>
        <Card title="The canvas does not work here" text={fatal} />
      </div>
    );
  }
  return (
    <>
      <FrameNotice />
      <Rejected />
      <Note />
    </>
  );
}

function FrameNotice(): ReactNode {
  const document = useEditorState((state) => state.document);
  const status = useEditorState((state) => state.frameStatus);
  // Asked for only where it is said: films have other things to do than to draw this anew with each frame.
  const frame = useEditorState((state) => (state.frameStatus.kind === 'ready' ? null : state.frame));
  const { commands } = useEditorHandle();
  if (document.kind === 'error') {
    return (
      <div className={classes.centre}>
        <Card title="The annotations could not be read" text={document.message}>
          <Button onClick={() => commands.refetch()}>Try again</Button>
        </Card>
      </div>
    );
  }
  if (status.kind === 'error') {
    return (
      <div className={classes.centre}>
        <Card title={`Frame ${frame ?? ''} cannot be shown`} text={status.message}>
          {status.retrying ? (
            <Text c="dimmed">Trying again by itself…</Text>
          ) : (
            <Button onClick={() => commands.retryNow()}>Try again</Button>
          )}
        </Card>
      </div>
    );
  }
  if (document.kind === 'ready' && status.kind === 'ready') return null;
  return (
    <div className={classes.busy} role="status">
      <Loader size={14} />
      {document.kind === 'loading' ? 'Loading annotations…' : `Loading frame ${frame ?? ''}…`}
    </div>
  );
}

function Rejected(): ReactNode {
  const save = useEditorState((state) => state.save);
  const { commands } = useEditorHandle();
  if (save.kind !== 'rejected') return null;
  return (
    <div className={classes.top}>
      <Card title="The daemon refused an edit" text={`${save.message} It stays visible here until you decide.`}>
        <RejectedActions commands={commands} />
      </Card>
    </div>
  );
}

/** Fades by itself; the key starts it anew for each note. */
function Note(): ReactNode {
  const notice = useEditorState((state) => state.notice);
  return (
    <div className={classes.notes} role="status" aria-live="polite">
      {notice && (
        <span key={notice.key} className={classes.note} data-kind={notice.kind}>
          {notice.text}
        </span>
      )}
    </div>
  );
}

interface CardProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

function Card({ title, text, children }: CardProps): ReactNode {
  return (
    <div className={classes.card} role="alert">
      <TriangleAlert size={18} className={classes.icon} aria-hidden />
      <div className={classes.words}>
        <Text fw={600}>{title}</Text>
        <Text c="dimmed">{text}</Text>
        {children}
      </div>
    </div>
  );
}
