// generated; do not edit

export type JobStage = 'annotation' | 'validation' | 'acceptance';
export type JobState = 'new' | 'in progress' | 'rejected' | 'completed';
export type ShapeType =
  | 'rectangle'
  | 'polygon'
  | 'polyline'
  | 'points'
  | 'ellipse'
  | 'cuboid'
  | 'mask'
  | 'skeleton';

export interface BasicUser {
  url: string;
  id: number;
  username: string;
  first_name: string;
  last_name: string;
}

export interface LabelAttribute {
  id: number;
  name: string;
  mutable: boolean;
  input_type: string;
  default_value: string;
  values: string[];
}

export interface Label {
  id: number;
  name: string;
  color: string;
  type: string;
  attributes: LabelAttribute[];
  sublabels: Label[];
  has_parent: boolean;
  parent_id: number | null;
  task_id?: number;
  project_id?: number;
}

export interface JobsSummary {
  count: number;
  completed: number;
  validation: number;
  url: string;
}

export interface TaskRead {
  url: string;
  id: number;
  name: string;
  project_id: number | null;
  mode: string;
  owner: BasicUser | null;
  assignee: BasicUser | null;
  bug_tracker: string;
  created_date: string;
  updated_date: string;
  overlap: number | null;
  segment_size: number;
  status: string;
  subset: string;
  size: number;
  dimension: string;
  jobs: JobsSummary;
}

export interface JobRead {
  url: string;
  id: number;
  task_id: number;
  project_id: number | null;
  assignee: BasicUser | null;
  dimension: string;
  mode: string;
  status: string;
  stage: JobStage;
  state: JobState;
  type: string;
  start_frame: number;
  stop_frame: number;
  frame_count: number;
  created_date: string;
  updated_date: string;
}

export interface PaginatedTaskReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: TaskRead[];
}

export interface PaginatedJobReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: JobRead[];
}

export interface PaginatedLabelList {
  count: number;
  next: string | null;
  previous: string | null;
  results: Label[];
}

export interface PaginatedBasicUserList {
  count: number;
  next: string | null;
  previous: string | null;
  results: BasicUser[];
}

export interface FrameMeta {
  width: number;
  height: number;
  name: string;
  related_files: number;
  has_related_context: boolean;
}

export interface DataMetaRead {
  chunk_size: number;
  size: number;
  image_quality: number;
  start_frame: number;
  stop_frame: number;
  frame_filter: string;
  frames: FrameMeta[];
  deleted_frames: number[];
  included_frames: number[] | null;
}

export interface AttributeVal {
  spec_id: number;
  value: string;
}

export interface LabeledImage {
  id: number;
  frame: number;
  label_id: number;
  group: number | null;
  source: string;
  attributes: AttributeVal[];
}

export interface LabeledShape {
  id: number;
  type: ShapeType;
  frame: number;
  label_id: number;
  group: number | null;
  source: string;
  occluded: boolean;
  outside: boolean;
  z_order: number;
  rotation: number;
  points: number[];
  attributes: AttributeVal[];
  elements: LabeledShape[];
}

export interface TrackedShape {
  id?: number;
  type: ShapeType;
  frame: number;
  occluded: boolean;
  outside: boolean;
  z_order: number;
  rotation: number;
  points: number[];
  attributes: AttributeVal[];
}

export interface LabeledTrack {
  id: number;
  frame: number;
  label_id: number;
  group: number | null;
  source: string;
  attributes: AttributeVal[];
  shapes: TrackedShape[];
  elements: LabeledTrack[];
}

export interface LabeledData {
  version: number;
  tags: LabeledImage[];
  shapes: LabeledShape[];
  tracks: LabeledTrack[];
}

export interface Workspace {
  name: string;
  path: string;
}

export interface SessionInfo {
  csrf: string;
  user: BasicUser;
  workspace: Workspace;
  version: string;
  instance: string;
}

export interface IdRange {
  first: number;
  count: number;
}

export interface ChangesPut {
  tags: LabeledImage[];
  shapes: LabeledShape[];
  tracks: LabeledTrack[];
}

export interface ChangesRequest {
  client: string;
  put: ChangesPut;
  delete: number[];
}

export interface ChangesResponse {
  revision: string;
}

export interface HelloEvent {
  instance: string;
  revision: string;
}

export type ChangeEvent =
  | { kind: 'annotations'; task_id: number; job_id: number; objects: number[] | null; client: string }
  | { kind: 'job'; task_id: number; job_id: number }
  | { kind: 'task'; task_id: number }
  | { kind: 'tasks' };
