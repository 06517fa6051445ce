"""`cvat clone`: a workspace from a remote, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import posixpath
import secrets
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import Conflict, CvatError, InvalidInput, NotAWorkspace
from cvatcore.store.files import storage_failed
from cvatcore.store.layout import LOCAL, SETTINGS
from cvatcore.workspace.initialize import decode_settings
from cvatsync.driver_install import tell_repository
from cvatsync.landing import check_names
from cvatsync.refusals import refusals_translated
from cvatsync.remote import Progress, copy_repository, shown_address

if TYPE_CHECKING:
    import pygit2

_DEPTH = 3
"""How many folders deep a workspace is looked for in a repository that holds other things too."""


def clone(url: str, folder: Path | str, *, progress: Progress | None = None) -> Path:
    """Clone a workspace and return its root: the folder, or the one folder in it that is a workspace.

    Args:
        url: a path, or an address that git knows: `file://`, `https://`, `ssh://`, `person@host:path`.
        folder: where to; it is made, and may exist when it is empty.
        progress: called with the objects received and their number.

    Errors: Conflict when the folder holds something; NotAWorkspace; UnsupportedVersion for a newer format;
    RemoteFailed; StorageFailed. Then nothing is left behind.
    """
    target = Path(os.path.abspath(Path(folder).expanduser()))
    if not url:
        raise InvalidInput("The address is empty.")
    try:
        existed = target.exists()
        if existed and (not target.is_dir() or any(target.iterdir())):
            raise Conflict(f"{target} exists and is not empty.", hint="Name a folder that does not exist yet.")
        made = _make_parents(target.parent)
        # Beside the target or, where the target is there already and may be a mount point, in it.
        place = target if existed else target.parent
        draft = place / f".{target.name}.clone-{secrets.token_hex(4)}"
        draft.mkdir()
    except OSError as error:
        raise storage_failed(error, target) from None
    try:
        inner = _fill(url, draft, progress=progress)
        if existed:
            _move_contents(draft, target)
        else:
            draft.rename(target)
    except BaseException as error:
        _remove_tree(draft)
        for parent in made:
            if not any(parent.iterdir()):
                parent.rmdir()
        if isinstance(error, OSError):
            raise storage_failed(error, target) from None
        raise
    return target / inner if inner else target


def _fill(url: str, draft: Path, *, progress: Progress | None) -> str:
    """Clone into the draft. Returns where the workspace is in it."""
    import pygit2

    copy_repository(url, draft, progress=progress)
    with refusals_translated(draft):
        repository = pygit2.Repository(str(draft))
        try:
            if repository.head_is_unborn:
                raise NotAWorkspace(
                    f"{shown_address(url)} is empty.",
                    hint="In the workspace that shall be shared: git remote add origin URL, then cvat sync.",
                )
            tree = repository.head.peel(pygit2.Tree)
            inner, settings = _find_workspace(tree, url=url)
            decode_settings(settings.data, place=f"{SETTINGS} of {shown_address(url)}")
            names = [name for name in (posixpath.join(inner, LOCAL), ".git") if name in tree]
            check_names(names, local=posixpath.join(inner, LOCAL))
            repository.checkout_head()  # type: ignore[no-untyped-call]  # pygit2 leaves it out
            with contextlib.suppress(pygit2.GitError, OSError, CvatError):
                # The first writer would do it too, but the first merge may be one of git's own.
                tell_repository(repository, draft / inner)
        finally:
            repository.free()
    (draft / inner / LOCAL).mkdir(exist_ok=True)
    return inner


def _find_workspace(tree: pygit2.Tree, *, url: str) -> tuple[str, pygit2.Blob]:
    found = dict(_settings_files(tree, "", depth=_DEPTH))
    if "" in found:
        return "", found[""]
    if len(found) == 1:
        return next(iter(found.items()))
    if found:
        raise NotAWorkspace(
            f"{shown_address(url)} holds several workspaces: {', '.join(sorted(found))}.",
            hint="Clone it with git and open one of them.",
        )
    raise NotAWorkspace(
        f"{shown_address(url)} is no workspace: it has no {SETTINGS}.",
        hint="Check the address, or make a workspace in a clone of it with: cvat init.",
    )


def _settings_files(tree: pygit2.Tree, path: str, *, depth: int) -> list[tuple[str, pygit2.Blob]]:
    import pygit2

    if SETTINGS in tree:
        blob = tree[SETTINGS]
        return [(path, blob)] if isinstance(blob, pygit2.Blob) else []
    found = []
    if depth:
        for entry in tree:
            if isinstance(entry, pygit2.Tree) and entry.name:
                found += _settings_files(entry, posixpath.join(path, entry.name), depth=depth - 1)
    return found


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder; returns those that did not exist, innermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for parent in reversed(missing):
        parent.mkdir()
    return missing


def _move_contents(draft: Path, target: Path) -> None:
    """Move what is in the draft up; the settings last, since they make it a workspace."""
    names = sorted(os.listdir(draft), key=lambda name: (name == SETTINGS, name))
    moved: list[str] = []
    try:
        for name in names:
            (draft / name).rename(target / name)
            moved.append(name)
    except BaseException:
        for name in moved:
            (target / name).rename(draft / name)
        raise
    draft.rmdir()


def _remove_tree(folder: Path) -> None:
    """Remove a folder with git's read-only files in it."""
    for above, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = os.path.join(above, name)
            if not os.path.islink(path):
                os.chmod(path, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)
