"""What the frames of a task or job are, on the wire. Source: CVAT 2.7.6 and 2.80."""

from __future__ import annotations

from typing import Literal

import msgspec

from cvatcore.protocol.profiles import Newer


class FrameMeta(msgspec.Struct, frozen=True):
    """One frame; width and height of the upright picture in pixels."""

    width: int
    height: int
    name: str
    related_files: int
    has_related_context: bool


class DataMetaRead(msgspec.Struct, frozen=True):
    """The frames of a task or of a job's range; a video has one entry for all of its frames."""

    chunk_size: int
    size: int
    image_quality: int
    start_frame: int
    stop_frame: int
    frame_filter: str
    frames: list[FrameMeta]
    deleted_frames: list[int]
    included_frames: list[int] | None = None
    chunks_updated_date: Newer[str] = msgspec.UNSET
    """When the frames last became others."""
    storage: Newer[Literal["local", "share", "cloud_storage"]] = msgspec.UNSET
    cloud_storage_id: Newer[int | None] = msgspec.UNSET
    chapters: Newer[None] = msgspec.UNSET
    """Of a video; they are not read."""


class DataMetaPatch(msgspec.Struct, frozen=True):
    """What `PATCH /…/data/meta` may change."""

    deleted_frames: list[int] | msgspec.UnsetType = msgspec.UNSET
    """All deleted frames, counted in the task."""
