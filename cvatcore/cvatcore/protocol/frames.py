"""Adding frames to a task, on the wire; CVAT has no such thing."""

from __future__ import annotations

import msgspec

from cvatcore.schema import Sorting


class FramesRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which frames a task gets besides those that it has: what was uploaded for it, or files of the share."""

    server_files: list[str] = []
    """Files and folders of the share, by their paths below it."""
    server_files_exclude: list[str] = []
    sorting_method: Sorting = "lexicographical"
    """Of the new frames among themselves; predefined: as they were uploaded or named."""


class FramesResponse(msgspec.Struct, frozen=True):
    """What became of frames that were to be added."""

    start_frame: int
    """The first new frame: what the task had keeps its numbers."""
    count: int
    """New frames."""
    known: int
    """Those that the task had already."""
    jobs: list[int]
    """Jobs that were made, or got more frames."""
