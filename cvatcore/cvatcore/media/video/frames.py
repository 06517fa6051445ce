"""Frames that are a video's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media import encoding
from cvatcore.media.checksums import checksum
from cvatcore.media.frames import FrameCache, Quality, check_number, keep_picture, load_picture
from cvatcore.media.identity import file_identity, source_path
from cvatcore.media.picture import Picture
from cvatcore.media.video.clips import NEARLY_LOSSLESS, clip_size, encode_clip
from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.jpeg import frame_to_jpeg
from cvatcore.media.video.opened import check_unchanged, close_video, opened_video
from cvatcore.schema import DataSpec, Manifest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class VideoFrames:
    """See FrameReader."""

    def __init__(self, data: DataSpec, manifest: Manifest, *, root: Path, cache: FrameCache) -> None:
        self._data = data
        self._manifest = manifest
        if not data.sources:
            raise InvalidMedia("The video of the task has no source.", hint="Restore task.json from the history.")
        self._path = source_path(data.sources[0], root=root)
        self._cache = cache

    def frame(self, number: int, *, quality: Quality = "compressed", keep: bool = True) -> Picture:
        """An upright picture of a frame: JPEG, or PNG where nothing may be lost."""
        manner = quality if quality == "original" else f"{quality} 2\0{self._data.image_quality}"
        return self._picture(number, manner, keep=keep)

    def clip(self, numbers: Sequence[int], *, quality: Quality = "compressed") -> Picture:
        """Frames as an upright film; not kept in the cache."""
        for number in numbers:
            check_number(number, self._manifest)
        decoder = self._current_decoder(file_identity(self._path))
        video = self._manifest.video
        assert video is not None
        size = clip_size(video.resolution, compressed=quality == "compressed")
        percent = self._data.image_quality if quality == "compressed" else NEARLY_LOSSLESS
        frames = (decoder.decoded(self._manifest.source_frame(number)) for number in numbers)
        return encode_clip(frames, size=size, quarter_turns=decoder.index.quarter_turns, quality=percent)

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """The upright pixels: height x width x 3, RGB."""
        check_number(number, self._manifest)
        return self._current_decoder(file_identity(self._path)).array(self._manifest.source_frame(number))

    def preview(self, number: int) -> Picture:
        """A JPEG of at most 256 x 256 pixels, aspect kept."""
        return self._picture(number, "preview")

    def source_file(self, number: int) -> Path:
        """The video."""
        check_number(number, self._manifest)
        return self._path

    def checksum(self, number: int) -> str:
        """`sha256:<hex>` of the whole video."""
        check_number(number, self._manifest)
        return checksum(self._path)

    def close(self) -> None:
        """Close the video."""
        close_video(self._path)

    def _picture(self, number: int, manner: str, *, keep: bool = True) -> Picture:
        check_number(number, self._manifest)
        number = self._manifest.source_frame(number)
        identity = file_identity(self._path)
        key = f"{identity}\0{number}\0{manner}"
        if (stored := load_picture(self._cache, key)) is not None:
            return stored
        decoder = self._current_decoder(identity)
        if manner == "original":
            made = encoding.to_png(encoding.from_array(decoder.array(number)))
        elif manner == "preview":
            made = encoding.to_preview(encoding.from_array(decoder.array(number)))
        else:
            made = frame_to_jpeg(
                decoder.decoded(number),
                size=decoder.index.coded_size,
                quarter_turns=decoder.index.quarter_turns,
                quality=self._data.image_quality,
            )
        return keep_picture(self._cache, key, made) if keep else made

    def _current_decoder(self, identity: str) -> VideoDecoder:
        video = opened_video(self._path, identity=identity, cache=self._cache)
        check_unchanged(video.index, self._manifest, name=str(self._path))
        return video.decoder
