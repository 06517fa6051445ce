"""Everything taken away from a range of frames."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.keeping import keep_seen
from cvatcore.edit.lines import Line, joined, line_after, line_before, line_from, state_on, with_lines
from cvatcore.edit.parts import absent, changed_lines, lines_of, track_before, track_from
from cvatcore.edit.seen import seen_runs
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from cvatcore.tracks import keyframe_numbers

RangeRemoval = Literal["cut", "keyframes", "whole"]
"""What becomes of tracks: seen outside of the range only, without keyframes in it, or removed where seen in it."""


def remove_range(
    annotations: Annotations,
    *,
    first: int,
    last: int,
    stop: int,
    numbers: Iterable[int] | None = None,
    tracks: RangeRemoval = "cut",
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Remove the shapes and tags of a range of frames, and what tracks have there.

    Outside of the range everything is seen as before, at its borders too.

    Args:
        annotations: the document.
        first: the first frame of the range.
        last: its last frame, included.
        stop: the last frame of the job.
        numbers: only these objects; None: all.
        tracks: `cut`: nothing is seen in the range. A track that reaches into it ends at `first`; one that goes on
            behind it comes back at `last + 1`. `keyframes`: tracks lose their keyframes in the range and go straight
            from what comes before to what comes after, with keyframes on `first - 1` and `last + 1` where those
            frames would look different otherwise. `whole`: tracks that are seen in the range are removed.
        dimension: what the task shows.

    Errors: InvalidInput for a range that has no frame, and an id that no object has.
    """
    if first > last or first < 0:
        raise InvalidInput(f"The range {first} to {last} has no frame.", hint="Give its first frame and then its last.")
    items: Iterable[Shape | Track] = (
        (*annotations.shapes, *annotations.tracks) if numbers is None else find_objects(annotations, numbers)
    )
    gone: set[int] = set()
    changed: list[Track] = []
    for item in items:
        if isinstance(item, Shape):
            if first <= item.frame <= last:
                gone.add(item.id)
            continue
        if tracks == "keyframes":
            new = _without_keyframes(item, first=first, last=last, stop=stop, dimension=dimension)
        elif not _is_seen_within(item, first, last):
            continue
        elif tracks == "whole":
            new = None
        else:
            new = _cut(item, first=first, last=last, stop=stop, dimension=dimension)
        if new is None:
            gone.add(item.id)
        elif new != item:
            changed.append(new)
    return ChangeSet(tracks=tuple(changed), delete=frozenset(gone))


def _is_seen_within(track: Track, first: int, last: int) -> bool:
    return any(run.start <= last and (run.is_open or run.stop >= first) for run in seen_runs(track))


def _cut(track: Track, *, first: int, last: int, stop: int, dimension: Dimension) -> Track | None:
    before = track_before(track, first, dimension=dimension)
    after = track_from(track, last + 1, dimension=dimension) if last < stop else None
    if before is None or after is None:
        return before or after
    own, *elements = (joined(*pieces) for pieces in zip(lines_of(before), lines_of(after), strict=True))
    return with_lines(track, own, elements)


def _without_keyframes(track: Track, *, first: int, last: int, stop: int, dimension: Dimension) -> Track | None:
    numbers = keyframe_numbers(track)
    if not any(first <= number <= last for number in numbers):
        return track
    if all(first <= number <= last for number in numbers):
        return track_from(track, last + 1, dimension=dimension) if last < stop else None

    def without(line: Line) -> Line:
        if not any(first <= keyframe.frame <= last for keyframe in line):
            return line
        before, after = line_before(line, first), line_after(line, last)
        kept = joined(before, after)
        if last < stop and not _looks_alike(kept, line, last + 1, dimension):
            kept = joined(before, line_from(line, last + 1, dimension=dimension))
        if not kept:
            return absent(track, line, before=first)
        if before:
            kept = keep_seen(kept, line, start=before[0].frame, stop=first - 1, dimension=dimension)
        if last < stop:
            kept = keep_seen(kept, line, start=last + 1, stop=line[-1].frame, dimension=dimension)
        return kept

    return changed_lines(track, without)


def _looks_alike(line: Line, old: Line, frame: int, dimension: Dimension) -> bool:
    """Whether two lines have the same state on a frame, and move on from it alike."""
    one, other = state_on(line, frame, dimension=dimension), state_on(old, frame, dimension=dimension)
    if one is None or other is None:
        return one is other
    return _flags(one) == _flags(other) and keep_seen(
        line, old, start=frame, stop=max(frame, old[-1].frame), dimension=dimension
    ) == tuple(line)


def _flags(state: Keyframe) -> tuple[object, ...]:
    return state.type, state.outside, state.occluded, state.z_order, state.attributes
