"""The videos that were used last, with what is open of them: shared by all who read them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.frames import FrameCache
from cvatcore.media.video.decoder import VideoDecoder
from cvatcore.media.video.fragments import Opening
from cvatcore.media.video.index import VideoIndex, index_video
from cvatcore.media.video.layout import Segment, segments_of
from cvatcore.media.video.packets import VideoPackets
from cvatcore.media.video.transcoding import RUN, encode_run, encoded_size, encoder
from cvatcore.schema import Manifest

KEPT = 16
"""Videos that are remembered."""


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


class OpenedVideo:
    """One video: its index, and readers that open the file when they are used."""

    def __init__(self, path: Path, index: VideoIndex) -> None:
        self.path = path
        self.index = index
        self.decoder = VideoDecoder(path, index, name=str(path))
        self.packets = VideoPackets(path, index, name=str(path))

    @cached_property
    def opening(self) -> Opening:
        """What stands before each segment in `source` coding.

        Errors: MissingMedia; InvalidMedia where MP4 has no place for the codec.
        """
        return self.packets.opening()

    @cached_property
    def layout(self) -> VideoLayout:
        """How it is cut.

        Errors: MissingMedia, InvalidMedia.
        """
        segments = segments_of(self.index)
        codec = ""
        if segments:
            with suppress(InvalidMedia):  # it is shown as H.264
                codec = self.opening.codec
        size = encoded_size(self.index.coded_size)
        return VideoLayout(
            index=self.index,
            segments=segments if codec else (),
            codec=codec,
            run=RUN,
            run_codec=encode_run([(0, self.decoder.decoded(0))], size=size)[0].codec if encoder() else "",
            run_size=size,
        )

    def close(self) -> None:
        """Close the file, when nobody reads from it."""
        self.decoder.close()
        self.packets.close()


def opened_video(path: Path, *, identity: str, cache: FrameCache) -> OpenedVideo:
    """A video that is open, or is opened now; another one when its file has changed.

    Errors: MissingMedia, InvalidMedia.
    """
    with _guard:
        kept = _kept(identity)
        if kept is not None:
            return kept
        indexing = _indexing.setdefault(identity, threading.Lock())
    # Indexing a long video takes its time: others go on, and who wants the same one waits instead of doing it again.
    with indexing:
        try:
            with _guard:
                kept = _kept(identity)
            if kept is None:
                kept = OpenedVideo(path, cached_index(path, identity=identity, cache=cache))
                _remember(identity, kept)
            return kept
        finally:
            with _guard:
                _indexing.pop(identity, None)


def close_video(path: Path) -> None:
    """Close a file, and forget what was in it."""
    with _guard:
        gone = [_known.pop(identity) for identity, video in list(_known.items()) if video.path == path]
    for video in gone:
        video.close()


def check_unchanged(index: VideoIndex, manifest: Manifest, *, name: str) -> None:
    """Refuse a video that is not the one that a task was made of.

    Errors: InvalidMedia.
    """
    video = manifest.video
    assert video is not None
    if (index.length, (index.width, index.height)) != (video.length, video.resolution):
        width, height = video.resolution
        raise InvalidMedia(
            f"{name} has changed: it has {index.length} frames of {index.width}×{index.height} now, "
            f"and had {video.length} of {width}×{height}.",
            hint="Put the former video back, or make a new task of this one.",
        )


def cached_index(path: Path, *, identity: str, cache: FrameCache) -> VideoIndex:
    """The index of a video, out of the cache where it was read before."""
    key = f"video index 5\0{identity}".encode("utf-8", "surrogateescape")
    stored = cache.get(key)
    if stored is not None:
        return msgspec.msgpack.decode(stored, type=VideoIndex)
    index = index_video(path, name=str(path), truncated=True)
    cache.put(key, msgspec.msgpack.encode(index))
    return index


def _kept(identity: str) -> OpenedVideo | None:
    if identity in _known:
        _known.move_to_end(identity)
    return _known.get(identity)


def _remember(identity: str, video: OpenedVideo) -> None:
    with _guard:
        gone = [_known.pop(other) for other, known in list(_known.items()) if known.path == video.path]
        _known[identity] = video
        while len(_known) > KEPT:
            gone.append(_known.popitem(last=False)[1])
    for old in gone:
        old.close()


_guard = threading.Lock()
_indexing: dict[str, threading.Lock] = {}
_known: OrderedDict[str, OpenedVideo] = OrderedDict()
"""By the file's identity, least recently used first."""
