"""Colours of 16 bits, of which Pillow keeps the upper eight: what a camera of 10 to 14 bits wrote would be black."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_COLOURS = {"RGB": 3, "RGBA": 3, "LA": 1}
"""How many of a mode's channels are no transparency."""

_HALF = 128


def is_deep(image: Image) -> bool:
    """Whether an open picture, not yet decoded, has colours of 16 bits that come out in eight.

    Grey of 16 bits does not: its values are kept, and stretched when they are shown.
    """
    if image.mode not in _COLOURS:
        return False
    # A tile is how Pillow is going to decode a part: the kind of raw data stands in it.
    return any(";16" in str(part[-1]) for part in getattr(image, "tile", ()))


def visible(image: Image) -> Image:
    """A picture as people see it: with deep colours none of which reaches the upper half, stretched until they do.

    Colours keep their hue. All others are left as they are, and not decoded.
    """
    if not is_deep(image):
        return image
    image.load()
    colours = _COLOURS[image.mode]
    bands = image.getextrema()[:colours]
    highest = max(int(band[1]) for band in bands if isinstance(band, tuple))
    if not 0 < highest < _HALF:
        return image
    spread = [min(255, round(value * 255 / highest)) for value in range(256)]
    others = list(range(256)) * (len(image.getbands()) - colours)
    stretched = image.point(spread * colours + others)
    stretched.format = image.format
    return stretched
