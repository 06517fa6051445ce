"""The operation log: what was done to this workspace on this machine, so that it can be looked at and undone.

`.cvat/operations.jsonl`, one line an operation, only ever appended to. When it has grown it becomes
`operations-older.jsonl`, which takes the place of the one before: the log stays bounded, and has the newest thousands.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

import msgspec

from cvatcore.store.files import Stamp, read_file, stamp, storage_failed
from cvatcore.store.history import Author

OperationKind = Literal["change", "sync", "undo", "redo", "switch"]
"""A change of this workspace; commits of others brought in; an undo, a redo; another branch checked out."""

OPERATION_KINDS: tuple[str, ...] = get_args(OperationKind)

ROTATE_BYTES = 3_000_000
"""From this size on the log is put aside and a new one begun: about ten thousand operations."""

KEPT_OPERATIONS = 200
"""So many of the newest operations can be undone for sure: no cleaning up of ours drops the commits that they name."""

_LONGEST_SUBJECT = 300

_LINE_BYTES = 512
"""More than most lines have: so much is read for each operation that is asked for."""


class Operation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finished change of this workspace that was made on this machine."""

    id: str
    """12 hexadecimal digits; the beginning of them is enough for a command."""
    time: int
    """When it was finished, in seconds since 1970."""
    kind: OperationKind
    before: str
    """The newest commit before it; empty before the first one. A save that amends takes the place of this commit."""
    after: str
    """The newest commit after it; the same as `before` for an undo that found nothing left to take back."""
    subject: str = ""
    """What was done, in a line; empty where only the commit says it."""
    author: Author | None = None
    """Who did it; None is whoever git's settings name."""
    branch: str = ""
    """The branch that was checked out then; empty when none was."""
    of: str = ""
    """The operation that an undo or a redo takes back."""
    automatic: bool = False
    """Whether the program did it by itself, as a sync in the background: undo passes it over."""


class Deed(msgspec.Struct, frozen=True):
    """What is about to be done, as the log is to have it."""

    kind: OperationKind = "change"
    subject: str = ""
    author: Author | None = None
    of: str = ""
    automatic: bool = False


def new_operation(deed: Deed, *, before: str, after: str, branch: str) -> Operation:
    """The operation that a deed has become, finished now."""
    subject = " ".join(deed.subject.split())
    return Operation(
        id=secrets.token_hex(6),
        time=int(time.time()),
        kind=deed.kind,
        before=before,
        after=after,
        subject=subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[: _LONGEST_SUBJECT - 1]}…",
        author=deed.author,
        branch=branch,
        of=deed.of,
        automatic=deed.automatic,
    )


class OperationLog:
    """The log in the local folder of a workspace. Whoever appends holds the write lock; anybody may read."""

    def __init__(self, local: Path, *, rotate_bytes: int = ROTATE_BYTES) -> None:
        self._path = local / "operations.jsonl"
        self._older = local / "operations-older.jsonl"
        self._rotate_bytes = rotate_bytes

    @property
    def state(self) -> Stamp:
        """What tells, without reading it, whether something was appended since."""
        return stamp(self._path)

    def append(self, operation: Operation) -> None:
        """Add an operation. It is not waited for, and never fails: a change is saved without its line, too."""
        with contextlib.suppress(OSError, ValueError):
            line = msgspec.json.encode(operation) + b"\n"
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "ab+") as file:
                size = file.seek(0, os.SEEK_END)
                if size:
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":
                        line = b"\n" + line  # A crash has torn the last line: it must not take this one with it.
                file.write(line)
                size += len(line)
            if size >= self._rotate_bytes:
                os.replace(self._path, self._older)

    def read(self, *, limit: int = 0) -> list[Operation]:
        """The operations, oldest first; with a limit, so many of the newest. Lines that are broken are passed over.

        Errors: StorageFailed.
        """
        if limit:
            found = _decoded(_lines(_tail(self._path, limit * _LINE_BYTES)))
            if len(found) >= limit:
                return found[-limit:]
        # The newer file first: what is put aside meanwhile is met twice then, and not missed.
        newer = _lines(read_file(self._path))
        found = _decoded([*_lines(read_file(self._older)), *newer])
        return found[-limit:] if limit else found

    def last(self) -> Operation | None:
        """The newest operation, or None."""
        return next(iter(self.read(limit=1)), None)


def recent_commits(local: Path, limit: int = KEPT_OPERATIONS) -> list[str]:
    """The commits that the newest operations name, before and after each, newest first, each once.

    What cleans up the repository must keep these with all that they hold, even where no branch has them any more (a
    save that amends leaves its predecessor behind): undo and restore read them.

    Args:
        local: the local folder of the workspace, `.cvat`.
        limit: how many of the newest operations count.

    Errors: StorageFailed.
    """
    found: dict[str, None] = {}
    for operation in reversed(OperationLog(local).read(limit=limit)):
        for commit in (operation.after, operation.before):
            if commit:
                found[commit] = None
    return list(found)


def _tail(path: Path, size: int) -> bytes:
    """The last bytes of a file from the beginning of a line on; none where there is no such file.

    Errors: StorageFailed.
    """
    try:
        with open(path, "rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - size)
            file.seek(start)
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise storage_failed(error, path) from None
    return data.partition(b"\n")[2] if start else data


def _lines(data: bytes | None) -> list[bytes]:
    return [line for line in (data or b"").split(b"\n") if line]


def _decoded(lines: Iterable[bytes]) -> list[Operation]:
    found: dict[str, Operation] = {}
    for line in lines:
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
            operation = _decoder.decode(line)
            found[operation.id] = operation
    return list(found.values())


_decoder = msgspec.json.Decoder(Operation)
