"""Files that clients send for tasks, kept under `.cvat/uploads/<task>` until the task is made of them."""

from __future__ import annotations

import contextlib
import filecmp
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from cvatcore.errors import InvalidInput, StorageFailed
from cvatcore.store.files import read_file, storage_failed
from cvatcore.store.layout import LOCAL
from cvatd.refusals import Refused
from cvatd.upload_names import upload_name

KEPT_SECONDS = 24 * 60 * 60
"""How long an upload that nobody goes on with is kept."""

_FILES = "files"
_NAMES = "names.jsonl"


class UploadLimits(msgspec.Struct, frozen=True):
    """How much is taken, in bytes and files."""

    file_bytes: int = 256 * 1024**3
    task_bytes: int = 1024 * 1024**3
    task_files: int = 2_000_000
    free_bytes: int = 256 * 1024**2
    """What is left on the disk at the least: commits must go on."""


class _Kept(msgspec.Struct, frozen=True):
    """A line of `names.jsonl`: a file that is there, whole."""

    name: str
    bytes: int


class _State:
    """What is known of the upload of one task."""

    def __init__(self, kept: dict[str, int]) -> None:
        self.kept = kept
        """Lengths by name, in the order of arrival."""
        self.total = sum(kept.values())
        self.receiving = 0
        """Requests that send files for it right now."""
        self.is_closed = False
        """Whether the task is being made of what came."""


