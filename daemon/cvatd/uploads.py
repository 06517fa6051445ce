"""Files that clients send, kept below `.cvat/uploads` until something is made of them: a task, say."""

from __future__ import annotations

import contextlib
import filecmp
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import msgspec

from cvatcore.errors import CvatError, InvalidInput, StorageFailed
from cvatcore.store.files import read_file, storage_failed
from cvatcore.store.layout import LOCAL
from cvatd.receiving import Receiving, UploadLimits
from cvatd.refusals import Refused
from cvatd.tus.partials import Partial, part_length, part_path, read_partials
from cvatd.upload_state import Area, Kept, UploadState

KEPT_SECONDS = 24 * 60 * 60
"""How long an upload that nobody goes on with is kept."""

_FILES = "files"
_NAMES = "names.jsonl"
_PARTS = "tus"


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
        self._states: dict[str, UploadState] = {}

    def folder(self, area: Area) -> Path:
        """Where the files of an upload lie until something is made of them."""
        return self._root / str(area) / _FILES

    def parts(self, area: Area) -> Path:
        """Where files lie that came in part."""
        return self._root / str(area) / _PARTS

    def names(self, area: Area) -> tuple[str, ...]:
        """The names of the files that came, in the order of arrival."""
        with self._lock:
            return tuple(self._state(area).kept)

    @contextmanager
    def held(self, area: Area) -> Iterator[UploadState]:
        """Hold the state of an upload, for a moment."""
        with self._lock:
            state = self._state(area)
            try:
                yield state
            finally:
                self._forget_empty(area, state)

    @contextmanager
    def receiving(self, area: Area, *, declared: int = 0) -> Iterator[Receiving]:
        """Take the files of one request; they count when the block ends well, else they are removed.

        Args:
            area: what they are for.
            declared: the length of the request in bytes, where it is known.

        Errors: StorageFailed where the disk has no room; what happens in the block.
        """
        folder = self._root / str(area)
        incoming = folder / f"incoming-{secrets.token_hex(8)}"
        try:
            incoming.mkdir(parents=True)
        except OSError as error:
            raise storage_failed(error, incoming) from None
        with self._lock:
            state = self._state(area)
            is_closed = state.is_closed
            state.receiving += not is_closed
        if is_closed:
            shutil.rmtree(incoming, ignore_errors=True)
            raise closed()
        taken = Receiving(incoming, room=self.limits.task_bytes - state.total, limits=self.limits)
        try:
            self.check_disk(incoming, declared)
            yield taken
            taken.check()
            with self._lock:
                self._keep(area, state, taken)
        except StorageFailed:
            if state.is_dropped:  # The folder is gone.
                raise _anew() from None
            raise
        finally:
            taken.abandon()
            shutil.rmtree(incoming, ignore_errors=True)
            with self._lock:
                state.receiving -= 1
                self._forget_empty(area, state)

    def check_disk(self, folder: Path, length: int) -> None:
        """Make sure that the disk has room for so many bytes.

        Errors: StorageFailed.
        """
        try:
            free = shutil.disk_usage(folder).free - self.limits.free_bytes
        except OSError as error:
            raise storage_failed(error, folder) from None
        if length > free:
            raise StorageFailed(
                f"The disk has no room for an upload of {length} bytes.", hint="Free some space and try again."
            )

    def check_quiet(self, area: Area) -> None:
        """Make sure that nobody sends forms with files right now.

        Errors: Refused with 409.
        """
        with self._lock:
            if str(area) in self._states and self._states[str(area)].receiving:
                raise _busy()

    def close(self, area: Area) -> tuple[str, ...]:
        """Take no more files of an upload, until `open` or `drop`; returns the names of those that came.

        Errors: Refused with 409 while some are coming in; InvalidInput where one came in part only.
        """
        with self._lock:
            state = self._state(area)
            if state.receiving or state.is_writing:
                raise _busy()
            if short := next((one for one in state.open.values() if one.name not in state.kept), None):
                came = part_length(self.parts(area), short.id) or 0
                raise InvalidInput(f"{short.name!r} is not uploaded whole: {came} of {short.length} bytes came.")
            state.is_closed = True
            return tuple(state.kept)

    def open(self, area: Area) -> None:
        """Take files of an upload again."""
        with self._lock:
            state = self._state(area)
            state.is_closed = False
            self._forget_empty(area, state)

    def drop(self, area: Area) -> None:
        """Remove an upload; what is still coming in for it counts no more."""
        with self._lock:
            if state := self._states.pop(str(area), None):
                state.is_dropped = True
            shutil.rmtree(self._root / str(area), ignore_errors=True)

    def take(self, area: Area, name: str, *, into: Path) -> Path:
        """Move a file out of an upload, into a folder, under the last part of its name.

        Errors: InvalidInput where it did not come; StorageFailed.
        """
        with self._lock:
            state = self._state(area)
            name = name if name in state.kept else unquote(name)  # As `Upload-Filename` has names of all letters.
            if name not in state.kept:
                raise InvalidInput("No such file were uploaded")
            place = into / name.rpartition("/")[2]
            try:
                os.replace(self.folder(area) / name, place)
            except OSError as error:
                raise storage_failed(error, place) from None
            self._forget_name(state, name)
            return place

    def clean(self, *, busy: frozenset[int] = frozenset(), older_than: float = KEPT_SECONDS) -> list[str]:
        """Remove uploads that nobody went on with, and return what they were for.

        Args:
            busy: tasks that are being made.
            older_than: seconds since anything came.
        """
        try:
            names = os.listdir(self._root)
        except OSError:
            return []
        kept = frozenset(map(str, busy))
        removed: list[str] = []
        for name in names:
            with contextlib.suppress(OSError):
                if name not in kept and time.time() - self._newest(name) > older_than and not self._is_used(name):
                    self.drop(name)
                    removed.append(name)
        return removed

    def keep_part(self, area: Area, state: UploadState, partial: Partial) -> Partial:
        """Give the bytes of a resumable upload, which are all there, their place; called by who holds the state.

        Where the name is taken by now, it gets a number. Errors: InvalidInput, Refused with 409, StorageFailed.
        """
        if state.is_dropped:
            raise _anew()
        if state.is_closed:
            raise closed()
        if self.is_blocked(area, partial.name):
            raise InvalidInput(_FILE_AND_FOLDER)
        name = self._free_name(area, state, partial.name)
        place = self.folder(area) / name
        line = Kept(name, partial.length, upload=partial.id)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # First the line: with it the next daemon can do the rest.
            with (self._root / str(area) / _NAMES).open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
            os.rename(part_path(self.parts(area), partial.id), place)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise InvalidInput(_FILE_AND_FOLDER) from None
        except OSError as error:
            raise storage_failed(error, place) from None
        with contextlib.suppress(OSError):
            (self.parts(area) / f"{partial.id}.json").unlink()
        whole = msgspec.structs.replace(partial, name=name)
        state.open.pop(partial.id, None)
        state.turns.pop(partial.id, None)
        state.whole[partial.id] = whole
        state.kept[name] = partial.length
        state.total += partial.length
        return whole

    def forget(self, area: Area, state: UploadState, name: str) -> None:
        """Remove a file that came; called by who holds the state."""
        with contextlib.suppress(OSError):
            (self.folder(area) / name).unlink()
        self._forget_name(state, name)

    def is_blocked(self, area: Area, name: str) -> bool:
        """Whether a name cannot be, since one of its folders is a file that came, or it is a folder of others."""
        place, folder = self.folder(area) / name, self.folder(area)
        return place.is_dir() or any(
            parent.is_file() for parent in place.parents if parent != folder and folder in parent.parents
        )

    def _forget_name(self, state: UploadState, name: str) -> None:
        state.total -= state.kept.pop(name, 0)

    def _free_name(self, area: Area, state: UploadState, name: str) -> str:
        stem, dot, extension = name.rpartition(".")
        if not dot or "/" in extension or stem.endswith("/"):
            stem, dot, extension = name, "", ""
        folder = self.folder(area)
        number, free = 0, name
        while free in state.kept or (folder / free).is_file():
            number += 1
            free = f"{stem}_{number}{dot}{extension}"
        return free

    def _state(self, area: Area) -> UploadState:
        known = self._states.get(str(area))
        if known is None:
            known = self._states[str(area)] = UploadState()
            self._read(area, known)
        return known

    def _read(self, area: Area, state: UploadState) -> None:
        """Take up what a daemon before this one left: what stands in the list was whole."""
        names, parts = self._root / str(area) / _NAMES, self.parts(area)
        data = read_file(names) or b""
        if data and not data.endswith(b"\n"):  # A power cut within a line: the next one is not to be part of it.
            with contextlib.suppress(OSError), names.open("ab") as file:
                file.write(b"\n")
        for line in data.splitlines():
            with contextlib.suppress(msgspec.MsgspecError, OSError):
                one = msgspec.json.decode(line, type=Kept)
                place = self.folder(area) / one.name
                if one.upload and part_length(parts, one.upload) == one.bytes:  # It was killed on the way there.
                    os.rename(part_path(parts, one.upload), place)
                if one.upload:
                    state.whole[one.upload] = Partial(one.upload, one.name, one.bytes)
                if place.is_file():
                    state.kept[one.name] = one.bytes
        state.total = sum(state.kept.values())
        for partial in read_partials(parts):
            length = part_length(parts, partial.id)
            if length is None or partial.id in state.whole:
                with contextlib.suppress(OSError):
                    (parts / f"{partial.id}.json").unlink()
                continue
            state.open[partial.id] = partial
            if length == partial.length:
                with contextlib.suppress(CvatError):  # It is told when it is asked for.
                    self.keep_part(area, state, partial)

    def _is_used(self, area: Area) -> bool:
        with self._lock:
            state = self._states.get(str(area))
            return state is not None and bool(state.receiving or state.is_writing or state.is_closed)

    def _newest(self, name: str) -> float:
        """When something last came into an upload."""
        folder = self._root / name
        times = [folder.stat().st_mtime]
        for inner in (folder, folder / _PARTS):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(inner) as entries:
                times += [entry.stat().st_mtime for entry in entries]
        return max(times)

    def _keep(self, area: Area, state: UploadState, taken: Receiving) -> None:
        folder = self.folder(area)
        if state.is_dropped:
            raise _anew()
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
                file.write(b"".join(msgspec.json.encode(Kept(name, size)) + b"\n" for name, size in sizes.items()))
        except (OSError, InvalidInput) as error:
            for place in moved:
                with contextlib.suppress(OSError):
                    place.unlink()
            if isinstance(error, InvalidInput):
                raise
            if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
                raise InvalidInput(_FILE_AND_FOLDER) from None
            raise storage_failed(error, folder) from None
        state.kept |= sizes
        state.total += sum(sizes.values())

    def _forget_empty(self, area: Area, state: UploadState) -> None:
        if state.is_empty and self._states.get(str(area)) is state:
            del self._states[str(area)]
            for folder in (self.parts(area), self._root / str(area)):
                with contextlib.suppress(OSError):
                    folder.rmdir()


_FILE_AND_FOLDER = "filename collision: a name is that of a file and of a folder"


def closed() -> Refused:
    """What is told to who sends more for what is being made."""
    return Refused(409, "The task is being made of what was uploaded before.")


def _anew() -> Refused:
    return Refused(409, "The upload was begun anew, or what it was for is gone.")


def _busy() -> Refused:
    return Refused(409, "Files of this task are still being uploaded.")
