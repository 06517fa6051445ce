"""Pictures, videos and archives as frames."""

from cvatcore.media.checksums import checksum
from cvatcore.media.copying import copy_media
from cvatcore.media.found import Found, classify
from cvatcore.media.frames import FrameCache, FrameReader, Quality, open_frames
from cvatcore.media.picture import Picture
from cvatcore.media.scanning import Progress, Scan, scan

__all__ = [
    "Found",
    "FrameCache",
    "FrameReader",
    "Picture",
    "Progress",
    "Quality",
    "Scan",
    "checksum",
    "classify",
    "copy_media",
    "open_frames",
    "scan",
]
