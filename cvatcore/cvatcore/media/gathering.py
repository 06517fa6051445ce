"""Bringing the media of a task into its workspace: just its frames, under the names they have."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from cvatcore.errors import InvalidMedia, StorageFailed
from cvatcore.media.context_images import context_frames
from cvatcore.media.folder_names import free_name
from cvatcore.media.identity import place_of, source_path
from cvatcore.media.scanning import Progress
from cvatcore.schema import DataSpec, Manifest, MediaSource

_PIECE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Gathered(msgspec.Struct, frozen=True):
    """Media that were copied."""

    sources: tuple[MediaSource, ...]
    """All sources of the task, those that were copied at their new place below the workspace."""
    made: tuple[Path, ...]
    """The folders that were made, each by itself."""


def outside_of(data: DataSpec, *, root: Path) -> tuple[int, ...]:
    """The numbers of the sources that lie outside the workspace at `root`; `data` says where they lie here."""
    home = root.resolve()
    return tuple(
        number
        for number, source in enumerate(data.sources)
        if not Path(os.path.abspath(source_path(source, root=root))).is_relative_to(root)
        and not source_path(source, root=root).resolve().is_relative_to(home)
    )


def gather(
    data: DataSpec,
    manifest: Manifest,
    *,
    numbers: Sequence[int],
    root: Path,
    into: Path,
    progress: Progress | None = None,
) -> Gathered:
    """Copy sources into fresh folders below `into`, which is in the workspace: all or nothing.

    They are real copies: a link would change with its original.

    Args:
        data: the sources, where they lie here.
        manifest: the task's frames; of a folder only these and their context images are copied.
        numbers: which sources.
        root: the workspace.
        into: where the folders are made.
        progress: called with the bytes copied and their number.

    Errors: MissingMedia, InvalidMedia; StorageFailed when it does not fit.
    """
    files = {number: _files(data, manifest, number=number, root=root) for number in numbers}
    total = sum(_length(original) for wanted in files.values() for original, _ in wanted)
    done = 0
    sources = list(data.sources)
    made: list[Path] = []
    try:
        into.mkdir(parents=True, exist_ok=True)
        if total > shutil.disk_usage(into).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        for number, wanted in files.items():
            source = data.sources[number]
            # Hidden, so that nobody takes it for media meanwhile.
            draft = into / f".copying-{secrets.token_hex(8)}"
            draft.mkdir()
            made.append(draft)
            for original, inside in wanted:
                copy = draft / inside
                copy.parent.mkdir(parents=True, exist_ok=True)
                done += _copy_file(original, copy)
                if progress:
                    progress(done, max(total, done))
            name = PurePosixPath(source.path)
            target = free_name(into, wanted=(name.name if source.kind == "folder" else name.stem) or "media")
            made[-1] = draft.rename(target)
            inner = target if source.kind == "folder" else target / name.name
            sources[number] = msgspec.structs.replace(source, path=inner.relative_to(root).as_posix())
    except BaseException as error:
        discard(made)
        if isinstance(error, OSError):
            raise _copy_failed(into, error) from None
        raise
    return Gathered(sources=tuple(sources), made=tuple(made))


def discard(made: Sequence[Path]) -> None:
    """Remove copies that nobody needs after all."""
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


def _files(data: DataSpec, manifest: Manifest, *, number: int, root: Path) -> list[tuple[Path, str]]:
    """The files of a source, and their names within it."""
    source = data.sources[number]
    path = source_path(source, root=root)
    if source.kind != "folder":
        return [(path, PurePosixPath(source.path).name)]
    places = (place_of(data, image, root=root).path for image in manifest.images if image.source == number)
    files = dict.fromkeys(places)
    # Context images that are missing are missing in the copy too: they are shown as that.
    related = (place_of(data, image, root=root).path for image in context_frames(manifest) if image.source == number)
    files |= dict.fromkeys(place for place in related if place.is_file())
    return [(place, place.relative_to(path).as_posix()) for place in files]


def _length(path: Path) -> int:
    with contextlib.suppress(OSError):  # Copying it says what is wrong.
        return path.stat().st_size
    return 0


def _copy_file(source: Path, target: Path) -> int:
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


def _copy_failed(into: Path, error: OSError) -> StorageFailed:
    reason = "the disk is full" if error.errno in _FULL else error.strerror or str(error)
    return StorageFailed(
        f"The media could not be copied into {into}: {reason}.",
        hint="Make room, or leave the media where they are (without --copy).",
    )
