"""Pushing to a repository in a folder of this machine or of a network share.

libgit2's own push to a folder overwrites a branch that moved after it looked; here the branch is moved only from where
it was seen, under git's lock, so that two clones that push at once never lose a commit.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import RemoteFailed
from cvatsync.remote.failures import not_pushed
from cvatsync.remote.library import push_by_library
from cvatsync.remote.program import Progress

if TYPE_CHECKING:
    import pygit2

_HOOKS = ("pre-receive", "update", "post-receive", "post-update", "proc-receive", "reference-transaction")


def needs_git(folder: Path) -> bool:
    """Whether only git itself can push there: it has hooks, a working tree, or rights for a group."""
    import pygit2

    try:
        far = pygit2.Repository(str(folder))
    except pygit2.GitError:
        return False  # Pushing tells what is wrong with it.
    try:
        return not far.is_bare or has_hook(far, _HOOKS) or "core.sharedRepository" in far.config
    finally:
        far.free()


def has_hook(repository: pygit2.Repository, names: tuple[str, ...]) -> bool:
    """Whether one of these hooks is installed."""
    config = repository.config
    elsewhere = "core.hooksPath" in config and config["core.hooksPath"]
    hooks = Path(elsewhere).expanduser() if elsewhere else Path(repository.path) / "hooks"
    return any((hooks / name).is_file() and os.access(hooks / name, os.X_OK) for name in names)


def push_to_folder(
    repository: pygit2.Repository,
    folder: Path,
    *,
    source: str,
    ref: str,
    expected: str,
    progress: Progress | None = None,
) -> str:
    """Push, if the branch there is still at `expected` (empty: absent). Returns why not, when somebody was faster.

    Errors: RemoteFailed.
    """
    import pygit2

    target = str(repository.references[source].resolve().target)
    parcel = f"refs/cvat/incoming/{secrets.token_hex(8)}"
    remote = repository.remotes.create_anonymous(str(folder))
    reason = push_by_library(remote, source=source, ref=parcel, progress=progress)
    if reason:
        raise not_pushed(str(folder), reason)
    try:
        far = pygit2.Repository(str(folder))
        try:
            with far.transaction() as transaction:
                transaction.lock_ref(ref)
                found = far.references.get(ref)
                if ("" if found is None else str(found.resolve().target)) != expected:
                    return "fetch first"
                transaction.set_target(ref, target, message="push")
        finally:
            far.references.delete(parcel)
            far.free()
    except (pygit2.GitError, OSError) as error:
        if "lock" in str(error).lower():
            return f"{folder / ref}.lock is there; if no push is under way, one was cut off: then remove it"
        raise not_pushed(str(folder), str(error)) from None
    except KeyError:
        raise RemoteFailed(f"{folder} vanished during the push.", hint="Sync again.") from None
    return ""