class Uploads:
    """The uploads of a workspace. Several requests may send files of one task at once.

    Args:
        root: the workspace.
        limits: how much is taken.
    """

    def __init__(self, root: Path, *, limits: UploadLimits | None = None) -> None:
        self.limits = limits or UploadLimits()
        self._root = root / LOCAL / "uploads"
        self._lock = threading.Lock()
        self._states: dict[int, _State] = {}

    def folder(self, task: int) -> Path:
        """Where the files of a task lie until it is made."""
        return self._root / str(task) / _FILES

    def names(self, task: int) -> tuple[str, ...]:
        """The names of the files that came, in the order of arrival."""
        with self._lock:
            return tuple(self._state(task).kept)

    @contextmanager
    def receiving(self, task: int, *, declared: int = 0) -> Iterator[Receiving]:
        """Take the files of one request; they count when the block ends well, else they are removed.

        Args:
            task: the id of the task.
            declared: the length of the request in bytes, where it is known.

        Errors: StorageFailed where the disk has no room; what happens in the block.
        """
        folder = self._root / str(task)
        incoming = folder / f"incoming-{secrets.token_hex(8)}"
        try:
            incoming.mkdir(parents=True)
            free = shutil.disk_usage(incoming).free - self.limits.free_bytes
        except OSError as error:
            raise storage_failed(error, incoming) from None
        with self._lock:
            state = self._state(task)
            is_closed = state.is_closed
            state.receiving += not is_closed
        if is_closed:
            shutil.rmtree(incoming, ignore_errors=True)
            raise Refused(409, "The task is being made of what was uploaded before.")
        taken = Receiving(incoming, room=self.limits.task_bytes - state.total, limits=self.limits)
        try:
            if declared > free:
                raise StorageFailed(
                    f"The disk has no room for an upload of {declared} bytes.", hint="Free some space and try again."
                )
            yield taken
            taken.check()
            with self._lock:
                self._keep(task, state, taken)
        finally:
            taken.abandon()
            shutil.rmtree(incoming, ignore_errors=True)
            with self._lock:
                state.receiving -= 1
                self._forget_empty(task, state)

    def check_quiet(self, task: int) -> None:
        """Make sure that nobody sends files of a task right now.

        Errors: Refused with 409.
        """
        with self._lock:
            if task in self._states and self._states[task].receiving:
                raise Refused(409, "Files of this task are still being uploaded.")

    def close(self, task: int) -> tuple[str, ...]:
        """Take no more files of a task, until `open` or `drop`; returns the names of those that came.

        Errors: Refused with 409 while some are coming in.
        """
        with self._lock:
            state = self._state(task)
            if state.receiving:
                raise Refused(409, "Files of this task are still being uploaded.")
            state.is_closed = True
            return tuple(state.kept)

    def open(self, task: int) -> None:
        """Take files of a task again."""
        with self._lock:
            state = self._state(task)
            state.is_closed = False
            self._forget_empty(task, state)

    def drop(self, task: int) -> None:
        """Remove all files of a task's upload, unless some are coming in."""
        with self._lock:
            state = self._states.get(task)
            if state is not None and state.receiving:
                return
            self._states.pop(task, None)
            shutil.rmtree(self._root / str(task), ignore_errors=True)

    def clean(self, *, busy: frozenset[int] = frozenset(), older_than: float = KEPT_SECONDS) -> list[int]:
        """Remove uploads that nobody went on with, and return their tasks.

        Args:
            busy: tasks that are being made.
            older_than: seconds since anything came.
        """
        try:
            names = [name for name in os.listdir(self._root) if name.isdecimal()]
        except OSError:
            return []
        removed: list[int] = []
        for name in names:
            task = int(name)
            with contextlib.suppress(OSError):
                if task not in busy and time.time() - _newest(self._root / name) > older_than:
                    self.drop(task)
                    removed.append(task)
        return removed

    def _state(self, task: int) -> _State:
        known = self._states.get(task)
        if known is None:
            # Those of before a restart: what stands in the list was whole.
            data = read_file(self._root / str(task) / _NAMES) or b""
            kept: dict[str, int] = {}
            for line in data.splitlines():
                with contextlib.suppress(msgspec.DecodeError):
                    one = msgspec.json.decode(line, type=_Kept)
                    if (self.folder(task) / one.name).is_file():
                        kept[one.name] = one.bytes
            known = self._states[task] = _State(kept)
        return known

    def _keep(self, task: int, state: _State, taken: Receiving) -> None:
        folder = self.folder(task)
        doubles = [name for name in taken.files if name in state.kept]
        for name in doubles:
            # A client that was cut off sends its files again.
            if not filecmp.cmp(taken.files[name], folder / name, shallow=False):
                raise InvalidInput(f"filename collision: {name!r} was uploaded before with another content")
        sizes = {name: path.stat().st_size for name, path in taken.files.items() if name not in state.kept}
        if state.total + sum(sizes.values()) > self.limits.task_bytes:
            raise Refused(413, f"A task takes uploads of up to {self.limits.task_bytes} bytes.")
        if len(state.kept) + len(sizes) > self.limits.task_files:
            raise Refused(413, f"A task takes up to {self.limits.task_files} uploaded files.")
        moved: list[Path] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in sizes:
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                # One that differs in nothing but the case of its letters, on systems that make no difference; or of an
                # upload that a power cut ended.
                if place.is_file() and not filecmp.cmp(taken.files[name], place, shallow=False):
                    raise InvalidInput(f"filename collision: {name!r} and another file are one on this system")
                os.rename(taken.files[name], place)
                moved.append(place)
            with (folder.parent / _NAMES).open("ab") as file:
                file.write(b"".join(msgspec.json.encode(_Kept(name, size)) + b"\n" for name, size in sizes.items()))
        except (OSError, InvalidInput) as error:
            for place in moved:
                with contextlib.suppress(OSError):
                    place.unlink()
            if isinstance(error, InvalidInput):
                raise
            if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
                raise InvalidInput("filename collision: a name is that of a file and of a folder") from None
            raise storage_failed(error, folder) from None
        state.kept |= sizes
        state.total += sum(sizes.values())

    def _forget_empty(self, task: int, state: _State) -> None:
        if not state.kept and not state.receiving and not state.is_closed:
            self._states.pop(task, None)
            with contextlib.suppress(OSError):
                (self._root / str(task)).rmdir()


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


def _newest(folder: Path) -> float:
    """When something last came into an upload."""
    times = [folder.stat().st_mtime]
    with os.scandir(folder) as entries:
        times += [entry.stat().st_mtime for entry in entries]
    return max(times)
