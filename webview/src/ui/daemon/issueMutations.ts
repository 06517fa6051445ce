/** What reviewers and annotators do with issues. What the daemon refuses is said. */

import { useMutation } from '@tanstack/react-query';
import type { UseMutationResult } from '@tanstack/react-query';

import { messageOf } from '../../protocol/errors';
import type { CommentRead, IssueRead, IssueWrite } from '../../protocol/generated';
import { deleteIssue, openIssue, patchIssue, postComment } from '../../protocol/resources';
import { tellError } from '../shell/tell';
import { useDaemon } from './context';
import { keys } from './keys';

export type NewIssue = Pick<IssueWrite, 'frame' | 'position' | 'job' | 'message'>;

export function useOpenIssue(): UseMutationResult<IssueRead, Error, NewIssue> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: (issue: NewIssue) => openIssue(client, issue),
    onError: (error) => tellError('The issue was not opened', messageOf(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: keys.issues }),
  });
}

export function useComment(): UseMutationResult<CommentRead, Error, { readonly issue: number; readonly message: string }> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: ({ issue, message }) => postComment(client, issue, message),
    onError: (error) => tellError('The comment was not saved', messageOf(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: keys.issues }),
  });
}

export function useSetResolved(): UseMutationResult<IssueRead, Error, { readonly id: number; readonly resolved: boolean }> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: ({ id, resolved }) => patchIssue(client, id, { resolved }),
    onError: (error, { id }) => tellError(`Issue ${id} was not changed`, messageOf(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: keys.issues }),
  });
}

export function useDeleteIssue(): UseMutationResult<void, Error, number> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: (id: number) => deleteIssue(client, id),
    onError: (error, id) => tellError(`Issue ${id} was not removed`, messageOf(error)),
    onSettled: () => void queries.invalidateQueries({ queryKey: keys.issues }),
  });
}
