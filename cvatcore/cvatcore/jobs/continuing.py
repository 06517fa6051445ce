"""Whether a track of a job goes on in a track of the next one, told from keyframes alone.

A track of a whole task that was cut to jobs has in each later job a keyframe where it enters. That place lies, to the
last digit, on the way from its last keyframe in the job before to the next one; no two annotators hit such a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from cvatcore.geometry.interpolation import CURVES, LINEAR_NUMBERS, Dimension
from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import settle, state_at, track_type

EXACT = 1e-6
"""Pixels and degrees that floats may lose."""

Line = tuple[Keyframe, ...]


class Entering(msgspec.Struct, frozen=True):
    """A track of a job, as far as one of the job before can go on in it."""

    track: Track
    lines: dict[str, Line]
    """Settled keyframes by the label of the element, the track's own under an empty one: first where it enters, then
    those of the job, or where there are none those of the jobs that it goes on in."""


def lines_of(track: Track) -> dict[str, Line]:
    """The settled lines of keyframes of a track: its own under an empty label, those of elements under theirs."""
    return {"": settle(track.keyframes)} | {element.label: settle(element.keyframes) for element in track.elements}


def entering(track: Track, following: Entering | None) -> Entering:
    """A track and what it goes on in."""
    lines = lines_of(track)
    for label, line in lines.items():
        if following is not None and len(line) < 2:
            last = line[-1].frame if line else -1
            lines[label] = (*line, *(key for key in following.lines.get(label, ()) if key.frame > last))
    return Entering(track, lines)


def straight_pairs(
    earlier: Sequence[Track],
    later: Sequence[Entering],
    *,
    start: int,
    starts: frozenset[int],
    dimension: Dimension = "2d",
) -> Iterator[tuple[int, int]]:
    """Pairs of tracks of which the later one goes on just where the earlier one was going, as places in the lists.

    Both have the same label, type and immutable attributes; each comes once. The later ones are in a job that begins
    on `start`; `starts` are the first frames of all jobs.
    """
    border = _Border(start, starts, dimension)
    alike: dict[object, list[int]] = {}
    for place, there in enumerate(later):
        alike.setdefault(head_of(there.track), []).append(place)
    for index, track in enumerate(earlier):
        others = alike.get(head_of(track), [])
        if not others:
            continue
        lines = lines_of(track)
        for place in others:
            if border.is_crossed(lines, later[place].lines):
                others.remove(place)
                yield index, place
                break


def head_of(track: Track) -> object:
    """What parts of one track have in common, however they are drawn."""
    return track.label, track_type(track), frozenset(track.attributes.items())


class _Border:
    """Where a job begins."""

    def __init__(self, start: int, starts: frozenset[int], dimension: Dimension) -> None:
        self._start = start
        self._starts = starts
        self._dimension: Dimension = dimension

    def is_crossed(self, earlier: dict[str, Line], later: dict[str, Line]) -> bool:
        """Whether one goes on straight in the other."""
        shown = False
        for label in earlier.keys() & later.keys():
            one, other = earlier[label], later[label]
            if not one or not other:
                continue
            if not self._crosses(one, other):
                # A joint that is outside says nothing of where it is going.
                if label and one[-1].outside:
                    continue
                return False
            shown = shown or bool(one[-1].points)
        return shown

    def _crosses(self, one: Line, other: Line) -> bool:
        last, first = one[-1], other[0]
        if first.frame <= last.frame:
            here, there = self._at(one, first.frame), self._at(other, last.frame)
            # That both are gone on these frames says nothing.
            seen = not (first.outside and last.outside)
            return seen and here is not None and there is not None and _same(here, first) and _same(last, there)
        if last.outside or first.outside or first.frame != self._start or last.type != first.type:
            return False
        for bridge in self._bridges(last, other):
            if _may_pass(bridge, first):
                state = self._at(bridge, first.frame)
                if state is not None and _same(state, first):
                    return True
        return False

    def _bridges(self, last: Keyframe, other: Line) -> Iterator[Line]:
        """The ways that may lead over the place of entering, to each keyframe that may have been the next one."""
        if len(other) < 2:
            yield (last,)
        for key in other[1:]:
            yield last, key
            # Where a job is entered there may be one just because of that. All but curves go straight over those too.
            if key.frame not in self._starts or last.type not in CURVES:
                return

    def _at(self, line: Line, frame: int) -> Keyframe | None:
        return state_at(line, frame, dimension=self._dimension)


def _may_pass(bridge: Line, place: Keyframe) -> bool:
    """Whether a way may lead over a place: a look at a few numbers, which is enough nearly always."""
    last, after = bridge[0], bridge[-1]
    if last.type in CURVES:
        xs, ys = (last.points[axis::2] + after.points[axis::2] for axis in (0, 1))
        return (
            min(xs) - EXACT <= min(place.points[0::2])
            and max(place.points[0::2]) <= max(xs) + EXACT
            and min(ys) - EXACT <= min(place.points[1::2])
            and max(place.points[1::2]) <= max(ys) + EXACT
        )
    if len(last.points) != len(place.points):
        return False
    if last.type in LINEAR_NUMBERS and len(last.points) == len(after.points) and last.points:
        share = (place.frame - last.frame) / (after.frame - last.frame) if after.frame > last.frame else 0.0
        return abs(last.points[0] + (after.points[0] - last.points[0]) * share - place.points[0]) <= EXACT
    return True


def _same(one: Keyframe, other: Keyframe) -> bool:
    """Whether two states are at one place; what is outside is only that."""
    if one.outside or other.outside:
        return one.outside and other.outside
    return (
        one.type == other.type
        and len(one.points) == len(other.points)
        and abs((one.rotation - other.rotation + 180) % 360 - 180) <= EXACT
        and _near(one.points, other.points)
    )


def _near(one: Iterable[float], other: Iterable[float]) -> bool:
    return all(abs(a - b) <= EXACT for a, b in zip(one, other, strict=True))
