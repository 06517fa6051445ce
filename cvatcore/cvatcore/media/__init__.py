"""Pictures, videos and archives as frames."""

from cvatcore.media.checksums import checksum
from cvatcore.media.found import Found, classify
from cvatcore.media.frames import FrameCache, FrameReader, Quality, open_frames
from cvatcore.media.mapping import MapFile, MapRule, MediaMap, located
from cvatcore.media.options import ScanOptions
from cvatcore.media.picture import Picture
from cvatcore.media.presence import Presence, SourcePresence, look_for_media
from cvatcore.media.scanning import Progress, Scan, scan

__all__ = [
    "Found",
    "FrameCache",
    "FrameReader",
    "MapFile",
    "MapRule",
    "MediaMap",
    "Picture",
    "Presence",
    "Progress",
    "Quality",
    "Scan",
    "ScanOptions",
    "SourcePresence",
    "checksum",
    "classify",
    "located",
    "look_for_media",
    "open_frames",
    "scan",
]
