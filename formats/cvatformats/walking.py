"""Tracks frame by frame, a run of frames at a time: fast as whole tracks are, with no more than a run in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import Tracked, keyframe_numbers, settle, track_shapes

_SHAPES = 1 << 14
"""Shapes that are made at a time: some 10 MB."""

_FRAMES = 256


class TrackWalk:
    """The shapes of many tracks on one frame after the other, up to the frame `stop`."""

    def __init__(self, tracks: Iterable[Track], *, stop: int) -> None:
        lines = [_Steps(track) for track in tracks]
        self._waiting = deque(sorted((steps for steps in lines if steps.begins), key=lambda steps: steps.first))
        self._active: list[_Steps] = []
        self._made: dict[int, list[Tracked]] = {}
        self._until = 0
        """The first frame whose shapes were not made yet."""
        self._stop = stop

    def on(self, frame: int) -> Sequence[Tracked]:
        """What is seen on a frame, by the tracks' ids. Frames are asked for in order, each once."""
        if frame >= self._until:
            self._make(frame)
        return self._made.pop(frame, ())

    def _make(self, frame: int) -> None:
        self._active = [steps for steps in self._active if steps.last is None or steps.last > frame]
        self._begin(frame)
        count = min(_FRAMES, _SHAPES // max(1, len(self._active)))
        stop = min(frame + max(1, count) - 1, self._stop)
        self._begin(stop)
        self._active.sort(key=lambda steps: steps.number)
        made: dict[int, list[Tracked]] = {}
        for steps in self._active:
            for item in steps.shapes(frame, stop):
                made.setdefault(item.shape.frame, []).append(item)
        self._made = made
        self._until = stop + 1

    def _begin(self, frame: int) -> None:
        while self._waiting and self._waiting[0].first <= frame:
            self._active.append(self._waiting.popleft())


class _Steps:
    """One track, its keyframes settled once."""

    def __init__(self, track: Track) -> None:
        self._track = msgspec.structs.replace(
            track,
            keyframes=settle(track.keyframes),
            elements=tuple(
                msgspec.structs.replace(element, keyframes=settle(element.keyframes)) for element in track.elements
            ),
        )
        self.number = track.id
        frames = keyframe_numbers(track)
        self.begins = bool(frames)
        self.first = frames[0] if frames else 0
        own = self._track.keyframes
        self.last = own[-1].frame if own and own[-1].outside else None
        """The frame from which on nothing is seen; None where nothing ends it."""

    def shapes(self, start: int, stop: int) -> list[Tracked]:
        """What is seen on the frames `start` to `stop`, both included."""
        around = msgspec.structs.replace(
            self._track,
            keyframes=_around(self._track.keyframes, start, stop),
            elements=tuple(
                msgspec.structs.replace(element, keyframes=_around(element.keyframes, start, stop))
                for element in self._track.elements
            ),
        )
        return track_shapes(around, start=start, stop=stop)


def _around(keyframes: Sequence[Keyframe], start: int, stop: int) -> tuple[Keyframe, ...]:
    """The keyframes that say where something is on those frames: with the one before and the one after."""
    begin = max(bisect_right(keyframes, start, key=_frame) - 1, 0)
    end = bisect_left(keyframes, stop, key=_frame) + 1
    return tuple(keyframes[begin:end])


def _frame(keyframe: Keyframe) -> int:
    return keyframe.frame
