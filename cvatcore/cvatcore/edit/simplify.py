"""Polygons and polylines with fewer points."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.lines import Line
from cvatcore.edit.parts import changed_lines
from cvatcore.errors import InvalidInput
from cvatcore.geometry import simplify_polygon, simplify_polyline
from cvatcore.schema import Annotations, Shape, Track
from cvatcore.tracks import track_type

SIMPLE_TYPES = ("polygon", "polyline")
"""What can be simplified."""


def simplify_shapes(annotations: Annotations, numbers: Iterable[int], *, tolerance: float) -> ChangeSet:
    """Take points out of polygons and polylines that are no further than `tolerance` pixels from the line left.

    Ends of polylines stay, and polygons keep three points or more. Of tracks the keyframes are simplified, each by
    itself; between them the outline moves as it does between keyframes of different numbers of points.
    Errors: InvalidInput for other shapes, and a tolerance below 0.
    """
    if not 0 <= tolerance < float("inf"):
        raise InvalidInput(f"A tolerance of {tolerance} pixels is none.", hint="Give 0 or more.")

    def simplified(line: Line) -> Line:
        return tuple(
            msgspec.structs.replace(keyframe, points=_fewer(keyframe.type, keyframe.points, tolerance))
            for keyframe in line
        )

    changed: list[Shape | Track] = []
    for item in find_objects(annotations, numbers):
        kind = item.type if isinstance(item, Shape) else track_type(item)
        if kind not in SIMPLE_TYPES:
            raise InvalidInput(f"Object {item.id} is a {kind}; polygons and polylines can be simplified.")
        new: Shape | Track
        if isinstance(item, Shape):
            new = msgspec.structs.replace(item, points=_fewer(item.type, item.points, tolerance))
        else:
            new = changed_lines(item, simplified)
        if new != item:
            changed.append(new)
    return ChangeSet(
        shapes=tuple(item for item in changed if isinstance(item, Shape)),
        tracks=tuple(item for item in changed if isinstance(item, Track)),
    )


def _fewer(kind: str, points: tuple[float, ...], tolerance: float) -> tuple[float, ...]:
    simplify = simplify_polygon if kind == "polygon" else simplify_polyline
    return simplify(points, tolerance=tolerance)
