"""What is known of the files that were sent for one thing, in memory and in the list on the disk."""

from __future__ import annotations

import msgspec

from cvatd.tus.partials import Partial, Turn

Area = int | str
"""What files are sent for, a folder each: the id of the task that is to get frames, or a word of another's."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of `names.jsonl`: a file that is there, whole."""

    name: str
    bytes: int
    upload: str = ""
    """The id of the resumable upload by which it came. Its bytes get to their place after the line is written."""


class UploadState:
    """What is known of one upload. Read and changed by who holds it, with `Uploads.held`."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        """Lengths by name, in the order of arrival."""
        self.total = 0
        self.receiving = 0
        """Requests that send files for it right now, in forms."""
        self.is_closed = False
        """Whether something is being made of what came."""
        self.is_dropped = False
        """Whether it was removed: what still comes for it counts no more."""
        self.open: dict[str, Partial] = {}
        """Files that came in part, by their ids."""
        self.whole: dict[str, Partial] = {}
        """Those that are whole, with the names that they got."""
        self.turns: dict[str, Turn] = {}
        """Of open files that something was sent of; one stays as long as its file is open."""

    @property
    def is_writing(self) -> bool:
        """Whether bytes of resumable uploads are coming in."""
        return any(turn.holder is not None for turn in self.turns.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to know."""
        return not (self.kept or self.receiving or self.is_closed or self.open or self.whole)
