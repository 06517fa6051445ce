"""Opening pictures without decoding them: their format, size and orientation."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media.limits import LONGEST_WEBP, MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "DIB", "GIF", "PPM", "AVIF", "JPEG2000")
"""Pillow's names of what we read. Others (PostScript, PDF, fonts …) run far more code than pictures need."""

_BY_EXTENSION = {
    ".tga": "TGA", ".pcx": "PCX", ".sgi": "SGI", ".dds": "DDS", ".psd": "PSD", ".qoi": "QOI", ".ico": "ICO",
    ".icns": "ICNS",
}  # fmt: skip
"""Formats that are read where the file's extension says so: some of them have no mark by which to be known."""

_FAULTS = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, OverflowError, MemoryError, struct.error)
"""What Pillow's decoders raise on broken files."""

_ORIENTATION = 0x0112
_SIDEWAYS = frozenset([5, 6, 7, 8])


def read_size(file: IO[bytes], *, name: str) -> tuple[int, int]:
    """Width and height in pixels of a picture as it is seen upright, from its header alone.

    Errors: InvalidMedia with `name` when it is no picture, broken, or too large.
    """
    with open_picture(file, name=name) as image:
        return upright_size(image)


@contextmanager
def open_picture(file: IO[bytes] | Path, *, name: str) -> Iterator[Image]:
    """A picture with its header read; whatever is wrong with it in the block is InvalidMedia with `name`."""
    with picture_errors(name), read_header(file, name=name) as image:
        yield image


def read_header(file: IO[bytes] | Path, *, name: str) -> Image:
    """As `open_picture`, for who closes it; to be used within `picture_errors`."""
    image: Image = _pillow().open(file, formats=_formats(name))
    width, height = image.size
    # An animation in WebP may claim a canvas that is wider than any picture in it can be; to fill one takes minutes.
    is_false = image.format == "WEBP" and max(width, height) > LONGEST_WEBP
    if 0 < width * height <= MAX_PIXELS and not is_false:
        return image
    image.close()
    if is_false:
        raise InvalidMedia(
            f"{name} says that it is {width}×{height} pixels, and WebP has {LONGEST_WEBP} a side.",
            hint="Replace it or remove it.",
        )
    if width * height > 0:
        raise _too_large(name)
    raise InvalidMedia(f"{name} is {width}×{height} pixels: it has none.", hint="Replace it or remove it.")


@contextmanager
def picture_errors(name: str) -> Iterator[None]:
    """Whatever Pillow finds wrong in the block is InvalidMedia with `name`."""
    image_module = _pillow()
    try:
        yield
    except (image_module.DecompressionBombError, image_module.DecompressionBombWarning):
        raise _too_large(name) from None
    except _FAULTS as error:
        raise InvalidMedia(
            f"{name} cannot be read as a picture: it is broken, cut off, or of an unknown kind.",
            hint="Replace it, convert it to PNG or JPEG, or remove it; then try again.",
        ) from error


def upright_size(image: Image) -> tuple[int, int]:
    """Width and height of an open picture when it is turned upright."""
    width, height = image.size
    # Pillow itself swaps them for TIFF.
    if image.format != "TIFF" and orientation(image) in _SIDEWAYS:
        return height, width
    return width, height


def orientation(image: Image) -> int:
    """The orientation in EXIF, from 1 (upright) to 8. Read from the header only; XMP does not count, as in browsers."""
    if image.format == "TIFF":
        value = image.tag_v2.get(_ORIENTATION, 1)  # type: ignore[attr-defined]  # TiffImageFile's own
    elif exif := image.info.get("exif"):
        tags: Exif = _pillow().Exif()
        try:
            tags.load(exif)
            value = tags.get(_ORIENTATION, 1)
        except (OSError, ValueError, SyntaxError, struct.error):
            return 1
    else:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _formats(name: str) -> tuple[str, ...]:
    own = _BY_EXTENSION.get(os.path.splitext(name)[1].lower())
    return (*FORMATS, own) if own else FORMATS


@cache
def _pillow() -> ModuleType:
    import warnings

    from PIL import Image

    # Of odd files Pillow warns on the standard error; who gave one is told by an error, or it does not matter.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    # Pillow's own limit is an error only at twice the value; it protects the plugins that allocate while opening.
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    return Image


def _too_large(name: str) -> InvalidMedia:
    return InvalidMedia(
        f"{name} has more than {MAX_PIXELS // 1_000_000_000} gigapixel, more than is decoded here.",
        hint="Cut it into tiles.",
    )
