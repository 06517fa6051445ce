"""Reading a file that is complete as far as its times tell: its size in pixels, whether it is whole, its checksum."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.checksums import checksum
from cvatcore.media.context import is_cloud_name
from cvatcore.media.identity import not_fetched
from cvatcore.media.kinds import check_frame_name
from cvatcore.media.page.extents import expanded_names, file_extents
from cvatcore.media.pointers import is_pointer
from cvatcore.schema import ImageFrame
from cvatcore.workspace.watching.listing import FileStamp


class Probed(msgspec.Struct, frozen=True):
    """A file that was read."""

    name: str
    """Its path in the folder."""
    stamp: FileStamp
    frames: tuple[ImageFrame, ...]
    """What it gives: one frame, or one a page; named by the path in the folder."""

    @property
    def checksum(self) -> str:
        """Of the whole file."""
        return self.frames[0].checksum

    @property
    def is_cloud(self) -> bool:
        """Whether it is a point cloud."""
        return is_cloud_name(self.name)


def probe(folder: str, name: str, *, stamp: FileStamp) -> Probed | None:
    """Read a file; None when it is not as it was seen, so that it has to be seen again.

    Errors: InvalidMedia, MissingMedia: it cannot be a frame.
    """
    check_frame_name(name)
    path = f"{folder}/{name}"
    try:
        if is_pointer(path, size=stamp.size):
            raise not_fetched(path)
        length, pages = file_extents(path, looked="pixels")
        value = checksum(Path(path))
    except (InvalidMedia, MissingMedia):
        if not is_same_file(stamp_of_file(path), stamp):
            return None
        raise
    if not is_same_file(stamp_of_file(path), stamp):
        return None
    frames = tuple(
        ImageFrame(
            name=stem,
            extension=sys.intern(extension),
            width=page.width,
            height=page.height,
            bytes=length,
            checksum=value,
            page=page.number,
        )
        for stem, extension, page in expanded_names(name, pages)
    )
    return Probed(name=name, stamp=stamp, frames=frames)


def stamp_of_file(path: str) -> FileStamp | None:
    """A file's stamp; None when it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def is_same_file(one: FileStamp | None, other: FileStamp) -> bool:
    """Whether a file is as it was; a new name of it, or a link to it, is no change."""
    return one is not None and one[:2] == other[:2]
