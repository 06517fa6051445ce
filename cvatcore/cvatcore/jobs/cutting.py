"""A task's objects dealt to its segments, as CVAT does it when annotations of a whole task are written."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.edit.keeping import keep_seen
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.edit.seen import seen_runs
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from cvatcore.tracks import settle, state_at

Segment = tuple[int, int]
"""The first and the last frame of a job, both included, counted in the task."""


def cut(
    objects: Annotations, segments: Sequence[Segment], *, lossless: bool = False, dimension: Dimension = "2d"
) -> list[Annotations]:
    """What each segment gets of a task's objects, by segment; the parts of an object all have its id.

    A shape goes to every segment that its frame is in, and nowhere when it is in none; a track to every one that it
    is seen in (see `cut_track`). Segments may lie and overlap in any way.
    """
    shapes = sorted(objects.shapes, key=_place)
    frames = [shape.frame for shape in shapes]
    parts = [
        shapes[bisect_left(frames, start) : bisect_right(frames, stop)] if start <= stop else []
        for start, stop in segments
    ]
    tracks: list[list[Track]] = [[] for _ in segments]
    order = _Order(segments)
    for track in sorted(objects.tracks, key=lambda track: track.id):
        whole = _Whole(track, lossless=lossless, dimension=dimension)
        for index in order.between(*whole.extent):
            part = whole.part(*segments[index])
            if part is not None:
                tracks[index].append(part)
    return [Annotations(shapes=tuple(own), tracks=tuple(found)) for own, found in zip(parts, tracks, strict=True)]


def cut_track(
    track: Track, *, start: int, stop: int, lossless: bool = False, dimension: Dimension = "2d"
) -> Track | None:
    """The part of a track on the frames from `start` to `stop`, both included; None where it is never seen.

    It has the keyframes that are there, without those outside of the picture that it would begin with. One that began
    before and is seen on `start` has a keyframe there. Nothing is added where it simply goes on after `stop`: as in
    CVAT, it rests from its last keyframe on. With `lossless` it gets the keyframes that it takes to be seen on these
    frames just as in the whole, the elements of skeletons that are outside too. Elements are cut in the same way; one
    that is never seen there has no keyframes.
    """
    return _Whole(track, lossless=lossless, dimension=dimension).part(start, stop)


def with_own_ids(parts: Iterable[Annotations], ids: TakeIds) -> list[Annotations]:
    """The parts of a cut as objects of their own: all, and their elements, get ids that nobody has.

    The ids follow each other by part, shapes first: the same objects get the same ids.
    """
    given = list(parts)
    shapes = iter(number_all([shape for part in given for shape in part.shapes], ids))
    tracks = iter(number_all([track for part in given for track in part.tracks], ids))
    return [
        Annotations(shapes=tuple(next(shapes) for _ in part.shapes), tracks=tuple(next(tracks) for _ in part.tracks))
        for part in given
    ]


class _Order:
    """The segments by their first frame, to find those that a run of frames meets."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._order = sorted(range(len(segments)), key=lambda index: segments[index])
        self._starts = [segments[index][0] for index in self._order]
        self._stops = [segments[index][1] for index in self._order]
        self._reached: list[int] = []
        """By place in the order: the last frame of all segments up to there."""
        for stop in self._stops:
            self._reached.append(max(stop, self._reached[-1]) if self._reached else stop)

    def between(self, first: int, last: int | None) -> list[int]:
        """The segments with a frame from `first` to `last`, or to the end of all."""
        begin = bisect_left(self._reached, first)
        end = len(self._order) if last is None else bisect_right(self._starts, last)
        return sorted(self._order[place] for place in range(begin, end) if self._stops[place] >= first)


class _Whole:
    """A track that is to be cut several times: what can be known once."""

    def __init__(self, track: Track, *, lossless: bool, dimension: Dimension) -> None:
        self._track = track
        self._lossless = lossless
        self._dimension = dimension
        self._runs = seen_runs(track)
        self._starts = [run.start for run in self._runs]
        self._own = _Line(track.keyframes, dimension=dimension)
        self._elements = [_Line(element.keyframes, dimension=dimension) for element in track.elements]

    @property
    def extent(self) -> tuple[int, int | None]:
        """The first and the last frame that it is seen on: no last one where nothing ends it, 0 and -1 for never."""
        if not self._runs:
            return 0, -1
        last = self._runs[-1]
        return self._runs[0].start, None if last.is_open else last.stop

    def part(self, start: int, stop: int) -> Track | None:
        """See `cut_track`."""
        before = bisect_right(self._starts, stop) - 1
        if start > stop or before < 0:
            return None
        run = self._runs[before]
        if not run.is_open and run.stop < start:
            return None
        track, lossless = self._track, self._lossless
        own = self._own.part(start, stop, lossless=lossless)
        lines = [line.part(start, stop, lossless=lossless, hidden=lossless) for line in self._elements]
        first = min(line[0].frame for line in (own, *lines) if line)
        elements = tuple(
            msgspec.structs.replace(element, keyframes=line, frame=line[0].frame if line else first)
            for element, line in zip(track.elements, lines, strict=True)
        )
        return msgspec.structs.replace(track, keyframes=own, elements=elements, frame=first)


class _Line:
    """The keyframes of a track or an element, as they are stored and settled."""

    def __init__(self, keyframes: Sequence[Keyframe], *, dimension: Dimension) -> None:
        self._settled = settle(keyframes)
        # Of two on one frame, which no valid document has, the last counts.
        self._stored = tuple({key.frame: key for key in sorted(keyframes, key=lambda key: key.frame)}.values())
        self._frames = [key.frame for key in self._settled]
        self._dimension: Dimension = dimension

    def part(self, start: int, stop: int, *, lossless: bool, hidden: bool = False) -> tuple[Keyframe, ...]:
        """What is on the frames `start` to `stop`; with `hidden` keyframes outside of the picture may lead it."""
        first, end = bisect_left(self._frames, start), bisect_right(self._frames, stop)
        begun = first > 0 and (hidden or not self._settled[first - 1].outside)
        if begun and (first == end or self._frames[first] > start):
            entering = state_at(self._settled[first - 1 : first + 1], start, dimension=self._dimension)
            assert entering is not None, "it has begun"
            line = (entering, *self._stored[first:end])
        else:
            while first < end and self._settled[first].outside and not hidden:
                first += 1
            # The first one has the attributes that those before it set.
            line = (*self._settled[first : min(first + 1, end)], *self._stored[first + 1 : end])
        if lossless and line:
            return keep_seen(line, self._settled, start=line[0].frame, stop=stop, dimension=self._dimension)
        return line


def _place(shape: Shape) -> tuple[int, int]:
    return shape.frame, shape.id
