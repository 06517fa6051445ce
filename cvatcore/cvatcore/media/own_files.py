"""Frames that are large files of their own, to be sent from the disk piece by piece: they never are in memory whole."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.encoding import MEDIA_TYPES
from cvatcore.media.frames import FrameReader
from cvatcore.media.headers import open_picture, orientation, upright_size
from cvatcore.schema import DataSpec, Manifest

LARGE_FILE = 4 << 20
"""In bytes: smaller files are read at once, which is quicker."""


class OwnFile(msgspec.Struct, frozen=True):
    """A file that is a frame as it lies there."""

    path: Path
    media_type: str


def large_file(reader: FrameReader, data: DataSpec, manifest: Manifest, number: int) -> OwnFile | None:
    """The file of a frame in quality `original`, where it is large and its bytes are the frame.

    None where they are not: in an archive, not upright, changed, missing. Then `FrameReader.frame` gives the frame, or
    says what is wrong.
    """
    if manifest.video or not 0 <= number < manifest.size:
        return None
    image = manifest.images[number]
    if image.page or image.bytes < LARGE_FILE or data.sources[image.source].kind != "folder":
        return None
    path = reader.source_file(number)
    try:
        if path.stat().st_size != image.bytes:
            return None
        if image.is_cloud:
            is_whole, media_type = image.extension.lower() == ".pcd", "application/octet-stream"
        else:
            with open_picture(path, name=str(path)) as picture:
                is_whole = orientation(picture) == 1 and upright_size(picture) == (image.width, image.height)
                media_type = MEDIA_TYPES.get(picture.format or "", "application/octet-stream")
    except (OSError, InvalidMedia):
        return None
    return OwnFile(path, media_type) if is_whole else None
