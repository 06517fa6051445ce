"""Objects copied or moved: to another place, to another frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.lines import with_lines
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.edit.parts import lines_of, track_before, track_from
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from cvatcore.tracks import keyframe_numbers

Offset = tuple[float, float]
"""Pixels to the right and down."""

Placed = TypeVar("Placed", Shape, Element, Keyframe)


def copy_objects(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    ids: TakeIds,
    frame: int | None = None,
    offset: Offset = (0.0, 0.0),
    start: int = 0,
    stop: int,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Make copies of objects, at another place, on another frame or both.

    Args:
        annotations: the document.
        numbers: which objects.
        ids: where the copies get their ids.
        frame: where shapes are copied to, and where copies of tracks begin; None: as the original.
        offset: how far from the original; whole pixels for masks.
        start: the first frame of the job.
        stop: the last frame of the job. What a track would show after it is left out.
        dimension: what the task shows.

    Errors: InvalidInput for an id that no object has, a frame outside the job, a mask moved by parts of a pixel.
    """
    copies = [
        _moved(
            item,
            by=0 if frame is None else frame - _begin(item),
            offset=offset,
            start=start,
            stop=stop,
            dimension=dimension,
        )
        for item in find_objects(annotations, numbers)
    ]
    return ChangeSet(
        shapes=number_all((copy for copy in copies if isinstance(copy, Shape)), ids),
        tracks=number_all((copy for copy in copies if isinstance(copy, Track)), ids),
    )


def move_objects(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    frames: int = 0,
    offset: Offset = (0.0, 0.0),
    start: int = 0,
    stop: int,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Move objects to another place, to frames so many later (earlier, when negative), or both.

    Tracks lose what they would show outside of the job, from `start` to `stop`.
    Errors: InvalidInput for an id that no object has, an object that would leave the job, a mask moved by parts of a
    pixel.
    """
    moved = [
        _moved(item, by=frames, offset=offset, start=start, stop=stop, dimension=dimension)
        for item in find_objects(annotations, numbers)
    ]
    return ChangeSet(
        shapes=tuple(item for item in moved if isinstance(item, Shape)),
        tracks=tuple(item for item in moved if isinstance(item, Track)),
    )


def _moved(
    item: Shape | Track, *, by: int, offset: Offset, start: int, stop: int, dimension: Dimension
) -> Shape | Track:
    if isinstance(item, Shape):
        if by and not start <= item.frame + by <= stop:
            raise _leaves(item, by, start, stop)
        elements = tuple(_displaced(element, element.id, offset, dimension) for element in item.elements)
        shape = msgspec.structs.replace(_displaced(item, item.id, offset, dimension), frame=item.frame + by)
        return msgspec.structs.replace(shape, elements=elements)
    own, *others = (
        tuple(
            msgspec.structs.replace(_displaced(key, key.track, offset, dimension), frame=key.frame + by) for key in line
        )
        for line in lines_of(item)
    )
    track: Track | None = with_lines(msgspec.structs.replace(item, frame=item.frame + by), own, others)
    if by < 0 and track is not None and min(keyframe_numbers(track), default=start) < start:
        track = track_from(track, start, dimension=dimension)
    if by > 0 and track is not None and max(keyframe_numbers(track), default=stop) > stop:
        track = track_before(track, stop + 1, closing=False, dimension=dimension)
    if track is None:
        raise _leaves(item, by, start, stop)
    return track


def _displaced(item: Placed, number: int, offset: Offset, dimension: Dimension) -> Placed:
    if offset == (0.0, 0.0) or not item.points:
        return item
    return msgspec.structs.replace(item, points=moved_points(item.type, item.points, offset, number, dimension))


def moved_points(
    kind: str, points: tuple[float, ...], offset: Offset, number: int, dimension: Dimension = "2d"
) -> tuple[float, ...]:
    """The points of a shape so many pixels to the right and down; of a 3D cuboid along its first two axes.

    Errors: InvalidInput that names the object `number`, for a mask that is moved by parts of a pixel.
    """
    if kind == "mask":
        if not all(float(number).is_integer() for number in offset):
            raise InvalidInput(f"Object {number} is a mask, which moves by whole pixels only.")
        corner = points[-4:]
        return points[:-4] + tuple(value + offset[index % 2] for index, value in enumerate(corner))
    if kind == "cuboid" and dimension == "3d":
        return (points[0] + offset[0], points[1] + offset[1], *points[2:])
    return tuple(value + offset[index % 2] for index, value in enumerate(points))


def _begin(item: Shape | Track) -> int:
    if isinstance(item, Shape):
        return item.frame
    return min(keyframe_numbers(item), default=item.frame)


def _leaves(item: Shape | Track, by: int, start: int, stop: int) -> InvalidInput:
    return InvalidInput(
        f"Object {item.id} would come to frame {_begin(item) + by}, outside of the job.",
        hint=f"The job has the frames {start} to {stop}.",
    )
