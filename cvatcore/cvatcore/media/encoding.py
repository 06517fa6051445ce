"""From any picture to an upright one in eight bits, and back to bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cvatcore.media.headers import orientation
from cvatcore.media.picture import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.Image import Image

PREVIEW_SIZE = (256, 256)
"""CVAT's largest preview, in pixels."""

PREVIEW_QUALITY = 80

LONGEST_JPEG = 65_500
"""In pixels: longer sides are more than libjpeg writes."""

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "DIB": "image/bmp",
    "GIF": "image/gif",
    "PPM": "image/x-portable-anymap",
    "AVIF": "image/avif",
    "JPEG2000": "image/jp2",
}
"""By Pillow's names of formats."""

_SAVE_AGAIN: dict[str, tuple[str, dict[str, Any]]] = {
    "JPEG": ("JPEG", {"quality": 95, "subsampling": 0}),
    "MPO": ("JPEG", {"quality": 95, "subsampling": 0}),
    "WEBP": ("WEBP", {"quality": 95}),
    "AVIF": ("AVIF", {"quality": 95}),
    "TIFF": ("TIFF", {"compression": "tiff_lzw"}),
    "PNG": ("PNG", {"compress_level": 1}),
}
"""How a picture that is turned upright is written again in its own format."""

_BAND = 1 << 20
"""In pixels: what is stretched at once."""

_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""From EXIF's orientation to Pillow's transpositions (as in PIL.ImageOps.exif_transpose)."""


def turn_upright(image: Image) -> Image:
    """Decode a picture and turn it as its EXIF orientation says."""
    turn = _TURNS.get(orientation(image)) if image.format != "TIFF" else None
    image.load()  # Pillow turns TIFF itself
    return image if turn is None else image.transpose(turn)  # type: ignore[arg-type]  # the enum's numbers


def to_rgb(image: Image) -> Image:
    """A picture in eight bits a channel, RGB, or L when it has only grey.

    Transparent parts lie on white, as on paper. More than eight bits a channel are stretched from the darkest to the
    brightest pixel, because cameras that write them seldom use the whole range; values that fit eight bits stay.
    """
    from PIL import Image as images

    if image.mode in ("RGB", "L"):
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return _stretch(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        over = image.convert("RGBA")
        paper = images.new("RGBA", over.size, "white")
        paper.alpha_composite(over)
        return paper.convert("RGB")
    return image.convert("L" if image.mode == "1" else "RGB")


def to_array(image: Image) -> npt.NDArray[np.uint8]:
    """The pixels: height x width x 3, uint8, RGB."""
    import numpy as np

    return np.array(to_rgb(image).convert("RGB"))


def from_array(pixels: npt.NDArray[np.uint8]) -> Image:
    """A picture of pixels in RGB."""
    from PIL import Image as images

    return images.fromarray(pixels)


def from_bytes(data: bytes) -> npt.NDArray[np.uint8]:
    """The pixels of an encoded picture of our own: height x width x 3, RGB."""
    from PIL import Image as images

    with images.open(io.BytesIO(data)) as image:
        return to_array(image)


def to_jpeg(image: Image, *, quality: int) -> Picture:
    """An upright picture as JPEG, or as PNG where a side is too long for that; `quality` in percent."""
    rgb = to_rgb(image)
    if max(rgb.size) > LONGEST_JPEG:
        return to_png(rgb)
    keep = {"icc_profile": image.info["icc_profile"]} if rgb is image and "icc_profile" in image.info else {}
    return _save(rgb, "JPEG", {"quality": max(1, min(quality, 100)), **keep})


def to_png(image: Image) -> Picture:
    """An upright picture as PNG, packed quickly rather than small."""
    return _save(image, "PNG", {"compress_level": 1})


def save_again(image: Image, *, file_format: str) -> Picture:
    """An upright picture in the format that its file had, at high quality; as PNG where that cannot be written."""
    name, options = _SAVE_AGAIN.get(file_format, ("PNG", {"compress_level": 1}))
    keep = {"icc_profile": image.info["icc_profile"]} if "icc_profile" in image.info else {}
    image.info.pop("exif", None)  # its orientation holds no longer
    try:
        return _save(image, name, {**options, **keep})
    except (OSError, KeyError, ValueError):
        return to_png(to_rgb(image))


def to_preview(image: Image) -> Picture:
    """A small JPEG of a picture that is not decoded yet: JPEG files are decoded no larger than needed."""
    turn = _TURNS.get(orientation(image)) if image.format != "TIFF" else None
    # A palette and 16 bits can only be scaled after their conversion.
    small = image if image.mode in ("RGB", "L", "CMYK", "YCbCr") else to_rgb(image)
    small.thumbnail(PREVIEW_SIZE, reducing_gap=2.0)
    if turn is not None:
        small = small.transpose(turn)  # type: ignore[arg-type]  # the enum's numbers
    return _save(to_rgb(small), "JPEG", {"quality": PREVIEW_QUALITY})


def _stretch(image: Image) -> Image:
    import numpy as np
    from PIL import Image as images

    values = np.asarray(image)
    rows = max(1, _BAND // max(1, image.width))

    def bands() -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
        # Piece by piece: of a gigapixel, the numbers to reckon with would take 30 GB.
        for top in range(0, len(values), rows):
            band = slice(top, top + rows)
            yield band, np.nan_to_num(values[band].astype(np.float64), posinf=0, neginf=0)

    ends = [(float(numbers.min()), float(numbers.max())) for _, numbers in bands()]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    grey = np.empty(values.shape, np.uint8)
    for band, numbers in bands():
        if low < 0 or high > 255:
            numbers = (numbers - low) * (255 / (high - low)) if high > low else numbers * 0
        elif image.mode == "F" and high <= 1:
            numbers = numbers * 255  # fractions of white
        grey[band] = numbers.round()
    return images.fromarray(grey)


def _save(image: Image, name: str, options: dict[str, Any]) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return Picture(data=buffer.getvalue(), media_type=MEDIA_TYPES[name], width=image.width, height=image.height)
