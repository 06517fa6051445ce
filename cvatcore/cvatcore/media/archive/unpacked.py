"""The folder `.cvat/unpacked`: compressed archives as plain ones, while they are used. It may be deleted any time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from cvatcore.media.archive.decompressing import unpack_stream
from cvatcore.media.identity import file_identity
from cvatcore.store.layout import LOCAL

UNPACKED = f"{LOCAL}/unpacked"

MAX_BYTES = 32 << 30
"""What the folder may hold, in bytes; the archives used longest ago go first, never the newest."""

_STALE = 86_400
"""Seconds after which a copy that was begun is one that somebody did not finish."""


def unpacked_folder(root: Path) -> Path | None:
    """Where the unpacked archives of a workspace lie; None where `root` is none (yet): then they are not kept."""
    return root / UNPACKED if (root / LOCAL).is_dir() else None


def unpacked_copy(path: Path, *, folder: Path, name: str, tick: Callable[[], None] | None = None) -> Path:
    """The plain tar archive of a compressed one, unpacked unless it is there already.

    Errors: as `unpack_stream`; MissingMedia.
    """
    copy = existing_copy(path, folder=folder)
    if copy is not None:
        return copy
    target = _place(path, folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".unpacking-{secrets.token_hex(8)}"
    try:
        unpack_stream(path, draft, name=name, tick=tick)
        os.replace(draft, target)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    _make_room(folder, newest=target)
    return target


def existing_copy(path: Path, *, folder: Path) -> Path | None:
    """The copy of a compressed archive as it is now, if there is one; it counts as used.

    Errors: MissingMedia where the archive itself is gone.
    """
    target = _place(path, folder=folder)
    try:
        os.utime(target)
    except OSError:
        return None
    return target


def _place(path: Path, *, folder: Path) -> Path:
    identity = file_identity(path).encode("utf-8", "surrogateescape")
    return folder / f"{hashlib.sha256(identity).hexdigest()[:32]}.tar"


def _make_room(folder: Path, *, newest: Path) -> None:
    found: list[tuple[float, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat()
                found.append((status.st_mtime, status.st_size, entry.path))
    total = sum(size for _, size, _ in found)
    for used, size, place in sorted(found):
        is_draft = os.path.basename(place).startswith(".")
        if place == str(newest) or (is_draft and time.time() - used < _STALE):
            continue
        if total <= MAX_BYTES and not is_draft:
            continue
        # A copy that is open elsewhere can be read on; Windows keeps it until it is closed.
        with contextlib.suppress(OSError):
            os.unlink(place)
            total -= size
