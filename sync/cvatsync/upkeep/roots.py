"""What keeps objects alive: references, logs, indexes, and the heads of whatever is under way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.store.files import read_file
from cvatsync.upkeep.reflogs import LogLine, log_files, read_log

if TYPE_CHECKING:
    import pygit2

_NUMBER = re.compile(rb"\b[0-9a-f]{40}\b")
_NOTHING = "0" * 40
_UNDER_WAY = (
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "BISECT_LOG",
    "rebase-merge",
    "rebase-apply",
    "sequencer",
)


class Roots(msgspec.Struct, frozen=True):
    """What a repository holds on to."""

    ids: frozenset[bytes]
    """Objects that references, heads and indexes name, and logs but for the lines of saves."""
    saves: dict[str, list[LogLine]]
    """By the path of a log, the lines that saves have made."""


def git_folders(common: Path) -> list[Path]:
    """The folder of a repository, and those of its linked worktrees."""
    worktrees = common / "worktrees"
    return [common, *(sorted(path for path in worktrees.iterdir() if path.is_dir()) if worktrees.is_dir() else ())]


def is_at_rest(common: Path) -> bool:
    """Whether nothing is under way in any worktree of a repository."""
    return not any((folder / name).exists() for folder in git_folders(common) for name in _UNDER_WAY)


def find_roots(repository: pygit2.Repository, common: Path) -> Roots:
    """All that keeps objects alive.

    Errors: pygit2.GitError for an index that cannot be read.
    """
    found = {raw for name in _heads(common) for raw in _numbers(name)}
    for reference in repository.references.iterator():
        if not isinstance(reference.target, str):
            found.add(reference.target.raw)
    saves: dict[str, list[LogLine]] = {}
    for path, _ in log_files(git_folders(common)):
        for line in read_log(path):
            if line.is_save:
                saves.setdefault(str(path), []).append(line)
            else:
                found |= {bytes.fromhex(one) for one in (line.before, line.after) if one != _NOTHING}
    for folder in git_folders(common):
        found |= set(_staged(folder / "index"))
    return Roots(ids=frozenset(found), saves=saves)


def _heads(common: Path) -> Iterator[Path]:
    """HEAD, ORIG_HEAD, FETCH_HEAD … of every worktree."""
    for folder in git_folders(common):
        yield from (path for path in folder.iterdir() if path.name.endswith("HEAD") and path.is_file())


def _numbers(path: Path) -> Iterable[bytes]:
    return (bytes.fromhex(one.decode()) for one in _NUMBER.findall(read_file(path) or b""))


def _staged(path: Path) -> Iterator[bytes]:
    import pygit2

    if path.is_file():
        for entry in pygit2.Index(str(path)):
            if entry.mode != 0o160000:
                yield entry.id.raw
