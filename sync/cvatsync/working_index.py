"""Git's index of the working tree, brought to what a save has written, under git's own lock."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import stat
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import Busy, StorageFailed
from cvatcore.store.files import Stamp, stamp, stamp_of
from cvatsync.index_file import DamagedIndexError, IndexEntry, IndexFile, UnsupportedIndexError, empty_index

if TYPE_CHECKING:
    import pygit2

WAIT_SECONDS = 1.0
"""How long a save waits for a git command that holds the index: `git status` needs it for a moment only."""

LOCK_MARK = b"cvat "
"""How the lock begins while we hold it; our process' number follows. Git leaves its lock empty or writes an index."""

_PAUSE_SECONDS = 0.005

_MANY = 64
"""From so many changes on libgit2 is faster, which sorts the entries once."""

_LARGE_BYTES = 1 << 18
"""An index longer than this is not waited for until it is on the disk itself; git waits for none."""

_FLUSH_SECONDS = 5.0
"""After so long it is flushed, once for all saves of that time: seldom, since it holds up the flushes of saves.

A power cut before that leaves an index that is older or damaged, as git's own would be; both are put right at opening.
"""

_PASSED_FILES = 16
"""So many indexes that newer ones have replaced are kept open at most until then."""

_REMEMBERED = 256
"""Files whose entry before and after our own write is remembered."""

_ID_BYTES = 20


@functools.cache
def _aside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")


if hasattr(os, "register_at_fork"):  # Not on Windows, which has no fork.
    # Threads do not survive a fork; the child makes its own.
    os.register_at_fork(after_in_child=_aside.cache_clear)


