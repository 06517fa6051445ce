/** Making tasks: the requests, in the words of the daemon. */

import type { Client } from './client';
import type { DataResponse, RequestRead, ShareEntry, TaskRead } from './generated';

/** A label in CVAT's raw form, with all that its maker wrote. */
export type RawLabel = Readonly<Record<string, unknown>> & { readonly name: string };

export type Sorting = 'lexicographical' | 'natural' | 'predefined' | 'random';

/** What a task is made of; fields that are left out have the daemon's defaults. */
export interface TaskWrite {
  readonly name: string;
  readonly labels?: readonly RawLabel[];
  readonly project_id?: number;
  readonly subset?: string;
  readonly segment_size?: number;
  readonly overlap?: number;
}

export interface DataRequest {
  readonly image_quality?: number;
  readonly chunk_size?: number;
  readonly start_frame?: number;
  readonly stop_frame?: number;
  /** `step=N` */
  readonly frame_filter?: string;
  readonly server_files?: readonly string[];
  readonly remote_files?: readonly string[];
  readonly use_zip_chunks?: boolean;
  readonly sorting_method?: Sorting;
  readonly upload_file_order?: readonly string[];
}

export type FramesRequest = Pick<DataRequest, 'server_files' | 'sorting_method'>;

/** What became of frames that were to be added. */
export interface FramesResponse {
  /** The first new one. */
  readonly start_frame: number;
  readonly count: number;
  /** Those that the task had already. */
  readonly known: number;
}

/** A file of this computer, and the name that it gets in the task. */
export interface NamedFile {
  readonly file: File;
  /** With forward slashes; folders are kept. */
  readonly path: string;
}

export interface SendOptions {
  readonly onProgress?: (sent: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A project, as far as a form has to know it. */
export interface ProjectChoice {
  readonly id: number;
  readonly name: string;
}

export function createTask(client: Client, task: TaskWrite, signal?: AbortSignal): Promise<TaskRead> {
  return client.post<TaskRead>('/api/tasks', task, signal ? { signal } : {});
}

/** Where the files of a task that has no frames yet are sent. */
export function dataPlace(taskId: number): string {
  return `/api/tasks/${taskId}/data`;
}

/** Where files are sent that a task gets as more frames. */
export function framesPlace(taskId: number): string {
  return `/api/cvatd/tasks/${taskId}/frames/files`;
}

/** Says that files will come; those of an upload that was given up are forgotten. */
export async function startUpload(client: Client, place: string): Promise<void> {
  await client.post<unknown>(place, undefined, { headers: { 'Upload-Start': 'true' } });
}

export async function sendFiles(
  client: Client,
  place: string,
  files: readonly NamedFile[],
  options: SendOptions,
): Promise<void> {
  const form = new FormData();
  for (const [index, { file, path }] of files.entries()) form.append(`client_files[${index}]`, file, path);
  const headers = { 'Upload-Multiple': 'true' };
  await client.upload<unknown>(`${place}?folders=1`, form, { headers, ...options });
}

/** All is there, or is said where it is: the daemon starts to make the frames. */
export function finishData(client: Client, taskId: number, data: DataRequest): Promise<DataResponse> {
  return client.post<DataResponse>(`/api/tasks/${taskId}/data`, data, { headers: { 'Upload-Finish': 'true' } });
}

/** All is there, or is said where it is: the task gets it behind its frames. */
export function addFrames(client: Client, taskId: number, request: FramesRequest): Promise<FramesResponse> {
  return client.post<FramesResponse>(`/api/cvatd/tasks/${taskId}/frames`, request);
}

export function getRequest(client: Client, id: string, signal?: AbortSignal): Promise<RequestRead> {
  return client.get<RequestRead>(`/api/requests/${encodeURIComponent(id)}`, signal ? { signal } : {});
}

export async function cancelRequest(client: Client, id: string): Promise<void> {
  await client.post<unknown>(`/api/requests/${encodeURIComponent(id)}/cancel`, undefined);
}

/** What is in a folder of the share; `directory` begins and ends with a slash. */
export function listShare(client: Client, directory: string, signal?: AbortSignal): Promise<readonly ShareEntry[]> {
  return client.get<readonly ShareEntry[]>('/api/server/share', { query: { directory }, ...(signal ? { signal } : {}) });
}

export async function listProjects(client: Client, signal?: AbortSignal): Promise<readonly ProjectChoice[]> {
  const query = { page_size: 100_000 };
  const list = await client.get<{ readonly results: readonly ProjectChoice[] }>('/api/projects', {
    query,
    ...(signal ? { signal } : {}),
  });
  return list.results;
}
