/** Keeps the marks of the job's issues on the picture. */

import { useEffect } from 'react';
import type { ReactNode } from 'react';

import type { IssueRead } from '../../protocol/generated';
import { useIssues } from '../daemon/queries';
import { useEditorHandle } from './editorContext';

const NONE: readonly IssueRead[] = [];

export function IssueMarks({ jobId }: { readonly jobId: number }): ReactNode {
  const { commands } = useEditorHandle();
  const issues = useIssues(jobId).data ?? NONE;
  useEffect(() => commands.showIssues(issues), [commands, issues]);
  useEffect(() => () => commands.showIssues([]), [commands]);
  return null;
}
