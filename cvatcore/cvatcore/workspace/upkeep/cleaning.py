"""`cvat gc`: less room for the same history."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError, StorageFailed
from cvatcore.store.files import replace_file, stamp
from cvatcore.store.layout import LOCAL, SETTINGS
from cvatcore.store.lock import WriteLock
from cvatcore.store.operations import recent_commits
from cvatcore.store.upkeep import Cleaned, open_upkeep

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

LOOSE_LIMIT = 6000
"""From so many loose objects on they are packed in the background: about a thousand saves."""

PACK_LIMIT = 30
"""From so many packs on they become one."""

_WAIT_SECONDS = 60.0

_AGAIN_SECONDS = 3600.0
"""Commands try again after so long."""

_SAMPLED = 16
"""Of the 256 folders of loose objects, so many tell how many there are in all; ids are spread evenly."""


def clean(workspace: Workspace, *, whole: bool = True) -> Cleaned:
    """Pack loose objects, and drop what amended saves have left behind but for what the newest operations name.

    Args:
        workspace: the workspace.
        whole: whether to make one pack of all, which takes longer and least room.

    Errors: Busy while a merge or rebase is under way; StorageFailed.
    """
    folders = list(_local_folders(workspace))

    def keep() -> list[str]:
        return [commit for local in folders for commit in recent_commits(local)]

    upkeep = open_upkeep(workspace.root)
    lock = WriteLock(workspace.store.local / "gc.lock")
    try:
        with lock.held(wait=_WAIT_SECONDS):  # Of two at once one would pack what the other takes away.
            return upkeep.clean(keep=keep, whole=whole, writing=workspace.store.tidying)
    finally:
        upkeep.close()


def clean_if_needed(workspace: Workspace) -> Cleaned | None:
    """Clean up where loose objects have piled up; a look at a few folders tells. None where nothing was to do."""
    objects = _objects_folder(workspace.root)
    if objects is None or not is_needed(workspace.root):
        return None
    with contextlib.suppress(CvatError):
        return clean(workspace, whole=_packs(objects) >= PACK_LIMIT)
    return None


def is_needed(root: Path) -> bool:
    """Whether loose objects or packs have piled up; a look at a few folders tells."""
    objects = _objects_folder(root)
    return objects is not None and (_estimate(objects) >= LOOSE_LIMIT or _packs(objects) >= PACK_LIMIT)


def command(root: Path) -> list[str]:
    """The program that cleans up the workspace at `root` where that is needed."""
    return [sys.executable, "-P", "-m", "cvatcore.workspace.upkeep.cleaning", str(root.absolute())]


def start_if_needed(root: Path) -> subprocess.Popen[bytes] | None:
    """Clean up in a process that goes on by itself, where loose objects have piled up: for commands, which end at once.

    It is tried once an hour at the most, since what cannot be cleaned up now (a merge is under way) would be looked at
    after each command. None where nothing was to do; nothing is raised where it cannot be done.
    """
    tried = root / LOCAL / "cleaned"
    try:
        if not is_needed(root) or time.time() - stamp(tried)[0] / 1e9 < _AGAIN_SECONDS:
            return None
        replace_file(tried, b"", durable=False)
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(
            command(root), stdin=nowhere, stdout=nowhere, stderr=nowhere, cwd=root, start_new_session=True
        )
    except (OSError, StorageFailed):
        return None


def _packs(objects: Path) -> int:
    return sum(1 for _ in (objects / "pack").glob("*.pack")) if (objects / "pack").is_dir() else 0


def _estimate(objects: Path) -> int:
    """About how many loose objects there are."""
    count = 0
    for number in range(0, 256, 256 // _SAMPLED):
        with contextlib.suppress(OSError):
            count += len(os.listdir(objects / f"{number:02x}"))
    return count * 256 // _SAMPLED


def _objects_folder(root: Path) -> Path | None:
    """Where git's objects are, told without loading a git library; None where that takes more than a look."""
    for folder in (root, *root.parents):
        if (folder / ".git").is_dir():
            return folder / ".git" / "objects"
        if (folder / ".git").exists():
            return None  # A linked worktree: its repository is cleaned from the main one.
    return None


def _local_folders(workspace: Workspace) -> Iterator[Path]:
    """The local folders of this workspace and of others in the same repository: each has operations of its own."""
    yield workspace.store.local
    top = workspace.root
    while not (top / ".git").exists() and top != top.parent:
        top = top.parent
    places = [top, *_worktrees(top)]
    for place in places:
        for above, folders, names in os.walk(place):
            if LOCAL in folders and SETTINGS in names and Path(above) != workspace.root:
                yield Path(above) / LOCAL
            folders[:] = [] if SETTINGS in names else [name for name in folders if name not in {".git", LOCAL}]


def _worktrees(top: Path) -> Iterator[Path]:
    """The other working trees of a repository."""
    git = top / ".git"
    if git.is_file():
        common = Path(git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).parent.parent
        yield common.parent
    else:
        common = git
    listed = common / "worktrees"
    for entry in listed.iterdir() if listed.is_dir() else ():
        with contextlib.suppress(OSError):
            yield Path((entry / "gitdir").read_text(encoding="utf-8").strip()).parent


def main() -> None:
    """Clean up the workspace of the first argument where it is needed, for a daemon that goes on meanwhile."""
    from cvatcore.workspace.workspace import Workspace

    if hasattr(os, "nice"):
        os.nice(10)
    with contextlib.suppress(CvatError), Workspace(sys.argv[1]) as workspace:
        clean_if_needed(workspace)


if __name__ == "__main__":
    main()
