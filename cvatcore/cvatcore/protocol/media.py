"""Which media of a task are on the daemon's machine."""

from __future__ import annotations

import msgspec


class MediaSourceRead(msgspec.Struct, frozen=True):
    """A folder, an archive or a video that a task was made of."""

    kind: str
    path: str
    """As task.json has it: on the machine where the task was made."""
    place: str
    """Where it is looked for."""
    mapped: bool
    """Whether somebody said here that it lies there."""
    frames: int
    missing: int
    """Frames whose picture is not here."""
    unfetched: int
    """Those of them that are here as pointers of Git LFS."""
    first: str
    """The name of the first missing frame."""
    remedy: str
    """A command that brings what is missing; empty where nothing is."""


class MediaRead(msgspec.Struct, frozen=True):
    """`GET /cvatd/tasks/{id}/media`."""

    task_id: int
    frames: int
    missing: int
    sources: list[MediaSourceRead]
