"""Which way to a remote: libgit2 where it suffices, the git program where only that will do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.store.files import make_durable
from cvatsync.history import objects_folder
from cvatsync.remote.address import local_folder, scheme_of
from cvatsync.remote.failures import not_cloned, not_fetched, not_pushed
from cvatsync.remote.folder import has_hook, needs_git, push_to_folder
from cvatsync.remote.library import clone_by_library, fetch_by_library, push_by_library
from cvatsync.remote.program import (
    Progress,
    clone_by_program,
    fetch_by_program,
    git_program,
    push_by_program,
    require_git,
)
from cvatsync.versions import tags_refspec

if TYPE_CHECKING:
    import pygit2

__all__ = ["Progress", "copy_repository", "fetch", "push"]


def fetch(repository: pygit2.Repository, name: str, *, progress: Progress | None = None) -> None:
    """Bring the branches of a remote to `refs/remotes/<name>/`, and its tags beside our own.

    What came is on the disk itself afterwards.

    Errors: RemoteFailed, StorageFailed; then the branches here are as they were.
    """
    refspecs = [f"+refs/heads/*:refs/remotes/{name}/*", tags_refspec(name)]
    remote = repository.remotes[name]
    address = remote.url or ""
    packs = objects_folder(repository) / "pack"
    before = _listed(packs)
    folder = local_folder(address, base=Path(repository.workdir))
    if folder is not None:
        if not folder.exists():
            raise not_fetched(address, "there is no such folder")
        fetch_by_library(repository.remotes.create_anonymous(str(folder)), refspecs, progress=progress)
    elif _wants_program(address):
        fetch_by_program(Path(repository.workdir), name, refspecs, progress=progress)
    else:
        fetch_by_library(remote, refspecs, progress=progress)
    # A merge will stand on these objects: they must outlive a power cut as it does.
    new = _listed(packs) - before
    if new:
        make_durable([*(packs / file for file in sorted(new)), packs])


def push(
    repository: pygit2.Repository,
    name: str,
    *,
    source: str,
    ref: str,
    expected: str,
    progress: Progress | None = None,
) -> str:
    """Move a remote's branch on to the reference `source`, never forced.

    Args:
        repository: ours.
        name: the remote.
        source: a reference here that stands on the commit to send.
        ref: the full name of the remote's branch.
        expected: where that branch was when it was fetched; empty when there was none.
        progress: called with the objects sent and their number.

    Returns why, when somebody else was faster; else an empty text.
    Errors: RemoteFailed.
    """
    remote = repository.remotes[name]
    address = remote.push_url or remote.url or ""
    workdir = Path(repository.workdir)
    folder = local_folder(address, base=workdir)
    if folder is not None and not folder.exists():
        raise not_pushed(address, "there is no such folder")
    hooked = has_hook(repository, ("pre-push",))
    if hooked or _wants_program(address) or (folder is not None and needs_git(folder)):
        require_git("This push runs hooks or needs a working SSH")
        return push_by_program(workdir, name, source=source, ref=ref, progress=progress)
    if folder is not None:
        return push_to_folder(repository, folder, source=source, ref=ref, expected=expected, progress=progress)
    return push_by_library(remote, source=source, ref=ref, progress=progress)


def copy_repository(address: str, folder: Path, *, progress: Progress | None = None) -> None:
    """Clone into an empty folder, with the default branch set and no files written yet.

    Errors: RemoteFailed, StorageFailed.
    """
    source = local_folder(address, base=Path.cwd())
    if source is not None:
        if not source.exists():
            raise not_cloned(address, "there is no such folder")
        clone_by_library(str(source), folder, progress=progress)
    elif _wants_program(address):
        clone_by_program(address, folder, progress=progress)
    else:
        clone_by_library(address, folder, progress=progress)


def _wants_program(address: str) -> bool:
    scheme = scheme_of(address)
    if scheme == "other":
        require_git("Remotes of this kind are reached through a helper of git")
        return True
    # Git's ssh knows the person's host names, jump hosts and hardware keys; libgit2's knows agent and key files.
    return scheme == "ssh" and git_program() is not None


def _listed(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except FileNotFoundError:
        return set()
