"""Sizes of JPEG, PNG and WebP files from their first bytes.

Opening a picture with Pillow costs several times what reading its first bytes does, which counts for 100,000 of them.
These formats are nearly all that there are, and simple at their beginning. Whatever is not plain is left to Pillow.
"""

from __future__ import annotations

import struct
import zlib

from cvatcore.media.limits import LONGEST_WEBP, MAX_PIXELS

_ORIENTATION = 0x0112
_SHORT = 3

_FRAMES_OF_JPEG = frozenset([*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)])
_ENDS_OF_HEADER = 0xDA
_BARE = frozenset([0x00, 0x01, 0xFF, *range(0xD0, 0xDA)])
"""What is no segment with a length."""

_PNG = b"\x89PNG\r\n\x1a\n"
_DEPTHS_OF_PNG = frozenset(
    (bits, colours)
    for colours, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items()
    for bits in depths
)
"""Pairs of bits and kind of colour that the specification has."""
_TURNED_OR_MANY = frozenset([b"eXIf", b"acTL"])
_TEXTS = frozenset([b"zTXt", b"iTXt"])
_LONG_TEXT = 1 << 16

_ANIMATED, _WITH_EXIF = 0x02, 0x08

_be16 = struct.Struct(">H").unpack_from
_size_of_jpeg = struct.Struct(">BHHB").unpack_from
_chunk_of_png = struct.Struct(">I4s").unpack_from
_be32 = struct.Struct(">I").unpack_from
_header_of_png = struct.Struct(">IIBBBBB").unpack_from


def quick_size(head: bytes, *, length: int) -> tuple[int, int] | None:
    """Width and height in pixels of a picture as it is seen upright.

    None where the first bytes do not say it beyond doubt: a file of another format, of several pages, broken, or
    larger than is decoded.

    Args:
        head: the first bytes of the file; 4 KiB are enough for most, and a cut within the header gives None.
        length: the length of the whole file in bytes.
    """
    if head[:3] == b"\xff\xd8\xff":
        size = _jpeg(head)
    elif head[:8] == _PNG:
        size = _png(head)
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        size = _webp(head, length)
    else:
        return None
    return size if size and 0 < size[0] * size[1] <= MAX_PIXELS else None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at, end = 2, len(head)
    size: tuple[int, int] | None = None
    turned = exif = False
    while at + 4 <= end:
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker == _ENDS_OF_HEADER:
            return size and (size[::-1] if turned else size)
        if marker in _BARE:
            return None
        (segment,) = _be16(head, at + 2)
        if segment < 2:
            return None
        if marker == 0xE1 and head[at + 4 : at + 10] == b"Exif\0\0":
            if exif or at + 2 + segment > end:
                return None
            exif = True
            orientation = _orientation(head[at + 10 : at + 2 + segment])
            if orientation is None:
                return None
            turned = 5 <= orientation <= 8
        elif marker in _FRAMES_OF_JPEG:
            if size or segment < 8 or at + 10 > end:
                return None
            bits, height, width, layers = _size_of_jpeg(head, at + 4)
            if bits != 8 or layers not in (1, 3, 4):
                return None
            size = width, height
        at += 2 + segment
    return None


def _orientation(exif: bytes) -> int | None:
    """The orientation that EXIF says; None where it is not plain."""
    order = ">" if exif[:2] == b"MM" else "<"
    if exif[:4] not in (b"MM\0*", b"II*\0") or len(exif) < 14:
        return None
    (at,) = struct.unpack_from(f"{order}I", exif, 4)
    if at + 2 > len(exif):
        return None
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    if at + 2 + 12 * count > len(exif):
        return None
    found = 1
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, values = struct.unpack_from(f"{order}HHI", exif, entry)
        if tag == _ORIENTATION:
            if kind != _SHORT or values != 1 or found != 1:
                return None
            (found,) = struct.unpack_from(f"{order}H", exif, entry + 8)
    return found


def _png(head: bytes) -> tuple[int, int] | None:
    if head[8:16] != b"\0\0\0\rIHDR" or len(head) < 33:
        return None
    width, height, bits, colours, *_ = _header_of_png(head, 16)
    if (bits, colours) not in _DEPTHS_OF_PNG:
        return None
    at, end = 8, len(head)
    while at + 8 <= end:
        size, kind = _chunk_of_png(head, at)
        if kind == b"IDAT":
            return width, height
        # A damaged one is for Pillow to judge, and so is what turns the picture or says that there are several.
        if kind in _TURNED_OR_MANY or (kind in _TEXTS and size > _LONG_TEXT) or at + 12 + size > end:
            return None
        if zlib.crc32(head[at + 4 : at + 8 + size]) != _be32(head, at + 8 + size)[0]:
            return None
        at += 12 + size
    return None


def _webp(head: bytes, length: int) -> tuple[int, int] | None:
    if len(head) < 30 or int.from_bytes(head[4:8], "little") + 8 > length:
        return None
    kind = head[12:16]
    if kind == b"VP8 " and not head[20] & 1 and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and head[20] == 0x2F:
        packed = int.from_bytes(head[21:25], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and not head[20] & (_ANIMATED | _WITH_EXIF):
        width, height = int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
        return (width, height) if max(width, height) <= LONGEST_WEBP else None
    return None
