// Generated from cvatcore.protocol by scripts/wire_types.py; do not edit.

export type InputType = "checkbox" | "number" | "radio" | "select" | "text";

export type JobStage = "acceptance" | "annotation" | "validation";

export type JobState = "completed" | "in progress" | "new" | "rejected";

export type JobStatus = "annotation" | "completed" | "validation";

export type JobType = "annotation" | "ground_truth";

export type ShapeType = "cuboid" | "ellipse" | "mask" | "points" | "polygon" | "polyline" | "rectangle" | "skeleton" | "tag";

export interface About {
  name: string;
  description: string;
  version: string;
  logo_url?: string;
  subtitle?: string;
}

export interface AnnotationGuidePatch {
  markdown?: string;
}

export interface AnnotationGuideRead {
  id: number;
  task_id: number | null;
  project_id: number | null;
  created_date: string;
  updated_date: string;
  markdown: string;
}

export interface AnnotationGuideWrite {
  task_id: number | null;
  project_id: number | null;
  markdown: string;
}

export interface AssetRead {
  uuid: string;
  filename: string;
  created_date: string;
  guide_id: number;
  owner?: BasicUser;
}

export interface AttributeVal {
  spec_id: number;
  value: string | number | boolean | null;
}

export interface BasicUser {
  url: string;
  id: number;
  username: string;
  first_name: string;
  last_name: string;
}

export interface ChangeEvent {
  kind: "annotations" | "conflicts" | "issues" | "job" | "media" | "sync" | "task" | "tasks" | "workspace";
  task_id: number;
  job_id: number;
  objects: number[] | null;
  client: string;
}

export interface ChangesRequest {
  client: string;
  put: LabeledData;
  delete: number[];
}

export interface ChangesResponse {
  revision: string;
}

export interface CommentPatch {
  message?: string;
}

export interface CommentRead {
  id: number;
  issue: number;
  owner: BasicUser | null;
  message: string;
  created_date: string;
  updated_date: string;
}

export interface CommentWrite {
  issue: number;
  message: string;
}

export interface ConflictFieldRead {
  field: string;
  title: string;
  base: string;
  ours: string;
  theirs: string;
  now: string;
}

export interface ConflictList {
  count: number;
  results: ConflictRead[];
}

export interface ConflictRead {
  id: string;
  kind: "guide" | "issue" | "job" | "keyframe" | "manifest" | "members" | "project" | "settings" | "shape" | "task" | "track";
  status: "changed since" | "gone" | "open";
  what: string;
  project_id: number;
  task_id: number;
  job_id: number;
  object_id: number;
  frame: number;
  can_keep_both: boolean;
  fields: ConflictFieldRead[];
  base: LabeledShape | null;
  theirs: LabeledShape | null;
}

export interface ContextRead {
  names: string[];
}

export interface DataMetaPatch {
  deleted_frames?: number[];
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
  chunks_updated_date?: string;
  storage?: "cloud_storage" | "local" | "share";
  cloud_storage_id?: number | null;
  chapters?: null;
}

export interface DataResponse {
  rq_id: string;
  image_quality: number;
  start_frame: number;
  stop_frame: number;
  frame_filter: string;
  server_files: string[];
  remote_files: string[];
  client_files: string[];
  sorting_method: string;
  use_zip_chunks: boolean;
  copy_data: boolean;
  chunk_size: number | null;
  size: number;
  use_cache: boolean;
  compressed_chunk_type: string;
  original_chunk_type: string;
  server_files_exclude: string[];
  storage_method: string;
  storage: string;
}

export interface DatasetFormat {
  name: string;
  ext: string;
  version: string;
  enabled: boolean;
  dimension: string;
}

export interface DatasetFormats {
  importers: DatasetFormat[];
  exporters: DatasetFormat[];
}

export interface FrameMeta {
  width: number;
  height: number;
  name: string;
  related_files: number;
  has_related_context: boolean;
}

export interface HelloEvent {
  instance: string;
}

export interface IdRange {
  first: number;
  count: number;
}

export interface IssuePatch {
  position?: number[];
  assignee?: number | null;
  resolved?: boolean;
}

export interface IssueRead {
  id: number;
  frame: number;
  position: number[];
  job: number;
  owner: BasicUser | null;
  assignee: BasicUser | null;
  created_date: string | null;
  updated_date: string | null;
  resolved: boolean;
  comments: Summary;
}

export interface IssueWrite {
  frame: number;
  position: number[];
  job: number;
  message: string;
  assignee: number | null;
  resolved: boolean;
}

export interface JobPatch {
  stage?: JobStage;
  state?: JobState;
  assignee?: number | null;
}

