"""Numbers for new things, never used twice, without asking another clone.

Each clone has a block. Block 0, the clone that ran `cvat init`, counts 1, 2, 3 …; in any other, projects, tasks,
jobs and issues are `block * 1_000_000 + n` and objects `block << 32 | n`. All stay below 2^53.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.store.files import read_file, replace_file
from cvatcore.store.lock import WriteLock

IdKind = Literal["project", "task", "job", "issue", "label", "object"]

BLOCK_BITS = 20
_SMALL = 1_000_000
"""Projects, tasks, jobs, issues and labels of one block."""

_RUN = 256
"""Object ids taken from the file at a time, so that most saves write no counter."""


class _Counters(msgspec.Struct):
    block: int
    next: dict[str, int] = {}


class IdAllocator:
    """Hands out ids; its counters lie in the local folder and are durable before an id is used."""

    def __init__(self, path: Path, lock: WriteLock) -> None:
        self._path = path
        self._lock = lock
        self._run = range(0)

    def start(self, *, block: int) -> None:
        """Begin the counters of a new workspace (block 0)."""
        self._write(_Counters(block=block))

    def take(self, kind: IdKind, count: int = 1) -> int:
        """The first of `count` consecutive ids that nobody else has or will have.

        Errors: StorageFailed, Busy.
        """
        with self._lock.held():
            if kind != "object":
                counters, first = self._advance(kind, count)
                return counters.block * _SMALL + first
            if len(self._run) < count:
                size = max(count, _RUN)
                counters, first = self._advance(kind, size)
                base = counters.block << 32
                self._run = range(base + first, base + first + size)
            taken, self._run = self._run[:count], self._run[count:]
            return taken.start

    def give_back(self) -> None:
        """Return the unused rest of the last run where nobody took ids after it."""
        if not self._run:
            return
        with self._lock.held():
            counters = self._read()
            base = counters.block << 32
            if base + counters.next.get("object", 1) == self._run.stop:
                counters.next["object"] = self._run.start - base
                self._write(counters)
            self._run = range(0)

    def _advance(self, kind: IdKind, count: int) -> tuple[_Counters, int]:
        """Count on, durably; a block that is used up makes place for a new one."""
        limit = 1 << 32 if kind == "object" else _SMALL
        if not 0 < count < limit:
            raise InvalidInput(f"{count} ids cannot be given out at once.")
        counters = self._read()
        if counters.next.get(kind, 1) + count > limit:
            counters = _new_block()
        first = counters.next.get(kind, 1)
        counters.next[kind] = first + count
        self._write(counters)
        return counters, first

    def _read(self) -> _Counters:
        # A clone, or the local state was lost: a block of its own keeps its ids from meeting others.
        return _counters(self._path) or _new_block()

    def _write(self, counters: _Counters) -> None:
        replace_file(self._path, msgspec.json.encode(counters))


def _new_block() -> _Counters:
    return _Counters(block=1 + secrets.randbelow(2**BLOCK_BITS - 1))


def counters_behind(path: Path, *, objects: Iterable[int]) -> int:
    """The next object id that would be given out, if an object has it or a later one of this block; else 0.

    That happens where the local folder was brought back from a backup.
    Errors: InvalidDocument when the counters cannot be read, StorageFailed.
    """
    counters = _counters(path)
    if counters is None:
        return 0
    base = counters.block << 32
    following = base + counters.next.get("object", 1)
    last = max((number for number in objects if base < number < base + (1 << 32)), default=0)
    return following if last >= following else 0


def advance_counters(path: Path, *, objects: Iterable[int]) -> None:
    """Let the counters go on after the last of these ids; those that cannot be read make place for a new block.

    The caller holds the write lock.
    Errors: StorageFailed.
    """
    try:
        counters = _counters(path) or _new_block()
    except InvalidDocument:
        counters = _new_block()
    base = counters.block << 32
    last = max((number - base for number in objects if base < number < base + (1 << 32)), default=0)
    counters.next["object"] = max(counters.next.get("object", 1), last + 1)
    replace_file(path, msgspec.json.encode(counters))


def _counters(path: Path) -> _Counters | None:
    data = read_file(path)
    if data is None:
        return None
    try:
        return msgspec.json.decode(data, type=_Counters)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidDocument(
            f"{error}.",
            path=str(path),
            hint="Remove the file: this clone then counts in a new block.",
        ) from None
