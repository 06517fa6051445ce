"""Tracks with other keyframes: one every so many frames, or only those that it takes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_tracks
from cvatcore.edit.lines import Line, joined
from cvatcore.edit.parts import changed_lines
from cvatcore.edit.thinning import is_alike, thinned
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Track
from cvatcore.tracks import keyframe_numbers, row_states, settle, track_rows


def resample_tracks(
    annotations: Annotations, numbers: Iterable[int], *, every: int, dimension: Dimension = "2d"
) -> ChangeSet:
    """Give tracks a keyframe every so many frames, counted from their first one, and no others.

    Keyframes stay where something else than the place changes (outside, occluded, z-order, attributes), and the last
    one stays too. With `every` 1 each frame up to the last keyframe becomes one, and nothing that is seen changes; with
    more the track goes straight from one to the next. Elements of a skeleton have theirs on the same frames.
    Errors: InvalidInput for an id that no track has; `every` below 1.
    """
    if every < 1:
        raise InvalidInput(f"A keyframe every {every} frames is no sampling.", hint="Give 1 or more.")
    changed = (_sampled(track, every, dimension) for track in find_tracks(annotations, numbers))
    return ChangeSet(tracks=tuple(changed))


def thin_tracks(
    annotations: Annotations, numbers: Iterable[int], *, tolerance: float, dimension: Dimension = "2d"
) -> ChangeSet:
    """Remove the keyframes that tracks do without: nothing is seen further than `tolerance` pixels from where it was.

    A rotation counts by how far it moves a corner. With 0 nothing that is seen moves at all. Keyframes stay where
    something else than the place changes. Polygons whose numbers of points differ are never taken as near each other.
    Errors: InvalidInput for an id that no track has, and a tolerance below 0.
    """
    if not 0 <= tolerance < float("inf"):
        raise InvalidInput(f"A tolerance of {tolerance} pixels is none.", hint="Give 0 or more.")
    changed = []
    for track in find_tracks(annotations, numbers):
        new = changed_lines(track, lambda line: thinned(line, tolerance=tolerance, dimension=dimension))
        if new != track:
            changed.append(new)
    return ChangeSet(tracks=tuple(changed))


def _sampled(track: Track, every: int, dimension: Dimension) -> Track:
    begin = keyframe_numbers(track)[:1]

    def sampled(line: Line) -> Line:
        settled = settle(line)
        last = settled[-1].frame
        wanted = set(range(begin[0], last + 1, every)) | {settled[0].frame, last}
        wanted |= {after.frame for before, after in pairwise(settled) if not is_alike(before, after)}
        states = row_states(track_rows(settled, start=settled[0].frame, stop=last, outside="all", dimension=dimension))
        return joined(*((state,) for state in states if state.frame in wanted))

    return changed_lines(track, sampled)
