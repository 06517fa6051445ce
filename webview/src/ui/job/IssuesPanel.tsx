/** The job's issues, frame by frame: what is to be settled, what people say about it, and a new one. */

import { Badge, Button, Text, Textarea, UnstyledButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import type { CommentRead, IssueRead } from '../../protocol/generated';
import { useComment, useDeleteIssue, useOpenIssue, useSetResolved } from '../daemon/issueMutations';
import { useComments, useIssues } from '../daemon/queries';
import { useEditorHandle, useEditorState } from './editorContext';
import classes from './IssuesPanel.module.css';

interface Place {
  readonly frame: number;
  readonly position: readonly number[];
}

const NO_ISSUES: readonly IssueRead[] = [];
const NO_COMMENTS: readonly CommentRead[] = [];

export function IssuesPanel({ jobId }: { readonly jobId: number }): ReactNode {
  const { commands } = useEditorHandle();
  const issues = useIssues(jobId).data ?? NO_ISSUES;
  const comments = useComments(jobId).data ?? NO_COMMENTS;
  const frame = useEditorState((state) => state.frame);
  const asked = useEditorState((state) => state.issueAsked);
  const [chosen, setChosen] = useState<number | null>(null);
  const [whole, setWhole] = useState<Place | null>(null);
  const place = asked ?? whole;

  useEffect(() => commands.pointAtIssue(chosen), [commands, chosen]);
  useEffect(() => () => commands.pointAtIssue(null), [commands]);

  const done = (opened: number | null): void => {
    setWhole(null);
    commands.answerIssue();
    if (opened !== null) setChosen(opened);
  };
  const choose = (issue: IssueRead): void => {
    setChosen(chosen === issue.id ? null : issue.id);
    if (chosen !== issue.id) commands.setFrame(issue.frame);
  };

  return (
    <div className={classes.panel}>
      {place === null ? (
        <Button size="compact-sm" variant="default" onClick={() => setWhole({ frame, position: [] })}>
          New issue on this frame
        </Button>
      ) : (
        <NewIssue key={asked?.key ?? 0} jobId={jobId} place={place} onDone={done} />
      )}
      {issues.length === 0 && place === null && (
        <Text c="dimmed" size="sm">
          There are no issues. Press I on an object, or the right button on a place, to open one.
        </Text>
      )}
      <ul className={classes.list} aria-label="Issues">
        {issues.map((issue) => {
          const said = comments.filter((comment) => comment.issue === issue.id);
          return (
            <li key={issue.id} className={classes.issue} data-resolved={issue.resolved || undefined}>
              <UnstyledButton className={classes.head} aria-expanded={chosen === issue.id} onClick={() => choose(issue)}>
                <span className={classes.frame}>{issue.frame}</span>
                <span className={classes.line}>{said[0]?.message ?? `Issue ${issue.id}`}</span>
                {issue.resolved && (
                  <Badge size="xs" color="gray">
                    resolved
                  </Badge>
                )}
              </UnstyledButton>
              {chosen === issue.id && <Discussion issue={issue} comments={said} onGone={() => setChosen(null)} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface NewIssueProps {
  readonly jobId: number;
  readonly place: Place;
  readonly onDone: (opened: number | null) => void;
}

function NewIssue({ jobId, place, onDone }: NewIssueProps): ReactNode {
  const open = useOpenIssue();
  const where = place.position.length === 0 ? 'the whole frame' : place.position.length === 2 ? 'a point' : 'an area';
  const send = (message: string, sent: () => void): void => {
    const issue = { job: jobId, frame: place.frame, position: [...place.position], message };
    open.mutate(issue, {
      onSuccess: ({ id }) => {
        sent();
        onDone(id);
      },
    });
  };
  return (
    <section aria-label="New issue">
      <Text size="sm" fw={600}>
        New issue: frame {place.frame}, {where}
      </Text>
      <Message label="What is wrong?" button="Open the issue" busy={open.isPending} onSend={send} onCancel={() => onDone(null)} focus />
    </section>
  );
}

interface DiscussionProps {
  readonly issue: IssueRead;
  readonly comments: readonly CommentRead[];
  readonly onGone: () => void;
}

function Discussion({ issue, comments, onGone }: DiscussionProps): ReactNode {
  const comment = useComment();
  const setResolved = useSetResolved();
  const remove = useDeleteIssue();
  return (
    <div className={classes.discussion}>
      {comments.map((one) => (
        <div key={one.id}>
          <Text size="xs" c="dimmed">
            {one.owner?.username ?? 'a merge'}, {one.created_date.slice(0, 16).replace('T', ' ')}
          </Text>
          <Text size="sm" className={classes.message}>
            {one.message}
          </Text>
        </div>
      ))}
      <Message
        label="Comment"
        button="Comment"
        busy={comment.isPending}
        onSend={(message, sent) => comment.mutate({ issue: issue.id, message }, { onSuccess: sent })}
      />
      <div className={classes.actions}>
        <Button
          size="compact-sm"
          variant="default"
          disabled={setResolved.isPending}
          onClick={() => setResolved.mutate({ id: issue.id, resolved: !issue.resolved })}
        >
          {issue.resolved ? 'Reopen' : 'Resolve'}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          disabled={remove.isPending}
          onClick={() => remove.mutate(issue.id, { onSuccess: onGone })}
        >
          Remove
        </Button>
      </div>
    </div>
  );
}

interface MessageProps {
  readonly label: string;
  readonly button: string;
  readonly busy: boolean;
  /** `sent` empties the field: what the daemon did not take stays. */
  readonly onSend: (message: string, sent: () => void) => void;
  readonly onCancel?: () => void;
  readonly focus?: boolean;
}

function Message({ label, button, busy, onSend, onCancel, focus = false }: MessageProps): ReactNode {
  const [text, setText] = useState('');
  const send = (): void => {
    if (text.trim() !== '' && !busy) onSend(text, () => setText(''));
  };
  return (
    <>
      <Textarea
        aria-label={label}
        placeholder={label}
        value={text}
        rows={3}
        autoFocus={focus}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          if (event.key === 'Escape') onCancel?.();
        }}
      />
      <div className={classes.actions}>
        <Button size="compact-sm" disabled={busy || text.trim() === ''} onClick={send}>
          {button}
        </Button>
        {onCancel && (
          <Button size="compact-sm" variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </>
  );
}