export interface JobRead {
  url: string;
  id: number;
  task_id: number;
  project_id: number | null;
  assignee: BasicUser | null;
  guide_id: number | null;
  dimension: string;
  bug_tracker: string | null;
  status: JobStatus;
  stage: JobStage;
  state: JobState;
  mode: string;
  frame_count: number;
  start_frame: number;
  stop_frame: number;
  data_chunk_size: number | null;
  data_compressed_chunk_type: string;
  created_date: string;
  updated_date: string;
  issues: Summary;
  labels: Summary;
  type: JobType;
  organization: number | null;
  task_name?: string | null;
  project_name?: string | null;
  media_type?: "image" | "point_cloud" | "video";
  data_original_chunk_type?: string;
  target_storage?: Storage | null;
  source_storage?: Storage | null;
  assignee_updated_date?: string | null;
  parent_job_id?: number | null;
  replicas_count?: number;
}

export interface JobsSummary {
  count: number;
  completed: number;
  validation: number;
  url: string;
}

export interface Label {
  id: number;
  name: string;
  color: string;
  attributes: LabelAttribute[];
  type: string;
  sublabels: Sublabel[];
  has_parent: boolean;
  parent_id: number | null;
  task_id?: number;
  project_id?: number;
  svg?: string;
}

export interface LabelAttribute {
  id: number;
  name: string;
  mutable: boolean;
  input_type: InputType;
  default_value: string;
  values: string[];
}

export interface LabeledData {
  version: number;
  tags: LabeledImage[];
  shapes: LabeledShape[];
  tracks: LabeledTrack[];
}

export interface LabeledImage {
  id: number | null;
  frame: number;
  label_id: number;
  group: number | null;
  source: string;
  attributes: AttributeVal[];
}

export interface LabeledShape {
  id: number | null;
  label_id: number;
  type: ShapeType;
  frame: number;
  group: number | null;
  source: string;
  occluded: boolean;
  outside: boolean;
  z_order: number;
  rotation: number;
  points: number[];
  attributes: AttributeVal[];
  elements: SubLabeledShape[];
  score?: number;
}

export interface LabeledTrack {
  id: number | null;
  frame: number;
  label_id: number;
  group: number | null;
  source: string;
  attributes: AttributeVal[];
  shapes: TrackedShape[];
  elements: SubLabeledTrack[];
}

export interface MediaRead {
  task_id: number;
  frames: number;
  missing: number;
  sources: MediaSourceRead[];
}

export interface MediaSourceRead {
  kind: string;
  path: string;
  place: string;
  mapped: boolean;
  frames: number;
  missing: number;
  unfetched: number;
  first: string;
  remedy: string;
}

export interface OperationList {
  results: OperationRead[];
  next_undo: string;
  next_redo: string;
}

export interface OperationRead {
  id: string;
  time: string;
  kind: "change" | "redo" | "switch" | "sync" | "undo";
  author: string;
  email: string;
  subject: string;
  before: string;
  after: string;
  branch: string;
  of: string;
  automatic: boolean;
  undone: boolean;
}

export interface PaginatedBasicUserList {
  count: number;
  next: string | null;
  previous: string | null;
  results: BasicUser[];
}

export interface PaginatedCommentReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: CommentRead[];
  unreadable?: UnreadableRead[];
}

export interface PaginatedIssueReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: IssueRead[];
  unreadable?: UnreadableRead[];
}

export interface PaginatedJobReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: JobRead[];
  unreadable?: UnreadableRead[];
}

export interface PaginatedLabelList {
  count: number;
  next: string | null;
  previous: string | null;
  results: Label[];
}

export interface PaginatedProjectReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: ProjectRead[];
}

export interface PaginatedRequestList {
  count: number;
  next: string | null;
  previous: string | null;
  results: RequestRead[];
}

export interface PaginatedTaskReadList {
  count: number;
  next: string | null;
  previous: string | null;
  results: TaskRead[];
  unreadable?: UnreadableRead[];
}

export interface Plugins {
  GIT_INTEGRATION: boolean;
  ANALYTICS: boolean;
  MODELS: boolean;
  PREDICT: boolean;
}

export interface ProjectRead {
  url: string;
  id: number;
  name: string;
  owner: BasicUser | null;
  assignee: BasicUser | null;
  guide_id: number | null;
  bug_tracker: string;
  task_subsets: string[];
  created_date: string;
  updated_date: string;
  status: JobStatus;
  dimension: string | null;
  organization: number | null;
  target_storage: Storage | null;
  source_storage: Storage | null;
  tasks: Summary;
  labels: Summary;
  organization_id?: number | null;
  assignee_updated_date?: string | null;
}

export interface RequestOperation {
  type: string;
  target: string;
  project_id: number | null;
  task_id: number | null;
  job_id: number | null;
  org_id: number | null;
  format: string | null;
  function_id: string | null;
  lightweight: boolean | null;
}

export interface RequestOwner {
  id: number;
  username: string;
}

