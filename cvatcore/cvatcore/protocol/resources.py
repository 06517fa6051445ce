"""Tasks, jobs and labels on the wire. Source: the read models of CVAT 2.7.6 and 2.80; times are ISO 8601 in UTC."""

from __future__ import annotations

from typing import Literal

import msgspec

from cvatcore.protocol.people import BasicUser
from cvatcore.protocol.profiles import Newer
from cvatcore.schema import InputType, JobStage, JobState, JobStatus, JobType

MediaType = Literal["image", "video", "point_cloud"]
"""What a task's frames are."""


class JobsSummary(msgspec.Struct, frozen=True):
    """The jobs of a task, counted."""

    count: int
    completed: int
    validation: int
    url: str


class Summary(msgspec.Struct, frozen=True):
    """How many of something there are, and where they are listed."""

    count: int
    url: str


class Storage(msgspec.Struct, frozen=True):
    """Where exports go, or imports come from."""

    id: int
    location: Literal["local", "cloud_storage"]
    cloud_storage_id: int | None = None


class TaskRead(msgspec.Struct, frozen=True):
    """A task; one that has no frames yet goes without what can be told of frames only."""

    url: str
    id: int
    name: str
    project_id: int | None
    mode: str
    """`annotation` for pictures, `interpolation` for a video; empty without frames."""
    owner: BasicUser | None
    assignee: BasicUser | None
    bug_tracker: str
    created_date: str
    updated_date: str
    overlap: int | None
    segment_size: int
    status: JobStatus
    guide_id: int | None
    dimension: str
    subset: str
    organization: int | None
    target_storage: Storage | None
    source_storage: Storage | None
    jobs: JobsSummary
    labels: Summary
    data_chunk_size: int | msgspec.UnsetType | None = msgspec.UNSET
    data_compressed_chunk_type: str | msgspec.UnsetType = msgspec.UNSET
    data_original_chunk_type: str | msgspec.UnsetType = msgspec.UNSET
    size: int | msgspec.UnsetType = msgspec.UNSET
    image_quality: int | msgspec.UnsetType = msgspec.UNSET
    data: int | msgspec.UnsetType = msgspec.UNSET
    project_name: Newer[str | None] = msgspec.UNSET
    media_type: Newer[MediaType] = msgspec.UNSET
    organization_id: Newer[int | None] = msgspec.UNSET
    assignee_updated_date: Newer[str | None] = msgspec.UNSET
    validation_mode: Newer[str | None] = msgspec.UNSET
    """`gt` where a job of ground truth is there."""
    initial_replicas: Newer[int] = msgspec.UNSET
    data_cloud_storage_id: Newer[int | None] = msgspec.UNSET


class JobRead(msgspec.Struct, frozen=True):
    """A job. Frames are counted in the task."""

    url: str
    id: int
    task_id: int
    project_id: int | None
    assignee: BasicUser | None
    guide_id: int | None
    dimension: str
    bug_tracker: str | None
    status: JobStatus
    stage: JobStage
    state: JobState
    mode: str
    frame_count: int
    start_frame: int
    stop_frame: int
    data_chunk_size: int | None
    data_compressed_chunk_type: str
    created_date: str
    updated_date: str
    issues: Summary
    labels: Summary
    type: JobType
    organization: int | None = None
    task_name: Newer[str | None] = msgspec.UNSET
    project_name: Newer[str | None] = msgspec.UNSET
    media_type: Newer[MediaType] = msgspec.UNSET
    data_original_chunk_type: Newer[str] = msgspec.UNSET
    target_storage: Newer[Storage | None] = msgspec.UNSET
    source_storage: Newer[Storage | None] = msgspec.UNSET
    assignee_updated_date: Newer[str | None] = msgspec.UNSET
    parent_job_id: Newer[int | None] = msgspec.UNSET
    replicas_count: Newer[int] = msgspec.UNSET


class JobPatch(msgspec.Struct, frozen=True):
    """What `PATCH /jobs/{id}` may change; `assignee` is a user's id, null for nobody."""

    stage: JobStage | msgspec.UnsetType = msgspec.UNSET
    state: JobState | msgspec.UnsetType = msgspec.UNSET
    assignee: int | msgspec.UnsetType | None = msgspec.UNSET


class LabelAttribute(msgspec.Struct, frozen=True):
    """An attribute of a label."""

    id: int
    name: str
    mutable: bool
    input_type: InputType
    default_value: str
    values: list[str]


class Sublabel(msgspec.Struct, frozen=True):
    """A joint of a skeleton, within its label."""

    id: int
    name: str
    color: str
    attributes: list[LabelAttribute]
    type: str
    has_parent: bool = True


class Label(msgspec.Struct, frozen=True):
    """A label; exactly one of `task_id` and `project_id` is there."""

    id: int
    name: str
    color: str
    attributes: list[LabelAttribute]
    type: str
    sublabels: list[Sublabel]
    has_parent: bool
    parent_id: int | None
    task_id: int | msgspec.UnsetType = msgspec.UNSET
    project_id: int | msgspec.UnsetType = msgspec.UNSET
    svg: str | msgspec.UnsetType = msgspec.UNSET


class UnreadableRead(msgspec.Struct, frozen=True):
    """A task or a job that cannot be listed, and the file at fault."""

    task_id: int
    job_id: int
    """0 when it is the task."""
    path: str
    """Relative to the workspace."""
    line: int
    """From 1; 0 where it is not known."""
    detail: str
    """What is wrong, with the place."""
    hint: str
    """What to do about it."""


class PaginatedTaskReadList(msgspec.Struct, frozen=True):
    """A page of tasks."""

    count: int
    next: str | None
    previous: str | None
    results: list[TaskRead]
    unreadable: list[UnreadableRead] | msgspec.UnsetType = msgspec.UNSET
    """Those of the page that cannot be read; absent where all can."""


class PaginatedJobReadList(msgspec.Struct, frozen=True):
    """A page of jobs."""

    count: int
    next: str | None
    previous: str | None
    results: list[JobRead]
    unreadable: list[UnreadableRead] | msgspec.UnsetType = msgspec.UNSET
    """As that of tasks."""


class PaginatedLabelList(msgspec.Struct, frozen=True):
    """A page of labels."""

    count: int
    next: str | None
    previous: str | None
    results: list[Label]


class PaginatedBasicUserList(msgspec.Struct, frozen=True):
    """A page of users."""

    count: int
    next: str | None
    previous: str | None
    results: list[BasicUser]
