"""Reading the headers of the files that become frames."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.opening import open_archive
from cvatcore.media.archive.unpacked import unpacked_folder
from cvatcore.media.identity import source_path
from cvatcore.media.listing import Listing
from cvatcore.media.options import ScanOptions
from cvatcore.media.page.extents import expanded_names, file_extents, member_extents
from cvatcore.media.page.pages import Page
from cvatcore.schema import ImageFrame

_EVERY = 100
"""Files between two calls of `report`."""

_MANY_PAGES = frozenset([".gif", ".webp", ".png", ".apng", ".tif", ".tiff", ".avif", ".avifs", ".pdf"])
"""Extensions of files that may have several pages."""


def read_frames(
    listing: Listing, *, base: Path, root: Path, options: ScanOptions, report: Callable[[int, int], None]
) -> tuple[ImageFrame, ...]:
    """The frames of listed files: those that start, stop and step take; only what has to be is read for it.

    Args:
        listing: the files.
        base: the folder of those that are in no archive.
        root: the workspace.
        options: which frames are taken.
        report: called with the files read and their number.

    Errors: InvalidMedia with the file at fault.
    """
    chosen = slice(options.start, None if options.stop < 0 else options.stop + 1, options.step)
    positions: Sequence[int] = range(len(listing.names))
    # Where files may have pages, their numbers are known only once all are read.
    is_plain = chosen == slice(0, None, 1) or not any(map(_may_have_pages, listing.names))
    if is_plain:
        positions = positions[chosen]
    frames = _read_all(listing, positions, base=base, root=root, report=report)
    if not is_plain:
        frames = frames[chosen]
    if not frames:
        count = len(listing.names)
        raise InvalidMedia(
            f"There are {count} files, and the first frame to be taken is {options.start}.",
            hint="Frames are counted from 0: give a smaller start frame.",
        )
    return tuple(frames)


def _may_have_pages(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in _MANY_PAGES


def _read_all(
    listing: Listing, positions: Sequence[int], *, base: Path, root: Path, report: Callable[[int, int], None]
) -> list[ImageFrame]:
    total = len(positions)
    if len(listing.sources) == 1:
        # The usual case, in which nothing has to be put together again.
        return list(_counted(_read_source(listing, 0, positions, base=base, root=root), total, report))
    by_source: dict[int, list[int]] = {}
    for place, position in enumerate(positions):
        by_source.setdefault(listing.origins[position], []).append(place)
    found: list[list[ImageFrame]] = [[] for _ in positions]
    done = 0
    for source, places in sorted(by_source.items()):
        mine = [positions[place] for place in places]
        index = {listing.names[position]: place for position, place in zip(mine, places, strict=True)}
        frames = _read_source(listing, source, mine, base=base, root=root)
        for image in _counted(frames, total, report, done=done):
            found[index[image.file]].append(image)
        done += len(places)
    return [image for images in found for image in images]


def _counted(
    files: Iterator[list[ImageFrame]], total: int, report: Callable[[int, int], None], *, done: int = 0
) -> Iterator[ImageFrame]:
    for images in files:
        if not done % _EVERY:
            report(done, total)
        done += 1
        yield from images
    if done == total:
        report(total, total)


def _read_source(
    listing: Listing, number: int, positions: Sequence[int], *, base: Path, root: Path
) -> Iterator[list[ImageFrame]]:
    source = listing.sources[number]
    names = listing.names
    if source.kind == "folder":
        for position in positions:
            name = names[position]
            length, pages = file_extents(f"{base}/{name}", looked="end")
            yield _frames(listing, name, pages, length=length, source=number)
        return
    path = source_path(source, root=root)
    with open_archive(path, name=str(path), unpacked=unpacked_folder(root)) as archive:
        for position in positions:
            name = names[position]
            member = name.removeprefix(f"{source.prefix}/") if source.prefix else name
            pages = member_extents(archive, member)
            yield _frames(listing, name, pages, length=archive.members[member], source=number)


def _frames(listing: Listing, name: str, pages: list[Page], *, length: int, source: int) -> list[ImageFrame]:
    related = listing.related.get(name) if listing.related else None
    meta: dict[str, object] = {"related_images": list(related)} if related else {}
    return [
        ImageFrame(
            name=stem,
            extension=sys.intern(extension),
            width=page.width,
            height=page.height,
            bytes=length,
            source=source,
            page=page.number,
            meta=meta,
        )
        for stem, extension, page in expanded_names(name, pages)
    ]
