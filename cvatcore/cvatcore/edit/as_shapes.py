"""Tracks become shapes, one a frame, and shapes become tracks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cvatcore.edit.as_track import track_of_shape
from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_shapes, find_tracks
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Label, Shape
from cvatcore.tracks import track_shapes


def tracks_to_shapes(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    ids: TakeIds,
    start: int = 0,
    stop: int,
    every: int = 1,
    deleted: Collection[int] = (),
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Put a shape in the place of a track on each frame from `start` to `stop` where it is seen.

    Each shape has all attributes and a new id. With `every` n, only each n-th frame of the job gets shapes, counted
    from `start`. `deleted` frames get none.
    Errors: InvalidInput for an id that no track has; `every` below 1.
    """
    if every < 1:
        raise InvalidInput(f"Every {every} frames is no step.", hint="Give 1 or more.")
    tracks = find_tracks(annotations, numbers)
    skipped = frozenset(deleted)
    shapes: list[Shape] = []
    for track in tracks:
        shapes += (
            tracked.shape
            for tracked in track_shapes(track, start=start, stop=stop, dimension=dimension)
            if not (tracked.shape.frame - start) % every and tracked.shape.frame not in skipped
        )
    return ChangeSet(shapes=number_all(shapes, ids), delete=frozenset(track.id for track in tracks))


def shapes_to_tracks(
    annotations: Annotations, numbers: Iterable[int], *, labels: Sequence[Label], stop: int, ending: bool = True
) -> ChangeSet:
    """Make a track of each shape, with the shape's ids: it is a keyframe on its frame.

    The track ends after that frame, or with `ending` false goes on to the end of the job. Mutable attributes go to
    the keyframe; the score is lost, since tracks have none.
    Errors: InvalidInput for an id that no shape has, and for tags.
    """
    shapes = find_shapes(annotations, numbers, hint="Leave it out: it is what the others are to become.")
    return ChangeSet(tracks=tuple(track_of_shape(shape, labels, stop=stop if ending else None) for shape in shapes))
