/** What the pages read, each as one hook. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';

import type {
  AnnotationGuideRead,
  BasicUser,
  CommentRead,
  ConflictRead,
  DataMetaRead,
  IssueRead,
  JobRead,
  Label,
  MediaRead,
  PaginatedTaskReadList,
  SessionInfo,
  SyncStatus,
  TaskRead,
  WatchRead,
} from '../../protocol/generated';
import {
  getContextNames,
  getGuide,
  getJob,
  getJobMeta,
  getMedia,
  getSession,
  getSync,
  getTask,
  getWatch,
  listComments,
  listConflicts,
  listIssues,
  listJobs,
  listLabels,
  listTasks,
  listUsers,
} from '../../protocol/resources';
import type { TaskQuery } from '../../protocol/resources';
import { useDaemon } from './context';
import { keys } from './keys';

/** Also hands the CSRF token to the client, so that a page which has the session can write. */
export function useSession(): UseQueryResult<SessionInfo> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.session,
    queryFn: async ({ signal }) => {
      const session = await getSession(client, signal);
      client.setCsrf(session.csrf);
      return session;
    },
    staleTime: 60_000,
  });
}

export function useUsers(): UseQueryResult<readonly BasicUser[]> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.users, queryFn: ({ signal }) => listUsers(client, signal), staleTime: 60_000 });
}

export function useTaskList(query: TaskQuery): UseQueryResult<PaginatedTaskReadList> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.taskList(query),
    queryFn: ({ signal }) => listTasks(client, query, signal),
    placeholderData: keepPreviousData,
  });
}

export function useTask(id: number): UseQueryResult<TaskRead> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.task(id), queryFn: ({ signal }) => getTask(client, id, signal) });
}

export function useJobs(taskId: number): UseQueryResult<readonly JobRead[]> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.jobs(taskId), queryFn: ({ signal }) => listJobs(client, taskId, signal) });
}

export function useLabels(taskId: number): UseQueryResult<readonly Label[]> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.labels(taskId), queryFn: ({ signal }) => listLabels(client, taskId, signal) });
}

export function useJob(id: number): UseQueryResult<JobRead> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.job(id), queryFn: ({ signal }) => getJob(client, id, signal) });
}

export function useJobMeta(id: number): UseQueryResult<DataMetaRead> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.jobMeta(id),
    queryFn: ({ signal }) => getJobMeta(client, id, signal),
    staleTime: Infinity,
  });
}

/** Paths of a frame's context images. */
export function useContextNames(taskId: number, frame: number, wanted: boolean): UseQueryResult<readonly string[]> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.context(taskId, frame),
    queryFn: ({ signal }) => getContextNames(client, taskId, frame, signal),
    staleTime: Infinity,
    enabled: wanted,
  });
}

/** What two people did to the same field of a job; the feed says when that changes. */
export function useConflicts(jobId: number): UseQueryResult<readonly ConflictRead[]> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.jobConflicts(jobId), queryFn: ({ signal }) => listConflicts(client, jobId, signal) });
}

/** What the annotators of a task, or of a project's tasks, are told. */
export function useGuide(id: number): UseQueryResult<AnnotationGuideRead> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.guide(id), queryFn: ({ signal }) => getGuide(client, id, signal) });
}

/** What is to be settled in a job, by frame; the feed says when that changes. */
export function useIssues(jobId: number): UseQueryResult<readonly IssueRead[]> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.jobIssues(jobId), queryFn: ({ signal }) => listIssues(client, jobId, signal) });
}

/** What is said about the issues of a job. */
export function useComments(jobId: number): UseQueryResult<readonly CommentRead[]> {
  const { client } = useDaemon();
  return useQuery({ queryKey: keys.jobComments(jobId), queryFn: ({ signal }) => listComments(client, jobId, signal) });
}

/** What of a task's media is on the daemon's machine; asked for only where something is missing. */
export function useMedia(taskId: number, wanted: boolean): UseQueryResult<MediaRead> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.media(taskId),
    queryFn: ({ signal }) => getMedia(client, taskId, signal),
    enabled: wanted,
  });
}

/** The watched folders. What only waits is not told of by the feed, so they are read again now and then. */
export function useWatch(): UseQueryResult<WatchRead> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.watch,
    queryFn: ({ signal }) => getWatch(client, signal),
    refetchInterval: ({ state: { data } }) =>
      data && (data.to_read > 0 || data.folders.some(({ waiting_count: waiting }) => waiting > 0)) ? 1_500 : 5_000,
  });
}

/** How the workspace stands to its remote; read every second while a sync is under way, else when the feed tells. */
export function useSync(): UseQueryResult<SyncStatus> {
  const { client } = useDaemon();
  return useQuery({
    queryKey: keys.sync,
    queryFn: ({ signal }) => getSync(client, signal),
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1_000 : false),
  });
}
