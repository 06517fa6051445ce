"""Frames of a task by number, as pictures and as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from cvatcore.errors import NotFound
from cvatcore.media.picture import Picture
from cvatcore.schema import DataSpec, Manifest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Quality = Literal["compressed", "original"]


class FrameCache(Protocol):
    """Where encoded frames and indexes of videos are kept; `cvatcore.cache` has one."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value, if there is room."""


class FrameReader(Protocol):
    """The frames of one task. Safe to use from several threads.

    Every method raises NotFound when there is no such frame, MissingMedia when its file is not on this machine, and
    InvalidMedia when the file is broken or no longer what the task was made of.
    """

    def frame(
        self, number: int, *, quality: Quality = "compressed", placeholder: bool = False, keep: bool = True
    ) -> Picture:
        """An upright picture of a frame; of a point cloud, a PCD file, `width` its number of points.

        `original`: the file's own bytes (re-encoded in its format when they are not upright), PNG for a video.
        `compressed`: what a browser shows quickly: JPEG.
        With `placeholder` a frame whose file is missing is a picture of the right size that says so, for a person to
        look at; `Picture.missing` tells it from data. Without `keep` what had to be made does not go into the cache:
        for who keeps a whole run of frames.
        """

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """The upright pixels: height x width x 3, RGB. Errors: InvalidInput for a point cloud."""

    def preview(self, number: int, *, placeholder: bool = False) -> Picture:
        """A JPEG of at most 256 x 256 pixels, aspect kept; `placeholder` as in `frame`. Point clouds are from above."""

    def from_above(self, number: int, *, side: int, placeholder: bool = False) -> Picture:
        """A square JPEG of a point cloud seen from above, `side` pixels wide; `placeholder` as in `frame`.

        Errors: InvalidInput where frames are no point clouds.
        """

    def context(self, number: int) -> tuple[str, ...]:
        """The names of a frame's context images, in the order in which they are shown; often none."""

    def context_image(self, number: int, index: int, *, placeholder: bool = False) -> Picture:
        """The context image of an index, counted from 0, as an upright JPEG; `placeholder` as in `frame`."""

    def clip(self, numbers: Sequence[int], *, quality: Quality = "compressed", placeholder: bool = False) -> Picture:
        """Frames of a video as an upright film in MP4, 25 a second: H.264, at most 1079 lines high if `compressed`.

        `placeholder` as in `frame`. Errors: InvalidInput where frames are no video's.
        """

    def source_file(self, number: int) -> Path:
        """The file that a frame is read from: a picture, an archive or a video. It may not exist."""

    def checksum(self, number: int) -> str:
        """`sha256:<hex>` of a frame's picture file or archive member, or of the whole video."""

    def close(self) -> None:
        """Let go of open files; they are opened again when a frame is asked for."""


def open_frames(data: DataSpec, manifest: Manifest, *, root: Path, cache: FrameCache) -> FrameReader:
    """A reader of the frames of a task in the workspace at `root`. Nothing is opened until a frame is asked for."""
    from cvatcore.media.cloud.frames import CloudFrames
    from cvatcore.media.context_images import ContextImages
    from cvatcore.media.picture_frames import PictureFrames
    from cvatcore.media.placeholders import FramesWithPlaceholders
    from cvatcore.media.source_files import SourceFiles
    from cvatcore.media.video.frames import VideoFrames

    files = SourceFiles(root)
    context = ContextImages(data, manifest, root=root, cache=cache, read=files.read)
    if manifest.video:
        return FramesWithPlaceholders(VideoFrames(data, manifest, root=root, cache=cache), manifest, context=context)
    kind = CloudFrames if manifest.dimension == "3d" else PictureFrames
    reader = kind(data, manifest, root=root, cache=cache, files=files)
    return FramesWithPlaceholders(reader, manifest, context=context)


def check_number(number: int, manifest: Manifest) -> None:
    """Refuse a frame that the task does not have.

    Errors: NotFound.
    """
    if not 0 <= number < manifest.size:
        raise NotFound(f"There is no frame {number}; the frames are 0 to {manifest.size - 1}.")


def load_picture(cache: FrameCache, key: str) -> Picture | None:
    """The picture kept under a key."""
    stored = cache.get(_key(key))
    return None if stored is None else msgspec.msgpack.decode(stored, type=Picture)


def keep_picture(cache: FrameCache, key: str, picture: Picture) -> Picture:
    """Keep a picture under a key, which says all that it was made of; returns the picture."""
    cache.put(_key(key), msgspec.msgpack.encode(picture))
    return picture


def _key(key: str) -> bytes:
    return f"picture 1\0{key}".encode("utf-8", "surrogateescape")
