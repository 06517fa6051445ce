"""A task's video in pieces that a page decodes itself: its own coded pictures, or H.264 made of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from cvatcore.errors import InvalidMedia, NotFound
from cvatcore.media.frames import FrameCache
from cvatcore.media.identity import file_identity, source_path
from cvatcore.media.video.fragments import fragment
from cvatcore.media.video.opened import OpenedVideo, VideoLayout, check_unchanged, opened_video
from cvatcore.media.video.transcoding import RUN, encode_run
from cvatcore.schema import DataSpec, Manifest

Coding = Literal["source", "h264"]
"""As the video is coded, or H.264 made on the fly."""


class VideoSegments:
    """The segments of one task's video. Cheap to make; it holds no file open."""

    def __init__(self, data: DataSpec, manifest: Manifest, *, root: Path, cache: FrameCache) -> None:
        if manifest.video is None:
            raise NotFound("The task has pictures, and no video.")
        if not data.sources:
            raise InvalidMedia("The video of the task has no source.", hint="Restore task.json from the history.")
        self._path = source_path(data.sources[0], root=root)
        self._manifest = manifest
        self._cache = cache

    def layout(self) -> VideoLayout:
        """How the video is cut.

        Errors: MissingMedia; InvalidMedia when it is broken, or not the one that the task was made of.
        """
        return self._opened(file_identity(self._path)).layout

    def tag(self, number: int, *, coding: Coding) -> str:
        """A text that changes when the contents of a segment do. Fast: nothing is read.

        Errors: MissingMedia.
        """
        text = f"1\0{file_identity(self._path)}\0{number}\0{coding}"
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def segment(self, number: int, *, coding: Coding) -> bytes:
        """A segment as fragmented MP4 of its own, in which frame n of the video is shown at tick 1000 * n.

        What is coded for others to refer to, and not to be shown, is at a tick that is no multiple of 1000.

        Errors: NotFound when there is no such segment; MissingMedia; InvalidMedia.
        """
        identity = file_identity(self._path)
        video = self._opened(identity)
        if coding == "h264":
            return self._run(number, video, identity=identity)
        segments = video.layout.segments
        if not 0 <= number < len(segments):
            raise NotFound(f"There is no segment {number}; the video has {len(segments)} as it is coded.")
        cut = segments[number]
        return video.opening.data + fragment(video.packets.samples(cut.begin, cut.end))

    def _opened(self, identity: str) -> OpenedVideo:
        video = opened_video(self._path, identity=identity, cache=self._cache)
        check_unchanged(video.index, self._manifest, name=str(self._path))
        return video

    def _run(self, number: int, video: OpenedVideo, *, identity: str) -> bytes:
        frames = range(video.index.length)[number * RUN : (number + 1) * RUN]
        if not frames:
            raise NotFound(f"There is no segment {number}; the video has {-(-video.index.length // RUN)} as H.264.")
        key = f"video run 1\0{identity}\0{number}".encode("utf-8", "surrogateescape")
        if (stored := self._cache.get(key)) is not None:
            return stored
        decoded = ((frame, video.decoder.decoded(frame)) for frame in frames)
        opening, samples = encode_run(decoded, size=video.layout.run_size)
        made = opening.data + fragment(samples)
        self._cache.put(key, made)
        return made
