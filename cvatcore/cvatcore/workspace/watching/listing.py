"""What lies in a watched folder now: a look at each file's status, none into it."""

from __future__ import annotations

import stat
from collections.abc import Collection
from typing import NamedTuple

import msgspec

from cvatcore.media.kinds import is_temporary, kind_of_name
from cvatcore.media.walking import entries_below


class FileStamp(NamedTuple):
    """What tells one state of a file from another without reading it."""

    size: int
    """In bytes."""
    modified_ns: int
    """Since 1970."""
    changed_ns: int
    """When anything of it last changed, also its name; since 1970."""


class FolderListing(msgspec.Struct, frozen=True):
    """The media files in a folder, by their paths in it with forward slashes."""

    files: dict[str, FileStamp]
    """Pictures and point clouds."""
    others: tuple[str, ...] = ()
    """Videos, archives and documents, which are no frames of a folder; sorted."""
    unreadable: tuple[str, ...] = ()
    """Folders that could not be read, with a slash at the end; what was in them may be there still. Sorted."""
    is_there: bool = True
    """Whether the folder itself could be read."""


def list_folder(folder: str, *, recursive: bool = True, skip: Collection[str] = ()) -> FolderListing:
    """Look at the media files in a folder.

    Hidden and temporary files and the documents of a workspace are left out. Links are followed, circles are not.

    Args:
        folder: an absolute path.
        recursive: whether folders in it count.
        skip: absolute paths of folders that somebody else looks after.
    """
    files: dict[str, FileStamp] = {}
    others: list[str] = []
    unreadable: list[str] = []
    for name, entry in entries_below(folder, recursive=recursive, skip=skip, unreadable=unreadable.append):
        kind = kind_of_name(entry.name)
        if kind is None or entry.is_dir() or is_temporary(entry.name):
            continue
        if kind not in ("picture", "cloud"):
            others.append(name)
            continue
        try:
            status = entry.stat()
        except OSError:
            continue  # It went just now, or is a link to nothing.
        if stat.S_ISREG(status.st_mode):
            files[name] = FileStamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    if "" in unreadable:
        return FolderListing(files={}, is_there=False)
    return FolderListing(files=files, others=tuple(sorted(others)), unreadable=tuple(sorted(unreadable)))
