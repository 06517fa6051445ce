"""What the frames of a task or job are, on the wire. Source: CVAT 2.7.6."""

from __future__ import annotations

import msgspec


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


class DataMetaPatch(msgspec.Struct, frozen=True):
    """What `PATCH /…/data/meta` may change."""

    deleted_frames: list[int] | msgspec.UnsetType = msgspec.UNSET
    """All deleted frames, counted in the task."""


class About(msgspec.Struct, frozen=True):
    """`GET /server/about`."""

    name: str
    description: str
    version: str
    """The version of CVAT whose API this is, so that clients do not warn."""
