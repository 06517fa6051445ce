"""Conflicts that git's own commands met, noted on this machine until the merge that met them is over.

The merge driver runs in the middle of a `git merge` or `git rebase`, where nothing can be committed, and nobody knows
yet whether the user will go through with it. So it writes a note, which `workspace.leftover.pending` takes up later.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cvatcore.schema import ConflictDocument
from cvatcore.store.layout import LOCAL

FOLDER = f"{LOCAL}/pending"


class PendingConflicts(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`.cvat/pending/<name>.json`: what a file-by-file merge could not decide in one file."""

    path: str
    """The file, relative to the workspace."""
    ours: str
    """Git's id of the file that the conflicts kept the values of."""
    theirs: str
    """Git's id of the other one."""
    result: str
    """Git's id of what the merge left in the file."""
    head: str
    """The commit that was checked out."""
    made: int
    """When, in seconds since 1970."""
    conflicts: tuple[ConflictDocument, ...]
    merging: str = ""
    """The commit that `git merge` or `git pull` was about to bring in, where it said so."""
    rebasing: str = ""
    """The commit that the branch stood on before the rebase that met them."""
    stashed: bool = False
    """Whether the other version came out of the stash."""


def blob_id(data: bytes) -> str:
    """Git's id of a file with these bytes."""
    # Not for secrecy: git names its files this way.
    return hashlib.sha1(b"blob %d\x00" % len(data) + data, usedforsecurity=False).hexdigest()


def write_note(root: Path, note: PendingConflicts) -> Path:
    """Keep a note in the workspace at `root`; the same one twice is one file.

    Errors: OSError.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha1(f"{note.path} {note.head} {note.theirs}".encode(), usedforsecurity=False).hexdigest()[:16]
    temporary = folder / f"{name}-{os.getpid()}.tmp"
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(note), indent=2) + b"\n")
    path = folder / f"{name}.json"
    os.replace(temporary, path)
    return path


def has_notes(root: Path) -> bool:
    """Whether there may be a note: a look at one folder, most often one that does not exist."""
    return next(_notes(root), None) is not None


def read_notes(root: Path) -> dict[Path, PendingConflicts]:
    """The notes of a workspace by their files, oldest first. One that cannot be read is left out."""
    found: dict[Path, PendingConflicts] = {}
    for path in _notes(root):
        with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
            found[path] = msgspec.json.decode(path.read_bytes(), type=PendingConflicts)
    return dict(sorted(found.items(), key=lambda item: (item[1].made, item[0].name)))


def _notes(root: Path) -> Iterator[Path]:
    try:
        with os.scandir(root / FOLDER) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(".json")]
    except OSError:
        return
    for name in names:
        yield root / FOLDER / name
