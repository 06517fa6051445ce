"""Whether a picture ends before it is whole, from its last bytes; decoded is only what they leave in doubt."""

from __future__ import annotations

import os
import re
from typing import Final

from cvatcore.errors import InvalidMedia
from cvatcore.media.headers import open_picture

_JPEG, _END_OF_JPEG = b"\xff\xd8\xff", b"\xff\xd9"
_PNG, _END_OF_PNG = b"\x89PNG", b"\0\0\0\0IEND\xaeB`\x82"

_WEBP = b"RIFF"
"""One that is cut off was refused where its header was read."""

_TAIL: Final = 1 << 16
"""In bytes: what is looked at of a JPEG that does not end as it should."""

_NOT_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xc4\xda\xdd\xfe\xff]", re.DOTALL)
"""What no coded pixels have, with the tables between them. Cameras write previews and films after the end of a picture:
in these it is all over."""


def check_whole(handle: int, head: bytes, *, name: str, length: int, decodes: bool = False) -> None:
    """Refuse a picture that is cut off: a JPEG or PNG file, whose bytes say it.

    Args:
        handle: the open file; its position changes.
        head: its first bytes.
        name: what messages call it, and where it lies.
        length: its length in bytes.
        decodes: whether others are decoded to find out; else they are taken as they are.

    Errors: InvalidMedia; OSError.
    """
    if head[:3] == _JPEG:
        os.lseek(handle, length - 2, os.SEEK_SET)
        if os.read(handle, 2) != _END_OF_JPEG and _is_jpeg_cut_off(handle, name=name, length=length):
            raise _cut_off(name)
    elif head[:4] == _PNG:
        os.lseek(handle, max(0, length - len(_END_OF_PNG)), os.SEEK_SET)
        if os.read(handle, len(_END_OF_PNG)) != _END_OF_PNG and _is_png_cut_off(handle, length=length):
            raise _cut_off(name)
    elif decodes and head[:4] != _WEBP:
        with open(name, "rb") as file, open_picture(file, name=name) as image:
            image.load()


def _is_jpeg_cut_off(handle: int, *, name: str, length: int) -> bool:
    os.lseek(handle, max(0, length - _TAIL), os.SEEK_SET)
    tail = os.read(handle, _TAIL)
    # In a small file the tail has its header, which may hold a whole preview, and to decode it takes little.
    if length > 2 * _TAIL and (_END_OF_JPEG in tail or _NOT_IN_SCAN.search(tail)):
        return False
    try:
        with open(name, "rb") as file, open_picture(file, name=name) as image:
            image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except InvalidMedia:
        return True
    return False


def _is_png_cut_off(handle: int, *, length: int) -> bool:
    """Whether its chunks lead beyond its end; what comes after the last one does no harm."""
    at = 8
    while at + 12 <= length:
        os.lseek(handle, at, os.SEEK_SET)
        chunk = os.read(handle, 8)
        at += 12 + int.from_bytes(chunk[:4], "big")
        if chunk[4:] == b"IEND":
            return at > length
    return True


def _cut_off(name: str) -> InvalidMedia:
    return InvalidMedia(f"{name} is cut off: its header is whole, its pixels are not.", hint="Fetch or write it anew.")
