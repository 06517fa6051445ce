"""Telling git of the merge driver: settings of the one repository, never of the user's own."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.store.attributes import MERGE_DRIVER, driver_lines
from cvatcore.store.files import read_file, replace_file
from cvatsync.refusals import refusals_translated

if TYPE_CHECKING:
    import pygit2

_BASES = f"{MERGE_DRIVER}-bases"


def install_drivers(root: Path) -> None:
    """Tell the repository that `root` lies in how its files are merged and shown; a few look-ups where it knows.

    The settings name this Python. The files come to the driver by the `.gitattributes` of the workspace; where that has
    no such lines (in a workspace of an older program), by the repository's `info/attributes`, which has no versions.
    Errors: NotAWorkspace; StorageFailed, Busy.
    """
    from cvatsync.history import open_repository

    repository = open_repository(root)
    try:
        with refusals_translated(root):
            tell_repository(repository, root)
    finally:
        repository.free()


def tell_repository(repository: pygit2.Repository, root: Path) -> None:
    """As `install_drivers`, in an open repository.

    Errors: pygit2.GitError, OSError, StorageFailed.
    """
    missing = _missing_settings(repository)
    if not missing:
        return
    attributes = driver_lines(_prefix(repository, root))
    if driver_lines().encode() not in (read_file(root / ".gitattributes") or b""):
        place = _common_folder(repository) / "info" / "attributes"
        known = (read_file(place) or b"").decode(errors="surrogateescape")
        if attributes not in known:
            gap = "" if known.endswith("\n") or not known else "\n"
            replace_file(place, f"{known}{gap}{attributes}".encode(errors="surrogateescape"), durable=False)
    for name, value in missing.items():
        repository.config[name] = value


def check_drivers(root: Path) -> tuple[str, ...]:
    """What keeps git's own merges from going by objects and fields, in sentences; nothing where all is well.

    Errors: NotAWorkspace; StorageFailed.
    """
    from cvatsync.history import open_repository

    repository = open_repository(root)
    try:
        with refusals_translated(root):
            problems = []
            if missing := _missing_settings(repository):
                problems.append(f"Git's settings do not name this program's drivers: {', '.join(sorted(missing))}.")
            if not _is_given_to_driver(repository, root):
                problems.append("Neither .gitattributes nor info/attributes give the workspace's files to the driver.")
            return tuple(problems)
    finally:
        repository.free()


def driver_settings(python: str = sys.executable) -> dict[str, str]:
    """Git's settings by name.

    `-P` keeps modules of the folder that git works in from being taken for ours. Where that Python is gone, git's own
    merge by lines takes its place.
    """
    shown = shlex.quote(python.replace("\\", "/") if os.name == "nt" else python)
    merging = shown.replace("%", "%%")  # Git reads `%` in the commands of merges, and not in those that show files.
    as_text = f"test -x {merging} || exec git merge-file -L ours -L base -L theirs %A %O %B"
    return {
        f"merge.{MERGE_DRIVER}.name": "cvat: merge by objects and fields",
        f"merge.{MERGE_DRIVER}.driver": f"{as_text}; {_start(merging)} merge %O %A %B %P",
        f"merge.{MERGE_DRIVER}.recursive": _BASES,
        f"merge.{_BASES}.name": "cvat: keep all common ancestors",
        f"merge.{_BASES}.driver": f"{as_text}; {_start(merging)} bases %O %A %B",
        f"diff.{MERGE_DRIVER}.textconv": f'test -x {shown} || exec cat "$@"; {_start(shown)} textconv',
    }


def _start(python: str) -> str:
    return f"exec {python} -P -m cvatsync.driver"


def _missing_settings(repository: pygit2.Repository) -> dict[str, str]:
    config = repository.config.snapshot()
    wanted = driver_settings()
    return {name: value for name, value in wanted.items() if name not in config or config[name] != value}


def _is_given_to_driver(repository: pygit2.Repository, root: Path) -> bool:
    path = f"{_prefix(repository, root)}tasks/1/annotations/1/0.jsonl"
    return repository.get_attr(path, "merge") == MERGE_DRIVER


def _prefix(repository: pygit2.Repository, root: Path) -> str:
    prefix = os.path.relpath(root.resolve(), Path(repository.workdir).resolve())
    return "" if prefix == "." else prefix.replace(os.sep, "/") + "/"


def _common_folder(repository: pygit2.Repository) -> Path:
    folder = Path(repository.path)
    link = folder / "commondir"
    return (folder / link.read_text(encoding="utf-8").strip()).resolve() if link.is_file() else folder
