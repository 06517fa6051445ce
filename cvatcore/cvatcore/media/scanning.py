"""From files on disk to the sources and the manifest of a task."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive import list_pictures, open_archive, read_member_size
from cvatcore.media.collecting import Collected, collect
from cvatcore.media.headers import read_size
from cvatcore.media.identity import unreadable
from cvatcore.media.kinds import check_name
from cvatcore.media.video_index import index_video
from cvatcore.schema import ImageFrame, Manifest, MediaSource, SourceKind, VideoProperties

Progress = Callable[[int, int], None]
"""Called with what is done and what there is, in the same unit."""

_EVERY = 100
"""Pictures between two calls of it."""


class Scan(msgspec.Struct, frozen=True):
    """Media ready to become a task."""

    sources: tuple[MediaSource, ...]
    manifest: Manifest
    videos_left_out: tuple[str, ...] = ()
    """Videos in the folders given, which were not taken because a task has pictures or one video."""


def scan(inputs: Sequence[Path], *, root: Path, progress: Progress | None = None) -> Scan:
    """Read the headers of pictures, folders and zip archives, or the index of one video.

    Frames are sorted by name. Names are relative to the one folder or archive given; of several inputs, to their
    common parent, where an archive counts as a folder of its name. `MediaSource.path` is relative to `root`, the
    workspace, where the media lie inside it. A zip archive within a folder or an archive is no input.

    Errors: InvalidMedia naming the file, with what to do.
    """
    found = collect(inputs)
    report = progress or _silent
    if found.video:
        return _scan_video(found.base / found.video, root=root, report=report)
    sources: list[MediaSource] = []
    if found.pictures:
        sources.append(_source("folder", found.base, root=root))
    images = list(_scan_files(found, report))
    is_lone = not found.pictures and len(found.archives) == 1
    for name in found.archives:
        source = _source("archive", found.base / name, root=root, prefix="" if is_lone else name)
        images += _scan_archive(found.base / name, source, number=len(sources), report=report)
        sources.append(source)
    images.sort(key=lambda image: image.path)
    return Scan(sources=tuple(sources), manifest=Manifest(images=tuple(images)), videos_left_out=found.videos_left_out)


def _scan_video(path: Path, *, root: Path, report: Progress) -> Scan:
    report(0, 1)
    index = index_video(path, name=str(path))
    video = VideoProperties(
        name=path.name, resolution=(index.width, index.height), length=index.length, bytes=path.stat().st_size
    )
    report(1, 1)
    return Scan(sources=(_source("video", path, root=root),), manifest=Manifest(video=video))


def _scan_files(found: Collected, report: Progress) -> Iterator[ImageFrame]:
    total = len(found.pictures)
    for done, name in enumerate(found.pictures):
        if not done % _EVERY:
            report(done, total)
        path = f"{found.base}/{name}"
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if not size:
                    raise InvalidMedia(f"{path} is empty.", hint="Replace it or remove it, then try again.")
                width, height = read_size(file, name=path)
        except OSError as error:
            raise unreadable(path, error) from None
        yield _frame(name, width, height, size=size, source=0)
    if total:
        report(total, total)


def _scan_archive(path: Path, source: MediaSource, *, number: int, report: Progress) -> Iterator[ImageFrame]:
    name = str(path)
    with open_archive(path, name=name) as archive:
        entries = list_pictures(archive, name=name)
        if not entries:
            raise InvalidMedia(f"{name} holds no pictures.", hint="Archives within it are not opened: unpack it first.")
        for done, entry in enumerate(entries):
            if not done % _EVERY:
                report(done, len(entries))
            width, height = read_member_size(archive, entry, name=name)
            inside = f"{source.prefix}/{entry.filename}" if source.prefix else entry.filename
            yield _frame(inside, width, height, size=entry.file_size, source=number)
        report(len(entries), len(entries))


def _frame(name: str, width: int, height: int, *, size: int, source: int) -> ImageFrame:
    stem, extension = os.path.splitext(name)
    return ImageFrame(name=stem, extension=extension, width=width, height=height, bytes=size, source=source)


def _source(kind: SourceKind, path: Path, *, root: Path, prefix: str = "") -> MediaSource:
    """A source by its path below the workspace where it lies there, whether or not either is reached by a link."""
    for inside, outside in ((path, Path(os.path.abspath(root))), (path.resolve(), root.resolve())):
        if inside.is_relative_to(outside):
            return MediaSource(kind=kind, path=inside.relative_to(outside).as_posix(), prefix=prefix)
    check_name(path.as_posix())
    return MediaSource(kind=kind, path=path.as_posix(), prefix=prefix)


def _silent(done: int, total: int) -> None:
    """Nobody listens."""
