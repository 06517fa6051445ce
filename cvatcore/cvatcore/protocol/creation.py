"""Making tasks, on the wire. Source: CVAT 2.7.6's and 2.80's request and read models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from cvatcore.protocol.writes import LabelWrite, Number, StorageWrite
from cvatcore.schema import Sorting

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
ShortText = Annotated[str, msgspec.Meta(max_length=256)]
SubsetText = Annotated[str, msgspec.Meta(max_length=64)]


class TaskWrite(msgspec.Struct, frozen=True):
    """What `POST /tasks` takes; what CVAT knows besides and cvatd has no place for is passed over."""

    name: ShortText
    labels: list[LabelWrite] = []
    """Either these or a project."""
    project_id: Number | None = None
    owner_id: Number | None = None
    assignee_id: Number | None = None
    bug_tracker: Text = ""
    overlap: Count | None = None
    segment_size: Count | None = None
    subset: SubsetText = ""
    source_storage: StorageWrite | None = None
    target_storage: StorageWrite | None = None


class TaskPatch(msgspec.Struct, frozen=True):
    """What `PATCH /tasks/{id}` may change; people who are null are nobody.

    With a project the labels say which of its labels they become, by id and name; without one they are changed.
    """

    name: ShortText | msgspec.UnsetType = msgspec.UNSET
    subset: SubsetText | msgspec.UnsetType = msgspec.UNSET
    assignee_id: Number | msgspec.UnsetType | None = msgspec.UNSET
    owner_id: Number | msgspec.UnsetType | None = msgspec.UNSET
    project_id: Number | msgspec.UnsetType | None = msgspec.UNSET
    bug_tracker: Text | msgspec.UnsetType = msgspec.UNSET
    labels: list[LabelWrite] | msgspec.UnsetType = msgspec.UNSET
    source_storage: StorageWrite | msgspec.UnsetType | None = msgspec.UNSET
    target_storage: StorageWrite | msgspec.UnsetType | None = msgspec.UNSET


class DataRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which media a task is made of, and how."""

    image_quality: Percent = 70
    chunk_size: Count | None = None
    """0 and null: as many as fit."""
    start_frame: Count = 0
    stop_frame: Count | None = None
    """0 counts as absent, as in CVAT: to the end."""
    frame_filter: ShortText = ""
    """`step=N`, or nothing."""
    server_files: list[str] = []
    """Files and folders of the share, by their paths below it."""
    server_files_exclude: list[str] = []
    remote_files: list[str] = []
    """Addresses with http or https."""
    use_zip_chunks: bool = False
    use_cache: bool = False
    """All chunks are made when they are asked for: passed over."""
    copy_data: bool = False
    cloud_storage_id: int | None = None
    sorting_method: Sorting = "lexicographical"
    filename_pattern: str | None = None
    job_file_mapping: list[list[str]] | None = None
    upload_file_order: list[str] | None = None
    validation_params: dict[str, Any] | None = None


class DataResponse(msgspec.Struct, frozen=True):
    """The answer to media that a task is about to be made of."""

    rq_id: str
    """Of the request that can be asked for."""
    image_quality: int
    start_frame: int
    stop_frame: int
    frame_filter: str
    server_files: list[str]
    remote_files: list[str]
    client_files: list[str]
    sorting_method: str
    use_zip_chunks: bool
    copy_data: bool
    chunk_size: int | None = None
    size: int = 0
    use_cache: bool = True
    compressed_chunk_type: str = "imageset"
    original_chunk_type: str = "imageset"
    server_files_exclude: list[str] = []
    storage_method: str = "cache"
    storage: str = "local"


RqState = Literal["Queued", "Started", "Finished", "Failed"]


class RqStatus(msgspec.Struct, frozen=True):
    """How far the making of a task is, as CVAT 2.7.6 tells it; `progress` is from 0 to 1."""

    state: RqState
    message: str = ""
    progress: float = 0.0


RequestState = Literal["queued", "started", "failed", "finished"]


class RequestOwner(msgspec.Struct, frozen=True):
    """Who asked for something."""

    id: int
    username: str


class RequestOperation(msgspec.Struct, frozen=True):
    """What was asked for."""

    type: str
    target: str
    project_id: int | None = None
    task_id: int | None = None
    job_id: int | None = None
    org_id: int | None = None
    format: str | None = None
    function_id: str | None = None
    lightweight: bool | None = None


class RequestRead(msgspec.Struct, frozen=True):
    """Something that is done in the background."""

    id: str
    status: RequestState
    message: str
    """Why it failed, a sentence; empty otherwise."""
    progress: float | None
    """From 0 to 1."""
    operation: RequestOperation
    created_date: str
    started_date: str | None
    finished_date: str | None
    expiry_date: str | None
    owner: RequestOwner | msgspec.UnsetType = msgspec.UNSET
    result_url: str | None = None
    result_id: int | None = None


class PaginatedRequestList(msgspec.Struct, frozen=True):
    """A page of requests."""

    count: int
    next: str | None
    previous: str | None
    results: list[RequestRead]


class ShareEntry(msgspec.Struct, frozen=True):
    """A file or folder of the share."""

    name: str
    type: Literal["DIR", "REG"]
    mime_type: str
    """`DIR`, `image`, `video`, `archive`, `pdf`, `point_cloud` or `unknown`."""
