"""A task's video in pieces that a page decodes itself: its own coded pictures, or H.264 made of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from cvatcore.errors import InvalidMedia, NotFound
from cvatcore.media.frames import FrameCache
from cvatcore.media.identity import file_identity, source_path
from cvatcore.media.video_decoder import VideoDecoder
from cvatcore.media.video_fragments import Opening, fragment
from cvatcore.media.video_frames import cached_index, check_unchanged
from cvatcore.media.video_index import VideoIndex
from cvatcore.media.video_layout import Segment, segments_of
from cvatcore.media.video_packets import VideoPackets
from cvatcore.media.video_transcoding import RUN, encode_run, encoded_size, encoder
from cvatcore.schema import DataSpec, Manifest

Coding = Literal["source", "h264"]
"""As the video is coded, or H.264 made on the fly."""


class VideoLayout(msgspec.Struct, frozen=True):
    """What a page has to know of a video to play it. Frames are counted in the whole video, not in the task."""

    index: VideoIndex
    segments: tuple[Segment, ...]
    """In `source` coding; empty where it is not offered."""
    codec: str
    """In `source` coding, as WebCodecs calls it; empty where it is not offered."""
    run: int
    """Frames of a segment in `h264` coding: segment k holds the frames from k * run on."""
    run_codec: str
    """In `h264` coding; empty where this machine has no encoder."""
    run_size: tuple[int, int]
    """Width and height in pixels, before turning, in `h264` coding."""


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
        index = self._index(file_identity(self._path))
        segments = segments_of(index)
        codec = ""
        if segments:
            try:
                codec = self._opening(index).codec
            except InvalidMedia:
                segments = ()  # MP4 has no place for it
        return VideoLayout(
            index=index,
            segments=segments if codec else (),
            codec=codec,
            run=RUN,
            run_codec=self._run_opening(index).codec if encoder() else "",
            run_size=encoded_size(index.coded_size),
        )

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
        index = self._index(identity)
        if coding == "h264":
            return self._run(number, index, identity=identity)
        segments = segments_of(index)
        if not 0 <= number < len(segments):
            raise NotFound(f"There is no segment {number}; the video has {len(segments)} as it is coded.")
        cut = segments[number]
        packets = VideoPackets(self._path, index, name=str(self._path))
        try:
            opening = packets.opening()
            return opening.data + fragment(packets.samples(cut.begin, cut.end))
        finally:
            packets.close()

    def _index(self, identity: str) -> VideoIndex:
        index = cached_index(self._path, identity=identity, cache=self._cache)
        check_unchanged(index, self._manifest, name=str(self._path))
        return index

    def _opening(self, index: VideoIndex) -> Opening:
        packets = VideoPackets(self._path, index, name=str(self._path))
        try:
            return packets.opening()
        finally:
            packets.close()

    def _run_opening(self, index: VideoIndex) -> Opening:
        decoder = VideoDecoder(self._path, index, name=str(self._path))
        try:
            size = encoded_size(index.coded_size)
            return encode_run([(0, decoder.planes(0, size=size))])[0]
        finally:
            decoder.close()

    def _run(self, number: int, index: VideoIndex, *, identity: str) -> bytes:
        frames = range(index.length)[number * RUN : (number + 1) * RUN]
        if not frames:
            raise NotFound(f"There is no segment {number}; the video has {-(-index.length // RUN)} as H.264.")
        key = f"video run 1\0{identity}\0{number}".encode("utf-8", "surrogateescape")
        if (stored := self._cache.get(key)) is not None:
            return stored
        size = encoded_size(index.coded_size)
        decoder = VideoDecoder(self._path, index, name=str(self._path))
        try:
            opening, samples = encode_run((frame, decoder.planes(frame, size=size)) for frame in frames)
        finally:
            decoder.close()
        made = opening.data + fragment(samples)
        self._cache.put(key, made)
        return made
