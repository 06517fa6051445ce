"""The note that a change is being written, so that the next opener can finish it or forget it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cvatcore.store.files import read_file, remove_file, replace_file, stamp
from cvatcore.store.operations import Operation


class Entry(msgspec.Struct, frozen=True):
    """A commit about to become the newest, and the files that the working tree must follow with."""

    commit: str
    before: str
    """The commit that it goes on top of; empty for the first one."""
    paths: tuple[str, ...]
    operation: Operation | None = None
    """The line that the operation log gets."""
    branch: str = ""
    """The name of the branch that is to be checked out, where the change is a switch to another one."""


class Journal:
    """One file in the local folder; it exists only while a change is under way, or after a crash."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_open(self) -> bool:
        """Whether a change was begun and not finished."""
        return self._path.exists()

    @property
    def begun_ns(self) -> int:
        """When the change was begun, in ns since 1970; 0 when none was."""
        return stamp(self._path)[0]

    def begin(self, entry: Entry) -> tuple[Path, ...]:
        """Note a change before the history moves. Returns what has to be made durable for it."""
        replace_file(self._path, msgspec.json.encode(entry), durable=False)
        return self._path, self._path.parent

    def read(self) -> Entry | None:
        """The change under way, or None. An unreadable note was never finished: it counts as none."""
        data = read_file(self._path)
        try:
            return None if data is None else msgspec.json.decode(data, type=Entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def end(self) -> None:
        """The change is in the history and in the working tree, or was never made."""
        remove_file(self._path)
