"""Where a track is seen: runs of frames, found from its keyframes alone."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Shape, Track
from cvatcore.tracks import keyframe_numbers, track_shapes


class Run(msgspec.Struct, frozen=True):
    """Frames in a row on which a track is seen, both included."""

    start: int
    stop: int
    """The last one; of a run that is open, the last one that has a keyframe."""
    is_open: bool
    """Whether nothing ends it: the track is seen up to the end of its job."""


def is_seen(track: Track, frame: int) -> bool:
    """Whether anything of a track is to be seen on a frame."""
    if track.keyframes and _flag(track, frame) is not False:
        return False
    if not track.elements:
        return bool(track.keyframes)
    joints = [flag for element in track.elements if (flag := _flag(element, frame)) is not None]
    return not all(joints) if joints else bool(track.keyframes)


def seen_runs(track: Track) -> list[Run]:
    """The runs of frames on which a track is seen, in order. Only the last one can be open."""
    numbers = keyframe_numbers(track)
    runs: list[Run] = []
    start: int | None = None
    for number in numbers:
        seen = is_seen(track, number)
        if seen and start is None:
            start = number
        elif not seen and start is not None:
            runs.append(Run(start, number - 1, is_open=False))
            start = None
    if start is not None:
        runs.append(Run(start, numbers[-1], is_open=True))
    return runs


def first_seen(track: Track, frame: int) -> int | None:
    """The first frame from `frame` on that a track is seen on; None when there is none."""
    for run in seen_runs(track):
        if run.is_open or run.stop >= frame:
            return max(run.start, frame)
    return None


def shape_on(track: Track, frame: int, *, dimension: Dimension = "2d") -> Shape | None:
    """A track as a shape on a frame, with its id; None where it is not seen."""
    found = track_shapes(track, start=frame, stop=frame, dimension=dimension)
    return found[0].shape if found else None


def _flag(line: Track, frame: int) -> bool | None:
    """Whether a line is outside on a frame; None before its first keyframe."""
    index = bisect_right(line.keyframes, frame, key=lambda keyframe: keyframe.frame) - 1
    return line.keyframes[index].outside if index >= 0 else None
