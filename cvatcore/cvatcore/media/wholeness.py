"""Whether a picture is there to its end: one that was cut off, or is still being written, has a good header too."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cvatcore.media.headers import open_picture
from cvatcore.media.identity import unreadable
from cvatcore.media.kinds import kind_of_name
from cvatcore.media.page.extents import file_extents
from cvatcore.media.page.pages import Page

_ENDS: Final = {
    b"\xff\xd8\xff": b"\xff\xd9",
    b"\x89PNG": b"\0\0\0\0IEND\xaeB`\x82",
    b"GIF8": b";",
}
"""What files of a kind end with, by what they begin with."""

_HEAD: Final = 16
_TAIL: Final = 64
"""In bytes: some programs fill the end up with zeros."""

_MOST_DECODED: Final = 100_000_000
"""In pixels: larger pictures are not decoded to find out."""


def whole_extents(path: str) -> tuple[int, list[Page]]:
    """As `file_extents`, of a file that is complete: one that ends before its picture does is refused.

    The end of a JPEG, PNG, GIF or WebP file says it; anything else is decoded. Point clouds have to be as long as their
    header says.

    Errors: InvalidMedia.
    """
    length, pages = file_extents(path)
    if kind_of_name(path) != "cloud" and not _ends_well(path, length) and _is_decoded(pages):
        with open_picture(Path(path), name=path) as image:
            image.load()
    return length, pages


def _ends_well(path: str, length: int) -> bool:
    """Whether the first and the last bytes say that nothing is missing."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, length - _TAIL))
            tail = file.read(_TAIL)
    except OSError as error:
        raise unreadable(path, error) from None
    if head[:4] == b"RIFF":
        return int.from_bytes(head[4:8], "little") + 8 <= length
    tail = tail.rstrip(b"\0") or tail
    return any(head.startswith(begin) and tail.endswith(end) for begin, end in _ENDS.items())


def _is_decoded(pages: Sequence[Page]) -> bool:
    return sum(page.width * page.height for page in pages[:1]) <= _MOST_DECODED


def is_temporary(name: str) -> bool:
    """Whether a file's name says that a program is still at it, or that it is nobody's picture.

    Hidden files, names with a tilde at the beginning or the end, and `.part`, `.tmp` and the like at the end or before
    the extension.
    """
    base = name.rpartition("/")[2].lower()
    if "~" not in base and base.count(".") < 2 and not base.startswith("."):
        return base[max(0, base.rfind(".")) :] in _TEMPORARY  # nearly all, and fast
    stem, extension = os.path.splitext(base)
    return (
        base.startswith((".", "~"))
        or stem.endswith("~")
        or base.endswith("~")
        or extension in _TEMPORARY
        or os.path.splitext(stem)[1] in _TEMPORARY
    )


_TEMPORARY: Final = frozenset(
    [".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".incomplete", ".aria2"]
)
