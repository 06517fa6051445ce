"""How a video is cut into segments for a page: whole groups of pictures, or none where they would be too long."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import msgspec

from cvatcore.media.video.index import KeyFrame, VideoIndex

LEAST_FRAMES = 24
"""Groups of fewer frames are put together."""

MOST_FRAMES = 600
MOST_BYTES = 64 << 20
"""Of a segment. A page decodes from its beginning, so a longer one shows its last frames late."""

CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
"""What browsers may decode, by FFmpeg's names."""


class Segment(msgspec.Struct, frozen=True):
    """Whole groups of pictures, one after the other."""

    key: int
    """The number of the keyframe that it begins with (of the next frame shown, where that one is hidden)."""
    first: int
    """The lowest number of its frames; one below `key` needs the segment before to be decoded first."""
    begin: int
    """The place of its keyframe in the index."""
    end: int
    """The place of the next segment's."""


def segments_of(index: VideoIndex) -> tuple[Segment, ...]:
    """The segments of a video, which have every frame once; empty where it cannot be cut, or not into short ones."""
    if index.codec not in CODECS or not index.is_uniform or not index.times or not index.keyframes[0].is_clean:
        return ()
    found = []
    begin = frames = size = 0
    for place, keyframe in enumerate((*index.keyframes, None)):
        if keyframe is None or (keyframe.is_clean and frames >= LEAST_FRAMES):
            found.append(_segment(index.keyframes, begin, place))
            begin, frames, size = place, 0, 0
        if keyframe is not None:
            frames += keyframe.shown
            size += keyframe.size
        if frames > MOST_FRAMES or size > MOST_BYTES:
            return ()
    return tuple(found) if _is_complete(found, index) else ()


def segment_with(segments: tuple[Segment, ...], number: int) -> int:
    """Which segment a frame of the video is in."""
    return bisect_right(segments, number, key=lambda segment: segment.first) - 1


def _segment(keyframes: tuple[KeyFrame, ...], begin: int, end: int) -> Segment:
    return Segment(
        key=keyframes[begin].number,
        first=min(keyframe.first for keyframe in keyframes[begin:end]),
        begin=begin,
        end=end,
    )


def _is_complete(segments: list[Segment], index: VideoIndex) -> bool:
    """Whether the frames of each segment are those up to the next one's first."""
    firsts = [segment.first for segment in segments] + [index.length]
    counts = [sum(keyframe.shown for keyframe in index.keyframes[cut.begin : cut.end]) for cut in segments]
    return firsts[0] == 0 and counts == [after - before for before, after in pairwise(firsts)]
