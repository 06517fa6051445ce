"""Objects cut at the edges of their picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.frame_size import FrameSize
from cvatcore.edit.keeping import SAME
from cvatcore.edit.lines import Line, joined
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.edit.parts import changed_lines
from cvatcore.edit.seen import seen_runs
from cvatcore.edit.thinning import thinned
from cvatcore.errors import InvalidInput
from cvatcore.geometry import Figure, clip_shape, shape_area
from cvatcore.geometry.interpolation import Dimension
from cvatcore.geometry.polygon import polyline_length
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from cvatcore.tracks import row_states, settle, track_rows

Placed = TypeVar("Placed", Keyframe, Element)


def crop_objects(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    ids: TakeIds,
    size: FrameSize,
    stop: int,
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Cut away what reaches out of the picture. What is inside stays as it is, and what is outside is removed.

    Rectangles, polygons, polylines, points and masks are cut; in several parts they are several objects, of which the
    first keeps the id. A turned rectangle or an ellipse that reaches out becomes a polygon. Cuboids may reach out.
    Elements of skeletons that are outside the picture are marked so.

    A track is cut as it is on every frame, and gets the keyframes that this takes. It cannot be in several parts or
    change its type: it shows the largest part, and turned rectangles and ellipses reach out unless nothing of them
    is inside. Where nothing is, it is outside.

    Args:
        annotations: the document.
        numbers: which objects.
        ids: where further parts get their ids.
        size: how large frames are.
        stop: the last frame of the job.
        dimension: what the task shows; there are no edges in 3D.

    Errors: InvalidInput for an id that no object has, and for 3D.
    """
    if dimension == "3d":
        raise InvalidInput("A point cloud has no edges that objects could be cut at.")
    gone: set[int] = set()
    shapes: list[Shape] = []
    parts: list[Shape] = []
    tracks: list[Track] = []
    for item in find_objects(annotations, numbers):
        if isinstance(item, Track):
            new = changed_lines(item, lambda line: _cropped_line(line, size, stop))
            if new == item:
                continue
            if seen_runs(new):
                tracks.append(new)
            else:
                gone.add(item.id)
            continue
        found = _cropped_shape(item, *size(item.frame))
        if not found:
            gone.add(item.id)
        elif found != [item]:
            shapes.append(found[0])
            parts += found[1:]
    return ChangeSet(shapes=(*shapes, *number_all(parts, ids)), tracks=tuple(tracks), delete=frozenset(gone))


def _cropped_shape(shape: Shape, width: int, height: int) -> list[Shape]:
    if shape.elements:
        elements = tuple(_cropped_part(element, width, height) for element in shape.elements)
        is_gone = all(element.outside for element in elements) and not all(e.outside for e in shape.elements)
        return [] if is_gone else [msgspec.structs.replace(shape, elements=elements)]
    figures = clip_shape(shape.type, shape.points, rotation=shape.rotation, width=width, height=height)
    if len(figures) == 1 and _is_whole(figures[0], shape):
        return [shape]
    return [
        msgspec.structs.replace(shape, type=figure.type, points=figure.points, rotation=figure.rotation)
        for figure in figures
    ]


def _cropped_line(line: Line, size: FrameSize, stop: int) -> Line:
    settled = settle(line)
    rows = track_rows(settled, start=settled[0].frame, stop=max(stop, settled[-1].frame), outside="all")
    states = row_states(rows)
    cropped = [_cropped_part(state, *size(state.frame)) for state in states]
    if cropped == states:
        return line
    return thinned(joined(*((state,) for state in cropped)), tolerance=0)


def _cropped_part(item: Placed, width: int, height: int) -> Placed:
    """A keyframe or element cut to one part of its own type; where nothing is left, it stays and is outside."""
    if item.outside:
        return item
    figures = clip_shape(item.type, item.points, rotation=item.rotation, width=width, height=height)
    if not figures:
        return msgspec.structs.replace(item, outside=True)
    fitting = [figure for figure in figures if figure.type == item.type]
    if not fitting:
        return item
    best = max(fitting, key=_extent)
    if _is_whole(best, item):
        return item
    return msgspec.structs.replace(item, points=best.points, rotation=best.rotation)


def _is_whole(figure: Figure, item: Shape | Keyframe | Element) -> bool:
    """Whether nothing was cut away: what was cut before lies on the edge as well as floats can tell."""
    return (
        figure.type == item.type
        and len(figure.points) == len(item.points)
        and all(abs(one - other) <= SAME for one, other in zip(figure.points, item.points, strict=True))
    )


def _extent(figure: Figure) -> float:
    return polyline_length(figure.points) if figure.type == "polyline" else shape_area(figure.type, figure.points)
