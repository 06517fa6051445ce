"""Bringing media into a workspace."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from cvatcore.errors import InvalidMedia, StorageFailed
from cvatcore.media.collecting import Collected, collect, expanded
from cvatcore.media.scanning import Progress

_PIECE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def copy_media(inputs: Sequence[Path], *, into: Path, progress: Progress | None = None) -> tuple[Path, ...]:
    """Copy media into a fresh folder below `into`, all or nothing, and return the inputs as they lie there.

    Pictures, archives, videos and the manifest are taken, other files in folders are not; `scan` gives the copies the
    names that it gives the inputs. Progress counts bytes. They are real copies: a link would change with its original.

    Errors: InvalidMedia for what `scan` refuses by its name; StorageFailed when it does not fit.
    """
    found = collect(inputs)
    manifest = found.manifest or found.manifest_in_folder
    given = [path.relative_to(found.base) for path in expanded(inputs) if path != found.manifest]
    try:
        # Hidden, so that a scan meanwhile does not see it.
        temporary = into / f".copying-{secrets.token_hex(8)}"
        temporary.mkdir(parents=True)
    except OSError as error:
        raise copy_failed(into, error) from None
    try:
        _copy_all(found, temporary, progress)
        if manifest:
            copy_file(manifest, temporary / manifest.name)
        target = temporary.rename(free_name(into, wanted=_title(found)))
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise copy_failed(into, error) from None
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    copies = [target / name for name in given]
    if found.manifest:
        copies.append(target / found.manifest.name)
    return tuple(dict.fromkeys(copies))


def _copy_all(found: Collected, target: Path, progress: Progress | None) -> None:
    names = [*found.names, *([found.video] if found.video else [])]
    sizes = {name: os.path.getsize(found.base / name) for name in names}
    total = sum(sizes.values())
    if total > shutil.disk_usage(target).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    done = 0
    for name in names:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        done += copy_file(found.base / name, copy)
        if progress:
            progress(done, max(total, done))


def copy_file(source: Path, target: Path) -> int:
    """Copy a file to a place where none is, onto the disk itself. Returns its length in bytes.

    Errors: InvalidMedia when it cannot be read; OSError when it cannot be written.
    """
    try:
        reading = source.open("rb")
    except OSError as error:
        raise InvalidMedia(f"{source} cannot be read: {error.strerror}.", hint="Check its permissions.") from None
    with reading, target.open("xb") as writing:
        shutil.copyfileobj(reading, writing, _PIECE)
        writing.flush()
        os.fsync(writing.fileno())
        return writing.tell()


def _title(found: Collected) -> str:
    if found.video:
        return Path(found.video).stem
    if len(found.archives) == len(found.names) == 1:
        return Path(found.names[0]).stem
    return found.base.name or "media"


def folder_name(title: str, *, default: str) -> str:
    """What the folder of a task's media is called: the task's title, as every system can have it, else `default`."""
    return re.sub(r"[^\w.-]+", "-", title).strip(".-_")[:60] or default


def free_name(into: Path, *, wanted: str) -> Path:
    """A place in a folder where nothing is yet, of the wanted name or one like it."""
    number = 1
    while True:
        target = into / (wanted if number == 1 else f"{wanted}-{number}")
        if not target.exists():
            return target
        number += 1


def copy_failed(into: Path, error: OSError) -> StorageFailed:
    """What is said of media that could not be copied."""
    reason = "the disk is full" if error.errno in _FULL else error.strerror or str(error)
    return StorageFailed(
        f"The media could not be copied into {into}: {reason}.",
        hint="Make room, or leave the media where they are (without --copy).",
    )
