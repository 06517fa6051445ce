"""Packing pixels as JPEG with libjpeg-turbo itself: quicker than through Pillow, and beside other threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvatcore.media.picture import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LONGEST_SIDE = 65_500
"""In pixels; libjpeg packs no longer ones."""


def encode_rgb(pixels: npt.NDArray[np.uint8], *, quality: int) -> Picture:
    """Upright pixels, height x width x 3 in RGB, as JPEG with halved colour (4:2:0); `quality` in percent."""
    import numpy as np
    import simplejpeg

    height, width, _ = pixels.shape
    data: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(pixels), quality=_percent(quality), colorspace="RGB", colorsubsampling="420"
    )
    return Picture(data=data, media_type="image/jpeg", width=width, height=height)


def encode_planes(
    luma: npt.NDArray[np.uint8], blue: npt.NDArray[np.uint8], red: npt.NDArray[np.uint8], *, quality: int
) -> Picture:
    """The planes of an upright picture as JPEG, without a way through RGB; `quality` in percent.

    The planes are as JFIF has them: BT.601, full range; those of colour are half as wide and high, rounded up.
    """
    import simplejpeg

    height, width = luma.shape
    data: bytes = simplejpeg.encode_jpeg_yuv_planes(luma, blue, red, quality=_percent(quality))
    return Picture(data=data, media_type="image/jpeg", width=width, height=height)


def _percent(quality: int) -> int:
    return max(1, min(quality, 100))
