"""The pages of files that may have several: TIFF, GIF, WebP, APNG and AVIF."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, NamedTuple

from cvatcore.errors import InvalidMedia
from cvatcore.media.limits import MAX_PAGES, MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

_SUBFILE = 254
"""The tag of TIFF that says what a page is for."""
_REDUCED, _MASK = 1, 4

_LEAST_OF_APNG = 38
"""Bytes that a frame of an APNG takes at least: its control chunk."""


class Page(NamedTuple):
    """A page's number in its file, from 1, and its upright size in pixels."""

    number: int
    width: int
    height: int


def pages_of(image: Image, file: IO[bytes], *, name: str, length: int) -> list[Page]:
    """The pages of an open picture; empty where it has one only.

    Nothing is decoded. A TIFF's smaller copies of its pages and its masks do not count.

    Args:
        image: with its header read.
        file: what it was opened from.
        name: what messages call it.
        length: the file's length in bytes.

    Errors: InvalidMedia for more than are read; what Pillow raises on broken files.
    """
    if image.format == "TIFF":
        found = list(_pages_of_tiff(image, name=name))
        return found if len(found) > 1 else []
    if image.format == "GIF":
        count = _count(_blocks_of_gif(file, name=name), name=name)
    elif image.format == "WEBP":
        count = _count(_frames_of_webp(file), name=name)
    elif image.format in ("PNG", "AVIF"):
        count = getattr(image, "n_frames", 1)
        if count > MAX_PAGES or (image.format == "PNG" and count * _LEAST_OF_APNG > length and count > 1):
            raise _too_many(name, count)
    else:
        return []
    from cvatcore.media.headers import upright_size

    width, height = upright_size(image)
    return [Page(number, width, height) for number in range(1, count + 1)] if count > 1 else []


def _pages_of_tiff(image: Image, *, name: str) -> Iterator[Page]:
    for index in range(MAX_PAGES + 1):
        try:
            image.seek(index)
        except EOFError:
            return
        if index == MAX_PAGES:
            raise _too_many(name, index + 1)
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise InvalidMedia(
                f"{name} has more than {MAX_PIXELS // 1_000_000_000} gigapixel on page {index + 1}, more than is "
                "decoded here.",
                hint="Cut it into tiles.",
            )
        kind = image.tag_v2.get(_SUBFILE, 0)  # type: ignore[attr-defined]  # TiffImageFile's own
        if not (isinstance(kind, int) and kind & (_REDUCED | _MASK)):
            yield Page(index + 1, width, height)


def _count(frames: Iterator[None], *, name: str) -> int:
    count = 0
    for count, _ in enumerate(frames, start=1):
        if count > MAX_PAGES:
            raise _too_many(name, count)
    return count


def _blocks_of_gif(file: IO[bytes], *, name: str) -> Iterator[None]:
    """Once for each frame: the blocks of a GIF, whose data are passed over.

    Many lack the byte that says that no more comes. Who ends within a block is cut off, and would lose pages silently.
    """
    file.seek(10)
    flags = file.read(3)[:1]
    file.seek(13 + _colours(flags))
    while kind := file.read(1):
        if kind == b"!":
            file.seek(1, 1)
            _skip_sub_blocks(file, name=name)
        elif kind == b",":
            yield None
            descriptor = file.read(9)
            file.seek(_colours(descriptor[8:]) + 1, 1)
            _skip_sub_blocks(file, name=name)
        elif kind == b";":
            return


def _colours(flags: bytes) -> int:
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _skip_sub_blocks(file: IO[bytes], *, name: str) -> None:
    while size := file.read(1):
        if not size[0]:
            return
        file.seek(size[0], 1)
    raise InvalidMedia(f"{name} is cut off.", hint="Fetch or write it anew.")


def _frames_of_webp(file: IO[bytes]) -> Iterator[None]:
    file.seek(12)
    while len(head := file.read(8)) == 8:
        kind, size = struct.unpack("<4sI", head)
        if kind in (b"ANMF", b"VP8 ", b"VP8L"):
            yield None
        file.seek(size + size % 2, 1)


def _too_many(name: str, count: int) -> InvalidMedia:
    return InvalidMedia(
        f"{name} says that it has {count} pages, more than are read of one file.", hint="Cut it, or make it a video."
    )
