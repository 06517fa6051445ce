/** What the pages change. A change shows at once; when the daemon refuses it, it is taken back and said so. */

import { useMutation } from '@tanstack/react-query';
import type { UseMutationResult } from '@tanstack/react-query';

import { messageOf } from '../../protocol/errors';
import type { BasicUser, JobRead, ResolveResponse, SyncStatus, UndoResponse } from '../../protocol/generated';
import { deleteTask, patchJob, resolveConflict, startSync, takeBack } from '../../protocol/resources';
import type { JobPatch } from '../../protocol/resources';
import { tellError } from '../shell/tell';
import { useDaemon } from './context';
import { keys } from './keys';

interface JobChange {
  readonly job: JobRead;
  readonly patch: JobPatch;
}

/** The job as the daemon will answer it: a new stage without a state starts the state anew. */
export function patchedJob(job: JobRead, patch: JobPatch, users: readonly BasicUser[]): JobRead {
  const stage = patch.stage ?? job.stage;
  const state = patch.state ?? (stage === job.stage ? job.state : 'new');
  if (patch.assignee === undefined) return { ...job, stage, state };
  return { ...job, stage, state, assignee: users.find((user) => user.id === patch.assignee) ?? null };
}

export function usePatchJob(): UseMutationResult<JobRead, Error, JobChange, () => void> {
  const { client, queries } = useDaemon();

  const show = (job: JobRead): void => {
    queries.setQueryData<JobRead>(keys.job(job.id), (old) => old && job);
    queries.setQueryData<readonly JobRead[]>(keys.jobs(job.task_id), (old) =>
      old?.map((other) => (other.id === job.id ? job : other)),
    );
  };

  return useMutation({
    // One after another: a new stage sets the state anew, so the order of two quick changes matters.
    scope: { id: 'jobs' },
    mutationFn: ({ job, patch }: JobChange) => patchJob(client, job.id, patch),
    onMutate: async ({ job, patch }) => {
      await Promise.all([
        queries.cancelQueries({ queryKey: keys.job(job.id), exact: true }),
        queries.cancelQueries({ queryKey: keys.jobs(job.task_id) }),
      ]);
      show(patchedJob(job, patch, queries.getQueryData<readonly BasicUser[]>(keys.users) ?? []));
      return () => show(job);
    },
    onError: (error, { job }, undo) => {
      undo?.();
      tellError(`Job #${job.id} was not changed`, messageOf(error));
    },
    onSuccess: show,
    onSettled: (_answer, _error, { job }) => {
      void queries.invalidateQueries({ queryKey: keys.task(job.task_id), exact: true });
      void queries.invalidateQueries({ queryKey: keys.tasks });
    },
  });
}

export type ConflictChoice = 'ours' | 'theirs' | 'both';

interface ConflictChange {
  readonly id: string;
  readonly choice: ConflictChoice;
}

/** Chooses a side of a conflict: one commit, which `useTakeBack` takes back. */
export function useResolveConflict(): UseMutationResult<ResolveResponse, Error, ConflictChange> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: ({ id, choice }: ConflictChange) => resolveConflict(client, id, choice),
    onError: (error) => tellError('The conflict was not resolved', messageOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.conflicts }),
  });
}

export function useTakeBack(): UseMutationResult<UndoResponse, Error, string> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: (revision: string) => takeBack(client, revision),
    onSuccess: ({ kept }) => {
      for (const sentence of kept) tellError('Something stayed as it is', sentence);
    },
    onError: (error) => tellError('It was not taken back', messageOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.conflicts }),
  });
}

/** Starts a sync with the remote; how it goes is read with `useSync`. */
export function useStartSync(): UseMutationResult<SyncStatus, Error, void> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: () => startSync(client),
    onSuccess: (status) => queries.setQueryData(keys.sync, status),
    onError: (error) => tellError('The sync was not started', messageOf(error)),
  });
}

export function useDeleteTask(): UseMutationResult<void, Error, number> {
  const { client, queries } = useDaemon();
  return useMutation({
    mutationFn: (id: number) => deleteTask(client, id),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.tasks }),
  });
}
