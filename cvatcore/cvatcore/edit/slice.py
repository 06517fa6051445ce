"""One polygon or mask becomes several, cut by a line."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_shapes
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.errors import InvalidInput
from cvatcore.geometry import mask_points, polygon_area, read_mask, slice_mask, slice_polygon
from cvatcore.schema import Annotations, Shape


def slice_shape(annotations: Annotations, number: int, line: Sequence[float], *, ids: TakeIds) -> ChangeSet:
    """Slice a polygon or mask along a polyline drawn across it, flat `x y …`.

    The largest part keeps the id; the others are new objects with everything else that it had. A mask's line is
    prolonged at both ends; a polygon's has to reach across by itself.
    Errors: InvalidInput for other shapes, tracks, a line of fewer than two points, and one that does not part it.
    """
    (shape,) = find_shapes(annotations, [number])
    if len(line) < 4 or len(line) % 2:
        raise InvalidInput("A line to slice along has two points or more.", hint="Give x and y of each.")
    if shape.type not in ("polygon", "mask"):
        raise InvalidInput(
            f"Object {number} is a {shape.type}; polygons and masks can be sliced.", hint="Convert it first."
        )
    parts = _polygon_parts(shape, line) if shape.type == "polygon" else _mask_parts(shape, line)
    if len(parts) < 2:
        raise InvalidInput(f"The line does not part object {number}.", hint="Draw it right across.")
    first, *others = (msgspec.structs.replace(shape, points=points) for points in parts)
    return ChangeSet(shapes=(first, *number_all(others, ids)))


def _polygon_parts(shape: Shape, line: Sequence[float]) -> list[tuple[float, ...]]:
    parts = slice_polygon(shape.points, line)
    return sorted(parts, key=polygon_area, reverse=True)


def _mask_parts(shape: Shape, line: Sequence[float]) -> list[tuple[float, ...]]:
    parts = sorted(slice_mask(read_mask(shape.points), line), key=lambda part: part.area, reverse=True)
    return [points for part in parts if (points := mask_points(part)) is not None]
