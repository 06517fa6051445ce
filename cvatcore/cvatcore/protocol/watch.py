"""The folders that are watched on the daemon's machine, and how they stand."""

from __future__ import annotations

import msgspec


class WatchNoteRead(msgspec.Struct, frozen=True):
    """A file that is not as it should be, and why."""

    name: str
    """Its path in the folder."""
    reason: str
    frame: int | None = None
    """The frame that it is of; null for a file that is none."""


class WatchMoveRead(msgspec.Struct, frozen=True):
    """A frame whose file was found under another path."""

    frame: int
    before: str
    now: str


class WatchedFolderRead(msgspec.Struct, frozen=True):
    """One watched folder, as it was when it was last looked at. Of long lists the first names are told."""

    folder: str
    task_id: int
    task_name: str
    recursive: bool
    stable_seconds: float
    problem: str
    """Why nothing can be taken: the folder is gone, say; empty where all is well."""
    frames: int
    """Frames of the task whose files lie there."""
    waiting_count: int
    waiting: list[str]
    """Files that will become frames when they are complete."""
    broken_count: int
    broken: list[WatchNoteRead]
    """Files that cannot become frames as they are."""
    missing_count: int
    missing: list[WatchNoteRead]
    changed_count: int
    changed: list[WatchNoteRead]
    """Frames whose file has other contents."""
    moved_count: int
    moved: list[WatchMoveRead]
    """Frames that were found again since the daemon started; the last ones."""
    left_out_count: int
    left_out: list[str]
    """Files that are no frames of a folder: videos, archives, documents."""


class WatchRead(msgspec.Struct, frozen=True):
    """`GET /cvatd/watch`."""

    problem: str
    """Why no folder can be watched; empty where all is well."""
    read: int
    """Files read of those that are being taken now."""
    to_read: int
    """How many those are; 0 when none are taken now."""
    folders: list[WatchedFolderRead]
