"""What a restore did, or would do."""

from __future__ import annotations

import msgspec

from cvatcore.edit import Counts


class RestoredItem(msgspec.Struct, frozen=True):
    """One thing that was brought back, or would be."""

    title: str
    """What it is, in words: `task 3, street`."""
    kind: str
    """`task`, `job`, `project`, `object` or `file`."""
    number: int
    path: str
    """Of a file; empty for all else."""
    task: int
    """The task that it is or that it belongs to; 0 for none."""
    source: str
    """The commit that it is taken from."""
    subject: str
    """What that commit did."""
    time: int
    """When it was made, in seconds since 1970."""
    files: int
    """How many files it changes."""
    objects: Counts
    """What it does to the objects there are now."""

    @property
    def is_empty(self) -> bool:
        """Whether it is as it was then already."""
        return not self.files


class Restored(msgspec.Struct, frozen=True):
    """What a restore did, or would do."""

    items: tuple[RestoredItem, ...]
    commit: str = ""
    """Empty when nothing was written."""
    hand_edits: str = ""
    """The commit that keeps what was edited by hand and not committed, where there was such a thing."""
    paths: tuple[str, ...] = ()
    """The files that it changes, sorted."""
