"""What a guide may show: pictures and PDFs, known by their bytes and not by their names."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput
from cvatcore.media.limits import MAX_PIXELS
from cvatcore.schema.guide import AssetType

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_ASSET_BYTES = 10 * 1024 * 1024

LONGEST_SIDE = 1920
"""In pixels: larger JPEG and PNG pictures are made smaller."""

_QUALITY = 90
_FORMATS: dict[str, AssetType] = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
_NO_ASSET = (
    "File is not supported as an asset. Supported are: image/jpeg, image/png, image/webp, image/gif, application/pdf."
)


def read_asset(data: bytes) -> tuple[AssetType, bytes]:
    """What a file is, and the bytes that are kept of it: smaller ones where a picture is larger than needed.

    Errors: InvalidInput for a file that is too large, or neither a picture that pages show nor a PDF.
    """
    if len(data) > MAX_ASSET_BYTES:
        raise InvalidInput(f"Maximum size of asset is {MAX_ASSET_BYTES // 1024 // 1024} MB")
    if data.startswith(b"%PDF-"):
        return "pdf", data
    from PIL import Image as images

    try:
        with images.open(io.BytesIO(data), formats=tuple(_FORMATS)) as image:
            kind = _FORMATS.get(image.format or "")
            if kind is None or image.width * image.height > MAX_PIXELS // 4:
                raise InvalidInput(_NO_ASSET)
            image.load()  # A picture that is cut off is told now, and not to those who read the guide.
            return kind, _smaller(image, data) if kind in {"jpg", "png"} else data
    except (OSError, ValueError, SyntaxError, images.DecompressionBombError):
        raise InvalidInput(_NO_ASSET) from None


def _smaller(image: Image, data: bytes) -> bytes:
    from PIL import ImageOps

    if max(image.size) <= LONGEST_SIDE:
        return data
    upright = ImageOps.exif_transpose(image)
    mode = upright.mode if upright.mode in {"L", "RGB", "RGBA", "LA"} else "RGBA" if image.format == "PNG" else "RGB"
    upright = upright.convert(mode)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, format=image.format, quality=_QUALITY)
    return out.getvalue()
