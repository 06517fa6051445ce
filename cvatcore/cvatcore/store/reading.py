"""The files of a workspace at one moment: as the working tree has them now, or as a commit has them for good."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import msgspec

from cvatcore.store.files import MISSING, Stamp, read_file, stamp_of, storage_failed
from cvatcore.store.past import Past, TreeEntry


class Listing(msgspec.Struct, frozen=True):
    """What lies directly in a folder."""

    files: dict[str, Stamp] = {}
    """By name, what tells one state of the file from another."""
    folders: tuple[str, ...] = ()


class Files(Protocol):
    """Where a store reads. Paths are relative to the workspace, with forward slashes."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None. Errors: StorageFailed."""

    def stamp(self, path: str) -> Stamp:
        """What tells one state of a file or folder from another, or MISSING. Errors: StorageFailed."""

    def listing(self, folder: str) -> Listing:
        """What lies directly in a folder; nothing where there is no such folder. Errors: StorageFailed."""


class WorkingFiles:
    """The files on the disk, as they are when they are asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._prefix = f"{root}{os.sep}"

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None."""
        return read_file(self._root / path)

    def stamp(self, path: str) -> Stamp:
        """The stamp of a file or folder, or MISSING."""
        try:
            # As a text: to make a Path takes longer than the answer, and lists ask for thousands.
            return stamp_of(os.stat(self._prefix + path))
        except (FileNotFoundError, NotADirectoryError):
            return MISSING
        except OSError as error:
            raise storage_failed(error, self._root / path) from None

    def listing(self, folder: str) -> Listing:
        """What lies directly in a folder."""
        files: dict[str, Stamp] = {}
        folders: list[str] = []
        try:
            with os.scandir(self._root / folder) as entries:
                for entry in entries:
                    if entry.is_dir():
                        folders.append(entry.name)
                        continue
                    try:
                        files[entry.name] = stamp_of(entry.stat())
                    except FileNotFoundError:
                        continue  # Removed since, or a link to nothing.
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise storage_failed(error, self._root / folder) from None
        return Listing(files=files, folders=tuple(folders))


class CommitFiles:
    """The files of one commit; they never change."""

    def __init__(self, past: Past, commit: str) -> None:
        self._past = past
        self._commit = commit

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None."""
        found = self._past.entry(path, commit=self._commit)
        return None if found is None or found.is_folder else self._past.blob(found.id)

    def stamp(self, path: str) -> Stamp:
        """A stamp that follows from the content."""
        found = self._past.entry(path, commit=self._commit)
        return MISSING if found is None else _stamp(found)

    def listing(self, folder: str) -> Listing:
        """What lies directly in a folder."""
        found = self._past.entries(folder, commit=self._commit)
        return Listing(
            files={name: _stamp(entry) for name, entry in found.items() if not entry.is_folder},
            folders=tuple(name for name, entry in found.items() if entry.is_folder),
        )


def _stamp(entry: TreeEntry) -> Stamp:
    # No file of a disk has such a time.
    return -1, 0, int(entry.id, 16)
