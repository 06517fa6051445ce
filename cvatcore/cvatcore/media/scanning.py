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
from cvatcore.media.options import ScanOptions, check_options
from cvatcore.media.ordering import arrange
from cvatcore.media.selecting import name_filter
from cvatcore.media.video_index import index_video
from cvatcore.schema import ImageFrame, Manifest, MediaSource, SourceKind, VideoProperties

Progress = Callable[[int, int], None]
"""Called with what is done and what there is, in the same unit."""

_EVERY = 100
"""Pictures between two calls of it."""

_ALL = ScanOptions()


class Scan(msgspec.Struct, frozen=True):
    """Media ready to become a task."""

    sources: tuple[MediaSource, ...]
    manifest: Manifest
    videos_left_out: tuple[str, ...] = ()
    """Videos in the folders given, which were not taken because a task has pictures or one video."""


def scan(inputs: Sequence[Path], *, root: Path, options: ScanOptions = _ALL, progress: Progress | None = None) -> Scan:
    """Read the headers of pictures, folders and zip archives, or the index of one video.

    Frames are sorted by name, unless `options` say otherwise. Names are relative to the one folder or archive given; of
    several inputs, to their common parent, where an archive counts as a folder of its name. `MediaSource.path` is
    relative to `root`, the workspace, where the media lie inside it. A zip archive within a folder or an archive is no
    input. `progress` may raise: then nothing was made.

    Errors: InvalidMedia naming the file, with what to do; InvalidInput for options that cannot be meant.
    """
    check_options(options)
    found = collect(inputs)
    report = progress or _silent
    if found.video:
        return _scan_video(found.base / found.video, root=root, options=options, report=report)
    sources: list[MediaSource] = []
    names: list[str] = []
    origins: list[int] = []
    if found.files:
        sources.append(_source("folder", found.base, root=root))
        names += found.files
        origins += [0] * len(names)
    is_lone = len(found.names) == 1
    for archive in sorted(found.archives):
        source = _source("archive", found.base / archive, root=root, prefix="" if is_lone else archive)
        inside = _list_archive(found.base / archive)
        names += [f"{source.prefix}/{name}" for name in inside] if source.prefix else inside
        origins += [len(sources)] * len(inside)
        sources.append(source)
    is_taken = name_filter(options.pattern, options.exclude)
    kept = [position for position, name in enumerate(names) if is_taken(name)]
    if not kept:
        raise InvalidMedia("No picture is left of the media given.", hint="Check the pattern and what is excluded.")
    order = arrange(
        [names[position] for position in kept], sorting=options.sorting, seed=options.seed, order=options.order
    )
    end = len(order) if options.stop < 0 else options.stop + 1
    taken = [kept[position] for position in order[options.start : end : options.step]]
    if not taken:
        raise InvalidMedia(
            f"There are {len(order)} frames, and the first to be taken is {options.start}.",
            hint="Frames are counted from 0: give a smaller start frame.",
        )
    images = _read(found, sources, [(names[position], origins[position]) for position in taken], report)
    return Scan(
        sources=tuple(sources),
        manifest=Manifest(images=tuple(images), start=options.start, step=options.step),
        videos_left_out=found.videos_left_out,
    )


def _scan_video(path: Path, *, root: Path, options: ScanOptions, report: Progress) -> Scan:
    report(0, 1)
    index = index_video(path, name=str(path))
    video = VideoProperties(
        name=path.name, resolution=(index.width, index.height), length=index.length, bytes=path.stat().st_size
    )
    report(1, 1)
    if options.start >= index.length:
        raise InvalidMedia(
            f"{path} has {index.length} frames, and the first to be taken is {options.start}.",
            hint="Frames are counted from 0: give a smaller start frame.",
        )
    manifest = Manifest(video=video, start=options.start, step=options.step, stop=options.stop)
    return Scan(sources=(_source("video", path, root=root),), manifest=manifest)


def _list_archive(path: Path) -> list[str]:
    name = str(path)
    with open_archive(path, name=name) as archive:
        entries = list_pictures(archive, name=name)
    if not entries:
        raise InvalidMedia(f"{name} holds no pictures.", hint="Archives within it are not opened: unpack it first.")
    return [entry.filename for entry in entries]


def _read(
    found: Collected, sources: Sequence[MediaSource], taken: Sequence[tuple[str, int]], report: Progress
) -> list[ImageFrame]:
    """The frames of files, read source by source."""
    by_source: dict[int, list[int]] = {}
    for position, (_, origin) in enumerate(taken):
        by_source.setdefault(origin, []).append(position)
    images: dict[int, ImageFrame] = {}
    for origin, positions in sorted(by_source.items()):
        names = [taken[position][0] for position in positions]
        if sources[origin].kind == "folder":
            frames = _scan_files(found, names)
        else:
            archive = found.base / (sources[origin].prefix or found.names[0])
            frames = _scan_archive(archive, sources[origin], names, number=origin)
        for position, image in zip(positions, frames, strict=True):
            if not len(images) % _EVERY:
                report(len(images), len(taken))
            images[position] = image
    report(len(taken), len(taken))
    return [images[position] for position in range(len(taken))]


def _scan_files(found: Collected, names: Sequence[str]) -> Iterator[ImageFrame]:
    for name in names:
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


def _scan_archive(path: Path, source: MediaSource, names: Sequence[str], *, number: int) -> Iterator[ImageFrame]:
    name = str(path)
    with open_archive(path, name=name) as archive:
        for full in names:
            entry = archive.getinfo(full.removeprefix(f"{source.prefix}/") if source.prefix else full)
            width, height = read_member_size(archive, entry, name=name)
            yield _frame(full, width, height, size=entry.file_size, source=number)


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
