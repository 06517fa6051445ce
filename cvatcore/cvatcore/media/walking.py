"""The media files under a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from cvatcore.errors import InvalidMedia
from cvatcore.media.kinds import Kind, is_hidden, kind_of_name

WORKSPACE_FILE = "cvat.toml"
"""Marks a folder as a workspace: its documents are no media."""

WORKSPACE_FOLDERS = frozenset(["tasks", "projects"])


def walk(folder: Path) -> Iterator[tuple[str, Kind]]:
    """The media files under a folder, as paths relative to it with forward slashes; in no order.

    Hidden files and folders and the documents of a workspace are left out. Links are followed, circles are not.

    Errors: InvalidMedia when a folder cannot be read, or a picture is a link to nothing.
    """
    for name, entry in entries_below(folder):
        if entry.is_dir() or not (kind := kind_of_name(entry.name)):
            continue
        if entry.is_file():
            yield name, kind
        elif kind == "picture" and entry.is_symlink():
            raise InvalidMedia(
                f"{entry.path} is a link to a file that does not exist.", hint="Bring the file back, or remove it."
            )


def entries_below(
    folder: Path | str,
    *,
    recursive: bool = True,
    skip: Collection[str] = (),
    unreadable: Callable[[str], None] | None = None,
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All files and folders under a folder, by relative paths with forward slashes; in no order.

    What `walk` leaves out is left out here too.

    Args:
        folder: where to begin.
        recursive: whether what is in its folders counts.
        skip: absolute paths of folders whose contents are left out.
        unreadable: told of each folder that cannot be read, with a slash at the end, the first one as an empty text.

    Errors: InvalidMedia when a folder cannot be read, and nobody is told.
    """
    waiting = [(str(folder), "")]
    seen: set[tuple[int, int]] = set()
    while waiting:
        place, prefix = waiting.pop()
        try:
            status = os.stat(place)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(place) as entries:
                found = list(entries)
        except OSError as error:
            if unreadable is None:
                raise InvalidMedia(
                    f"The folder {place} cannot be read: {error.strerror}.", hint="Check its permissions."
                ) from None
            unreadable(prefix)
            continue
        is_workspace = any(entry.name == WORKSPACE_FILE for entry in found)
        for entry in found:
            if is_hidden(entry.name) or (is_workspace and entry.name in WORKSPACE_FOLDERS):
                continue
            if recursive and entry.is_dir() and entry.path not in skip:
                waiting.append((entry.path, f"{prefix}{entry.name}/"))
            yield prefix + entry.name, entry
