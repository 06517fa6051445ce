"""Saves that a `git commit` of a person took back without meaning to.

Git reads its index first and locks it afterwards. Where a save comes in between, git commits the tree from before the
save on top of it, or leaves its old index behind for the next commit. The working tree has the save all the same, and
so it can be told from a change that was taken back on purpose, which takes back the file, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from cvatcore.errors import NotFound
from cvatcore.store.history import History
from cvatcore.store.operations import Deed, Operation, OperationLog
from cvatcore.store.past import Past

LOOKED_AT = 32
"""So many of the newest operations are looked at: git reads its index milliseconds before it commits."""

_MOST_FILES = 2000
"""Operations that changed more files are no saves."""


def find_taken_back(
    log: OperationLog,
    *,
    history: History,
    past: Callable[[], Past],
    head: str,
    read: Callable[[str], bytes | None],
) -> tuple[dict[str, bytes | None], Deed] | None:
    """The files to commit again, and how the log is to call that; None where nothing was taken back.

    Args:
        log: the operations of this workspace.
        history: its history, whose newest commit is not the one that this program left.
        past: gives the commits, once they are needed.
        head: the newest commit.
        read: gives a file of the working tree.

    Errors: StorageFailed.
    """
    last = log.last()
    if last is None or last.after == head or last.branch != history.branch() or not history.contains(last.after):
        return None
    done = [one for one in log.read(limit=LOOKED_AT) if one.branch == last.branch]
    paths = taken_back(reversed(done), past=past(), head=head, read=read)
    if not paths:
        return None
    subject = f"Kept what a git commit had taken back: {len(paths)} file{'s' if len(paths) > 1 else ''}"
    return {path: read(path) for path in paths}, Deed(subject=subject, author=last.author, automatic=True)


def taken_back(
    operations: Iterable[Operation], *, past: Past, head: str, read: Callable[[str], bytes | None]
) -> list[str]:
    """The files that the newest commit has as they were before our last saves, and the working tree as after them.

    Args:
        operations: the operations done on the branch, newest first.
        past: the commits.
        head: the newest commit, which somebody else made on top of the last operation's.
        read: gives a file of the working tree.

    Errors: StorageFailed.
    """
    after: dict[str, str] = {}
    before: dict[str, set[str]] = {}
    for operation in operations:
        if not operation.before or operation.before == operation.after:
            continue
        try:
            changes = past.changes(operation.before, operation.after)
            for change in changes:
                after.setdefault(change.path, change.after)
                before.setdefault(change.path, set()).add(change.before)
                if len(after) > _MOST_FILES:
                    return []
        except NotFound:
            break  # It was cleaned up, and so it is old.
    found = []
    for path, ours in after.items():
        entry = past.entry(path, commit=head)
        theirs = entry.id if entry is not None else ""
        if theirs != ours and theirs in before[path] and blob_id(read(path)) == ours:
            found.append(path)
    return found


def blob_id(data: bytes | None) -> str:
    """Git's id of a file; empty where there is none."""
    if data is None:
        return ""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