class WorkingIndex:
    """The index of one working tree. Used by one thread at a time, as the repository is."""

    def __init__(self, repository: pygit2.Repository) -> None:
        self._repo = repository
        self._workdir = os.path.realpath(repository.workdir)
        # Git follows a link, too, and locks what it leads to.
        self._path = Path(os.path.realpath(Path(repository.path) / "index"))
        self._lock_path = self._path.with_name(self._path.name + ".lock")
        self._lock: int | None = None
        self._flushing = threading.Lock()
        self._timer: threading.Timer | None = None
        self._unflushed: int | None = None
        """The index that was written last and is to be flushed, an open file."""
        self._passed: list[int] = []
        """Open files that newer ones have taken the place of: what they hold need not reach the disk any more."""
        self._known: tuple[Stamp, bytes, IndexFile] | None = None
        """The index as it was when it was last seen: its stamp, its checksum, its entries."""
        self._settled: OrderedDict[bytes, tuple[set[bytes | None], bytes | None]] = OrderedDict()
        """By path, the blobs that were there before our last writes of it, and the one since."""

    def close(self) -> None:
        """Let go of the lock, and wait until what was written is on the disk itself."""
        self.let_go()
        with self._flushing:
            if self._timer is not None:
                self._timer.cancel()
        self._flush()

    @property
    def lock_path(self) -> Path:
        """Where git's lock of this index is, when it is held."""
        return self._lock_path

    def is_locked(self) -> bool:
        """Whether somebody else holds the index."""
        return self._lock is None and self._lock_path.exists()

    def wait(self) -> None:
        """Wait until nobody else holds the index.

        Errors: Busy when that takes longer than a second.
        """
        end = time.monotonic() + WAIT_SECONDS
        while self.is_locked():
            if time.monotonic() > end:
                raise self._busy()
            time.sleep(_PAUSE_SECONDS)

    def hold(self) -> None:
        """Take git's lock of the index, so that no git command changes it, or commits what it has, until `settle`.

        Errors: Busy when somebody else keeps it for longer than a second; OSError.
        """
        end = time.monotonic() + WAIT_SECONDS
        while self._lock is None:
            try:
                flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
                self._lock = os.open(self._lock_path, flags, 0o666)
            except FileExistsError:
                if time.monotonic() > end:
                    raise self._busy() from None
                time.sleep(_PAUSE_SECONDS)
        with contextlib.suppress(OSError):  # On a full disk an empty lock does as well.
            os.write(self._lock, LOCK_MARK + str(os.getpid()).encode())

    def let_go(self) -> None:
        """Give the lock back, if we hold it; the index stays as it is."""
        if self._lock is None:
            return
        handle, self._lock = self._lock, None
        os.close(handle)
        with contextlib.suppress(FileNotFoundError):
            self._lock_path.unlink()

    def settle(self, paths: Iterable[str]) -> tuple[Path, ...]:
        """Bring the entries of these files (paths in the repository) to the working tree, and give the lock back.

        Returns what has to be made durable for it.
        Errors: Busy, StorageFailed, OSError, pygit2.GitError: then the index is as it was.
        """
        wanted = list(paths)
        self.hold()
        try:
            if os.name == "nt" or len(wanted) > _MANY:
                # Git for Windows fills in other numbers of a file's status than Python.
                self._settle_with_library(wanted)
            else:
                try:
                    return self._settle_in_place([os.fsencode(path) for path in wanted])
                except DamagedIndexError:
                    self._make_anew()
                    self._settle_with_library(wanted)
                except UnsupportedIndexError:
                    self._settle_with_library(wanted)
        except BaseException:
            self._known = None
            raise
        finally:
            self.let_go()
        return self._path, self._path.parent

    def _settle_in_place(self, paths: list[bytes]) -> tuple[Path, ...]:
        index = self._known_index()
        changes = {path: self._entry(path) for path in paths}
        if index is None:
            index = self._read()
            changes |= self._taken_back(index, changes)
        for path, entry in changes.items():
            before, after = index.find(path), entry.id if entry is not None else None
            known, last = self._settled.pop(path, (set(), None))
            self._settled[path] = ({*known, last, before} - {after} if last is not None else {before}, after)
        while len(self._settled) > _REMEMBERED:
            self._settled.popitem(last=False)
        index.edit(changes, is_changed=self._is_changed, root=self._workdir)
        handle = self._lock
        assert handle is not None
        is_large = len(index.entries) > _LARGE_BYTES
        length = len(index.entries) + index.tail_length
        if is_large and hasattr(os, "posix_fallocate"):
            # Else the file system writes the whole file to the disk when it is moved over another one.
            with contextlib.suppress(OSError):
                os.posix_fallocate(handle, 0, length)
        os.lseek(handle, 0, os.SEEK_SET)
        # A large one is hashed while it is written: each takes about a millisecond for a million objects.
        tail = _aside().submit(index.tail).result if is_large else index.tail
        try:
            _write(handle, index.entries)
        finally:
            rest = tail()  # Also when that fails: nothing may look at the entries any more when they are changed.
        _write(handle, rest)
        os.ftruncate(handle, length)
        with contextlib.suppress(OSError):  # There is none yet, or it is somebody else's.
            mode = stat.S_IMODE(self._path.stat().st_mode)
            if mode != stat.S_IMODE(os.fstat(handle).st_mode):
                os.fchmod(handle, mode)
        # Who holds the old file open keeps the system from clearing it away just now.
        old = os.open(self._path, os.O_RDONLY) if is_large and self._path.exists() else None
        os.replace(self._lock_path, self._path)
        self._lock = None
        status = os.fstat(handle)
        index.wrote(written_ns=status.st_mtime_ns)
        self._known = stamp_of(status), rest[-_ID_BYTES:], index
        if is_large:
            self._flush_later(handle, old=old)
            return ()
        os.close(handle)
        return self._path, self._path.parent

    def _known_index(self) -> IndexFile | None:
        """The index as we left it, if nobody else has written it since."""
        if self._known is None or self._known[0] != stamp(self._path) or self._known[1] != self._checksum():
            return None
        return self._known[2]

    def _read(self) -> IndexFile:
        self._known = None
        now = stamp(self._path)
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return IndexFile(empty_index(), written_ns=time.time_ns())
        return IndexFile(data, written_ns=now[0])

    def _taken_back(self, index: IndexFile, changes: Mapping[bytes, object]) -> dict[bytes, IndexEntry | None]:
        """Entries that a git command took back which had read the index before our last writes and wrote it after."""
        found: dict[bytes, IndexEntry | None] = {}
        for path, (before, after) in self._settled.items():
            staged = index.find(path)
            if path not in changes and staged != after and staged in before:
                entry = self._entry(path)
                if (entry.id if entry is not None else None) == after:
                    found[path] = entry
        return found

    def _checksum(self) -> bytes:
        """The last bytes of the file: two indexes could be written within one step of the clock."""
        with open(self._path, "rb", buffering=0) as file:
            file.seek(-_ID_BYTES, os.SEEK_END)
            return file.read(_ID_BYTES)

    def _entry(self, path: bytes) -> IndexEntry | None:
        """What the index is to have for a file, or None where there is none."""
        place = os.path.join(os.fsencode(self._workdir), path)
        try:
            status = os.lstat(place)
            if stat.S_ISDIR(status.st_mode):
                return None
            if not stat.S_ISREG(status.st_mode):
                raise UnsupportedIndexError("a link was put in the place of a file")
            with open(place, "rb") as file:
                data = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        blob = _blob_id(data)
        if blob.hex() not in self._repo:
            # Edited by hand, perhaps with other line ends: git's settings say what it is to be.
            blob = self._repo.create_blob_fromworkdir(os.fsdecode(path)).raw
        return IndexEntry(id=blob, mode=self._mode(status), status=status)

    def _mode(self, status: os.stat_result) -> int:
        if not status.st_mode & stat.S_IXUSR:
            return 0o100644
        try:
            trusted = self._repo.config.get_bool("core.filemode")
        except KeyError:
            trusted = True
        return 0o100755 if trusted else 0o100644

    def _is_changed(self, path: bytes, blob: bytes) -> bool:
        try:
            with open(os.path.join(os.fsencode(self._workdir), path), "rb") as file:
                return _blob_id(file.read()) != blob
        except OSError:
            return True

    def _flush_later(self, handle: int, *, old: int | None) -> None:
        """See to it that an index that was just written is on the disk itself soon; of several only the last."""
        with self._flushing:
            self._passed += [one for one in (self._unflushed, old) if one is not None]
            self._unflushed = handle
            if len(self._passed) > _PASSED_FILES:
                # The system clears the files away then, which takes it a while.
                passed, self._passed = self._passed, []
                _aside().submit(_close_all, passed)
            if self._timer is None:
                self._timer = threading.Timer(_FLUSH_SECONDS, self._flush)
                self._timer.daemon = True
                self._timer.start()

    def _flush(self) -> None:
        with self._flushing:
            handle, self._unflushed = self._unflushed, None
            passed, self._passed = self._passed, []
            self._timer = None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.fsync(handle)
            os.close(handle)
        _close_all(passed)

    def _make_anew(self) -> None:
        """Replace an index that a power cut has damaged by one that has nothing staged; the old one stays beside it."""
        import pygit2

        with contextlib.suppress(FileNotFoundError):
            os.replace(self._path, self._path.with_name("index.damaged"))
        self.let_go()
        index = pygit2.Index(str(self._path))
        if not self._repo.head_is_unborn:
            index.read_tree(self._repo.head.peel(pygit2.Tree))
        index.write()

    def _settle_with_library(self, paths: list[str]) -> None:
        import pygit2

        self._known = None
        self.let_go()  # libgit2 takes the lock by itself.
        try:
            index = self._repo.index
            index.read(False)
            for path in paths:
                if (Path(self._workdir) / path).exists():
                    index.add(path)
                elif path in index:
                    index.remove(path)
            index.write()
        except pygit2.GitError as error:
            if "unsupported" not in str(error) or not self._settle_with_program(paths):
                raise

    def _settle_with_program(self, paths: list[str]) -> bool:
        """Let git itself do it, where there is one: it knows split and sparse indexes, which libgit2 does not."""
        program = shutil.which("git")
        if program is None:
            return False
        command = [program, "-C", self._workdir, "update-index", "--add", "--remove", "--replace", "-z", "--stdin"]
        done = subprocess.run(command, input="".join(f"{path}\0" for path in paths).encode(), capture_output=True)
        if done.returncode:
            raise StorageFailed(f"Git could not update its index: {done.stderr.decode(errors='replace').strip()}.")
        return True

    def _busy(self) -> Busy:
        return Busy(
            f"Another git command is at work in {self._workdir}.",
            hint=f"Wait for it; if there is none, remove {self._lock_path}.",
        )


def lock_holder(lock: Path) -> int:
    """The number of the process of ours that made a lock of git's index; 0 where it is none, or another program's."""
    with contextlib.suppress(OSError, ValueError), open(lock, "rb") as file:
        beginning = file.read(32)
        if beginning.startswith(LOCK_MARK):
            return int(beginning.removeprefix(LOCK_MARK))
    return 0


def is_running(process: int) -> bool:
    """Whether there is a process of that number, as far as can be known."""
    if os.name == "nt":
        return True  # There `os.kill` would end it.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _close_all(handles: Iterable[int]) -> None:
    for handle in handles:
        os.close(handle)


def _blob_id(data: bytes) -> bytes:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).digest()


def _write(handle: int, data: bytes | bytearray) -> None:
    with memoryview(data) as whole:
        done = 0
        while done < len(whole):
            with whole[done:] as rest:
                done += os.write(handle, rest)
