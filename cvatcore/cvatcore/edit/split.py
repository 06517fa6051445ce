"""One track becomes two."""

from __future__ import annotations

from collections.abc import Iterable

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_track, find_tracks
from cvatcore.edit.numbering import TakeIds, with_fresh_ids
from cvatcore.edit.parts import track_before, track_from
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Track


def split_track(
    annotations: Annotations, number: int, *, frame: int, ids: TakeIds, dimension: Dimension = "2d"
) -> ChangeSet:
    """Split a track at a frame: it keeps what comes before, and a new one has the rest, that frame included.

    The first part ends with a keyframe outside of the picture, the second begins with the state there as its
    keyframe, with all attributes. What is seen on any frame stays; polygons whose numbers of points change get the
    keyframes that this takes. Both keep label, group, source and immutable attributes.
    Errors: InvalidInput when it is no track, or nothing of it is seen on one of the sides.
    """
    track = find_track(annotations, number)
    first, rest = track_before(track, frame, dimension=dimension), track_from(track, frame, dimension=dimension)
    if first is None or rest is None:
        side = f"before frame {frame}" if first is None else f"on frame {frame} or later"
        raise InvalidInput(
            f"Track {number} cannot be split at frame {frame}: nothing of it is seen {side}.",
            hint="Split it at a later frame." if first is None else "Split it at an earlier frame.",
        )
    return ChangeSet(tracks=(first, with_fresh_ids(rest, ids)))


def split_tracks(
    annotations: Annotations, numbers: Iterable[int], *, frame: int, ids: TakeIds, dimension: Dimension = "2d"
) -> ChangeSet:
    """Split all of these tracks that are seen on both sides of a frame (see `split_track`); the others stay.

    Errors: InvalidInput for an id that no track has.
    """
    parts: list[Track] = []
    for track in find_tracks(annotations, numbers):
        first = track_before(track, frame, dimension=dimension)
        rest = track_from(track, frame, dimension=dimension)
        if first is not None and rest is not None:
            parts += (first, with_fresh_ids(rest, ids))
    return ChangeSet(tracks=tuple(parts))
