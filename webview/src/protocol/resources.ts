/** The daemon's resources as calls: one function a request, in the terms of the wire types. */

import type { Client } from './client';
import type {
  AnnotationGuideRead,
  BasicUser,
  CommentRead,
  ConflictList,
  ConflictRead,
  ContextRead,
  DataMetaRead,
  IssuePatch,
  IssueRead,
  IssueWrite,
  JobRead,
  JobStage,
  JobState,
  Label,
  MediaRead,
  PaginatedBasicUserList,
  PaginatedCommentReadList,
  PaginatedIssueReadList,
  PaginatedJobReadList,
  PaginatedLabelList,
  PaginatedTaskReadList,
  ResolveRequest,
  ResolveResponse,
  SessionInfo,
  SyncStatus,
  TaskRead,
  UndoResponse,
  WatchRead,
} from './generated';

export interface TaskQuery {
  readonly page: number;
  readonly page_size: number;
  readonly search: string;
  /** A field of the task, with "-" before it for the other direction. */
  readonly sort: string;
}

/** What of a job a person may change; a field that is left out stays. */
export interface JobPatch {
  readonly state?: JobState;
  readonly stage?: JobStage;
  /** User id, or null for nobody. */
  readonly assignee?: number | null;
}

/** Larger than any list here, smaller than what would be a mistake: jobs of a task, labels, users. */
const ALL = 100_000;

export function getSession(client: Client, signal?: AbortSignal): Promise<SessionInfo> {
  return client.get<SessionInfo>('/api/cvatd/session', abortable(signal));
}

export function listTasks(client: Client, query: TaskQuery, signal?: AbortSignal): Promise<PaginatedTaskReadList> {
  return client.get<PaginatedTaskReadList>('/api/tasks', { query: { ...query }, ...abortable(signal) });
}

export function getTask(client: Client, id: number, signal?: AbortSignal): Promise<TaskRead> {
  return client.get<TaskRead>(`/api/tasks/${id}`, abortable(signal));
}

export function deleteTask(client: Client, id: number): Promise<void> {
  return client.delete(`/api/tasks/${id}`);
}

export async function listJobs(client: Client, taskId: number, signal?: AbortSignal): Promise<readonly JobRead[]> {
  const query = { task_id: taskId, page_size: ALL, sort: 'id' };
  return (await client.get<PaginatedJobReadList>('/api/jobs', { query, ...abortable(signal) })).results;
}

export function getJob(client: Client, id: number, signal?: AbortSignal): Promise<JobRead> {
  return client.get<JobRead>(`/api/jobs/${id}`, abortable(signal));
}

export function patchJob(client: Client, id: number, patch: JobPatch): Promise<JobRead> {
  return client.patch<JobRead>(`/api/jobs/${id}`, patch);
}

export function getGuide(client: Client, id: number, signal?: AbortSignal): Promise<AnnotationGuideRead> {
  return client.get<AnnotationGuideRead>(`/api/guides/${id}`, abortable(signal));
}

export async function listIssues(client: Client, jobId: number, signal?: AbortSignal): Promise<readonly IssueRead[]> {
  const query = { job_id: jobId, page_size: ALL, sort: 'frame_id,id' };
  return (await client.get<PaginatedIssueReadList>('/api/issues', { query, ...abortable(signal) })).results;
}

/** What is said about the issues of a job, oldest first. */
export async function listComments(client: Client, jobId: number, signal?: AbortSignal): Promise<readonly CommentRead[]> {
  const query = { job_id: jobId, page_size: ALL, sort: 'id' };
  return (await client.get<PaginatedCommentReadList>('/api/comments', { query, ...abortable(signal) })).results;
}

export function openIssue(client: Client, issue: Pick<IssueWrite, 'frame' | 'position' | 'job' | 'message'>): Promise<IssueRead> {
  return client.post<IssueRead>('/api/issues', issue);
}

export function patchIssue(client: Client, id: number, patch: IssuePatch): Promise<IssueRead> {
  return client.patch<IssueRead>(`/api/issues/${id}`, patch);
}

export function deleteIssue(client: Client, id: number): Promise<void> {
  return client.delete(`/api/issues/${id}`);
}

export function postComment(client: Client, issue: number, message: string): Promise<CommentRead> {
  return client.post<CommentRead>('/api/comments', { issue, message });
}

export async function listLabels(client: Client, taskId: number, signal?: AbortSignal): Promise<readonly Label[]> {
  const query = { task_id: taskId, page_size: ALL };
  return (await client.get<PaginatedLabelList>('/api/labels', { query, ...abortable(signal) })).results;
}

export async function listUsers(client: Client, signal?: AbortSignal): Promise<readonly BasicUser[]> {
  const query = { page_size: ALL };
  return (await client.get<PaginatedBasicUserList>('/api/users', { query, ...abortable(signal) })).results;
}

export function getJobMeta(client: Client, id: number, signal?: AbortSignal): Promise<DataMetaRead> {
  return client.get<DataMetaRead>(`/api/jobs/${id}/data/meta`, abortable(signal));
}

export async function getContextNames(client: Client, taskId: number, frame: number, signal?: AbortSignal): Promise<readonly string[]> {
  return (await client.get<ContextRead>(`/api/cvatd/tasks/${taskId}/context/${frame}`, abortable(signal))).names;
}

export function getMedia(client: Client, taskId: number, signal?: AbortSignal): Promise<MediaRead> {
  return client.get<MediaRead>(`/api/cvatd/tasks/${taskId}/media`, abortable(signal));
}

export function getSync(client: Client, signal?: AbortSignal): Promise<SyncStatus> {
  return client.get<SyncStatus>('/api/cvatd/sync', abortable(signal));
}

export function getWatch(client: Client, signal?: AbortSignal): Promise<WatchRead> {
  return client.get<WatchRead>('/api/cvatd/watch', abortable(signal));
}

export function startSync(client: Client): Promise<SyncStatus> {
  return client.post<SyncStatus>('/api/cvatd/sync', {});
}

/** What two people did to the same field of a job, with the shapes to be drawn. */
export async function listConflicts(client: Client, jobId: number, signal?: AbortSignal): Promise<readonly ConflictRead[]> {
  const query = { job: jobId };
  return (await client.get<ConflictList>('/api/cvatd/conflicts', { query, ...abortable(signal) })).results;
}

export function resolveConflict(client: Client, id: string, choice: ResolveRequest['choice']): Promise<ResolveResponse> {
  return client.post<ResolveResponse>(`/api/cvatd/conflicts/${id}/resolve`, { choice });
}

/** Takes back what was done as a commit, in a commit of its own. */
export function takeBack(client: Client, revision: string): Promise<UndoResponse> {
  return client.post<UndoResponse>('/api/cvatd/undo', { revision });
}

export function taskPreviewAddress(id: number): string {
  return `/api/tasks/${id}/preview`;
}

export function jobPreviewAddress(id: number): string {
  return `/api/jobs/${id}/preview`;
}

function abortable(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
