"""Files of one request on their way to the disk, and how much is taken."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.store.files import storage_failed
from cvatd.refusals import Refused
from cvatd.upload_names import upload_name


class UploadLimits(msgspec.Struct, frozen=True):
    """How much is taken, in bytes and files."""

    file_bytes: int = 256 * 1024**3
    task_bytes: int = 1024 * 1024**3
    task_files: int = 2_000_000
    free_bytes: int = 256 * 1024**2
    """What is left on the disk at the least: commits must go on."""
    open_parts: int = 1000
    """Files of one upload that came in part."""


class Receiving:
    """The files of one request, on their way to the disk."""

    def __init__(self, folder: Path, *, room: int, limits: UploadLimits) -> None:
        self.files: dict[str, Path] = {}
        """Where each lies for now, by its name."""
        self._folder = folder
        self._room = room
        self._limits = limits
        self._writer: _Writer | None = None

    def open(self, given: str, *, keep_folders: bool = False) -> _Writer:
        """Begin a file with the name that the client gave it; the one before is whole.

        Errors: InvalidInput for a name that cannot be, or that came before; Refused with 413.
        """
        name = upload_name(given, keep_folders=keep_folders)
        if name in self.files:
            raise InvalidInput(f"filename collision: {name!r} is there twice")
        if len(self.files) >= self._limits.task_files:
            raise Refused(413, f"A task takes up to {self._limits.task_files} uploaded files.")
        path = self._folder / str(len(self.files))
        self._writer = _Writer(path, room=min(self._room, self._limits.file_bytes), done=self._done)
        self.files[name] = path
        return self._writer

    def check(self) -> None:
        """Make sure that all files are whole."""
        assert self._writer is None or self._writer.is_closed

    def abandon(self) -> None:
        """Close what is open."""
        if self._writer is not None:
            self._writer.give_up()

    def _done(self, count: int) -> None:
        self._room -= count


class _Writer:
    def __init__(self, path: Path, *, room: int, done: Callable[[int], None]) -> None:
        self._path = path
        self._room = room
        self._done = done
        self._written = 0
        self.is_closed = False
        self._file = _opened(path)

    def write(self, data: bytes | memoryview) -> object:
        self._written += len(data)
        if self._written > self._room:
            raise Refused(413, f"The upload is larger than what is taken: {self._room} bytes are left.")
        try:
            return self._file.write(data)
        except OSError as error:
            raise storage_failed(error, self._path) from None

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise storage_failed(error, self._path) from None
        self.is_closed = True
        self._done(self._written)

    def give_up(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("xb", buffering=1 << 18)
    except OSError as error:
        raise storage_failed(error, path) from None