export interface RequestRead {
  id: string;
  status: "failed" | "finished" | "queued" | "started";
  message: string;
  progress: number | null;
  operation: RequestOperation;
  created_date: string;
  started_date: string | null;
  finished_date: string | null;
  expiry_date: string | null;
  owner?: RequestOwner;
  result_url: string | null;
  result_id: number | null;
}

export interface ResolveRequest {
  choice: "both" | "ours" | "theirs";
}

export interface ResolveResponse {
  revision: string;
  added: number[];
}

export interface RqStatus {
  state: "Failed" | "Finished" | "Queued" | "Started";
  message: string;
  progress: number;
}

export interface SessionInfo {
  csrf: string;
  user: BasicUser;
  workspace: WorkspaceInfo;
  version: string;
  instance: string;
}

export interface ShareEntry {
  name: string;
  type: "DIR" | "REG";
  mime_type: string;
}

export interface Storage {
  id: number;
  location: "cloud_storage" | "local";
  cloud_storage_id: number | null;
}

export interface SubLabeledShape {
  id: number | null;
  label_id: number;
  type: ShapeType;
  frame: number;
  group: number | null;
  source: string;
  occluded: boolean;
  outside: boolean;
  z_order: number;
  rotation: number;
  points: number[];
  attributes: AttributeVal[];
}

export interface SubLabeledTrack {
  id: number | null;
  frame: number;
  label_id: number;
  group: number | null;
  source: string;
  attributes: AttributeVal[];
  shapes: TrackedShape[];
}

export interface Sublabel {
  id: number;
  name: string;
  color: string;
  attributes: LabelAttribute[];
  type: string;
  has_parent: boolean;
}

export interface Summary {
  count: number;
  url: string;
}

export interface SyncStatus {
  state: "failed" | "idle" | "running";
  remote: string;
  address: string;
  interval_minutes: number;
  on_job_completion: boolean;
  last: string;
  summary: string;
  error: string;
  hint: string;
  next: string;
  received: number;
  total: number;
  conflicts: number;
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
  status: JobStatus;
  guide_id: number | null;
  dimension: string;
  subset: string;
  organization: number | null;
  target_storage: Storage | null;
  source_storage: Storage | null;
  jobs: JobsSummary;
  labels: Summary;
  data_chunk_size?: number | null;
  data_compressed_chunk_type?: string;
  data_original_chunk_type?: string;
  size?: number;
  image_quality?: number;
  data?: number;
  project_name?: string | null;
  media_type?: "image" | "point_cloud" | "video";
  organization_id?: number | null;
  assignee_updated_date?: string | null;
  validation_mode?: string | null;
  initial_replicas?: number;
  data_cloud_storage_id?: number | null;
}

export interface TrackedShape {
  type: ShapeType;
  frame: number;
  occluded: boolean;
  outside: boolean;
  z_order: number;
  rotation: number;
  points: number[];
  attributes: AttributeVal[];
}

export interface UndoRequest {
  revision: string;
  operation: string;
}

export interface UndoResponse {
  revision: string;
  kept: string[];
  kind: "redo" | "undo";
  operation: string;
  of: string;
  subject: string;
}

export interface UnreadableRead {
  task_id: number;
  job_id: number;
  path: string;
  line: number;
  detail: string;
  hint: string;
}

export interface User {
  url: string;
  id: number;
  username: string;
  first_name: string;
  last_name: string;
  email: string;
  groups: string[];
  is_staff: boolean;
  is_superuser: boolean;
  is_active: boolean;
  last_login: string | null;
  date_joined: string;
  has_analytics_access?: boolean | null;
  email_verified?: boolean | null;
  primary_role?: string;
  planned_activities?: string[];
  data_types?: string[];
  discovery_source?: string;
}

export interface VideoRead {
  codec: string;
  width: number;
  height: number;
  quarter_turns: number;
  length: number;
  start: number;
  stop: number;
  step: number;
  fps: number;
  key_frames: number[];
  first_frames: number[];
  transcoded_run: number;
  transcoded_codec: string;
  transcoded_width: number;
  transcoded_height: number;
}

export interface WatchMoveRead {
  frame: number;
  before: string;
  now: string;
}

export interface WatchNoteRead {
  name: string;
  reason: string;
  frame: number | null;
}

export interface WatchRead {
  problem: string;
  read: number;
  to_read: number;
  folders: WatchedFolderRead[];
}

export interface WatchedFolderRead {
  folder: string;
  task_id: number;
  task_name: string;
  recursive: boolean;
  stable_seconds: number;
  problem: string;
  frames: number;
  waiting_count: number;
  waiting: string[];
  broken_count: number;
  broken: WatchNoteRead[];
  missing_count: number;
  missing: WatchNoteRead[];
  changed_count: number;
  changed: WatchNoteRead[];
  moved_count: number;
  moved: WatchMoveRead[];
  left_out_count: number;
  left_out: string[];
}

export interface WorkspaceInfo {
  id: string;
  name: string;
  path: string;
}
