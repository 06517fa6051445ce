"""Reading and replacing single files, with the operating system's refusals as typed errors."""

from __future__ import annotations

import contextlib
import errno
import functools
import itertools
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from cvatcore.errors import StorageFailed

Stamp = tuple[int, int, int]
"""What tells one state of a file from another without reading it: time, length, inode."""

MISSING: Stamp = (0, 0, 0)

_numbers = itertools.count(1)


def stamp(path: Path) -> Stamp:
    """The stamp of a file, or MISSING."""
    try:
        return stamp_of(path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except OSError as error:
        raise storage_failed(error, path) from None


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file whose status is known."""
    return status.st_mtime_ns, status.st_size, status.st_ino


def read_file(path: Path) -> bytes | None:
    """The bytes of a file, or None where there is none.

    Errors: StorageFailed.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise storage_failed(error, path) from None


def stage_file(folder: Path, data: bytes, *, name: str = "", durable: bool = False, mode: int | None = None) -> Path:
    """Write `data` to a new file in `folder`, ready to be moved to its place.

    Errors: StorageFailed; then nothing is left behind.
    """
    temporary = folder / f"{name}-{os.getpid()}-{next(_numbers)}.tmp"
    try:
        try:
            with _opened_new(temporary) as file:
                if mode is not None:
                    os.chmod(temporary, mode)
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise storage_failed(error, temporary) from None
    return temporary


def _opened_new(path: Path) -> BinaryIO:
    # The folder is nearly always there: making it anyway takes half as long as opening the file.
    try:
        return open(path, "wb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(path, "wb")


def replace_file(path: Path, data: bytes, *, durable: bool = True, mode: int | None = None) -> None:
    """Put `data` in the place of a file: readers see the old bytes or the new ones, never a part.

    `durable` waits until the new file, and its place in the folder, would survive a power cut.
    Errors: StorageFailed; then the file is as it was.
    """
    temporary = stage_file(path.parent, data, name=path.name, durable=durable, mode=mode)
    move_file(temporary, path)
    if durable:
        make_durable((path.parent,))


def move_file(temporary: Path, path: Path) -> None:
    """Move a staged file to its place.

    Errors: StorageFailed; then the staged file is gone.
    """
    try:
        try:
            os.replace(temporary, path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise storage_failed(error, path) from None


def make_durable(paths: Iterable[Path]) -> None:
    """Wait until files and folders are on the disk itself; those that do not exist are passed over.

    All are asked for at once: the system then writes its own journal once for all of them, which
    measured 1.5 ms against 2.5 ms one after the other (docs/adr/0003).
    Errors: StorageFailed.
    """
    wanted = list(dict.fromkeys(paths))
    if len(wanted) == 1:
        _sync(wanted[0])
        return
    # Several files a thread: handing over each one by itself takes as long as is gained by it.
    count = min(_THREADS, len(wanted))
    running = [_syncers().submit(_sync_all, wanted[start::count]) for start in range(count)]
    # All are waited for even when one fails: nothing of this call is still at work when it is over.
    failures = [error for one in running for error in one.result()]
    if failures:
        raise failures[0]


_THREADS = 8


@functools.cache
def _syncers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="fsync")


if hasattr(os, "register_at_fork"):  # Not on Windows, which has no fork.
    # Threads do not survive a fork; the child makes its own.
    os.register_at_fork(after_in_child=_syncers.cache_clear)


def _sync_all(paths: Iterable[Path]) -> list[Exception]:
    failures: list[Exception] = []
    for path in paths:
        try:
            _sync(path)
        except Exception as error:  # noqa: BLE001  it is raised where it is waited for
            failures.append(error)
    return failures


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder for this; NTFS journals its directories.
    try:
        handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # Packed, gone, or read-only and so not written by us.
    except OSError as error:
        raise storage_failed(error, path) from None
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # Some network file systems know no fsync of folders.
            raise storage_failed(error, path) from None
    finally:
        os.close(handle)


def remove_file(path: Path, *, up_to: Path | None = None) -> None:
    """Remove a file if it is there, and the folders above it that this leaves empty, below `up_to`.

    Errors: StorageFailed.
    """
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return
    except OSError as error:
        raise storage_failed(error, path) from None
    if up_to is None:
        return
    for parent in path.parents:
        if parent == up_to:
            return
        try:
            parent.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return  # Not empty, or not ours to remove.


def storage_failed(error: OSError, path: Path) -> StorageFailed:
    """The error of a failed file operation as one for people."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFailed(
            f"The disk is full: {path} could not be written.",
            hint="Free some space and try again; what was saved before is safe.",
        )
    return StorageFailed(
        f"{error.strerror or error}: {path}.", hint="Check the permissions of the file and its folder."
    )
