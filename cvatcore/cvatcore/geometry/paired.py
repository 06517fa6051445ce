"""Intersection over union of shapes in pairs: the first with the first, the second with the second, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.figure import HasGeometry
from cvatcore.geometry.iou import REGIONS, region_ious, shape_iou
from cvatcore.geometry.points import points_problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_UPRIGHT = ("rectangle", "rectangle")


def paired_box_iou(first: Floats, second: Floats) -> Floats:
    """Of boxes `x1 y1 x2 y2`, both `n x 4`, row by row: `n`. Boxes without an area are like themselves alone."""
    import numpy as np

    sides = np.minimum(first[:, 2:], second[:, 2:]) - np.maximum(first[:, :2], second[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas, other_areas = (np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1) for boxes in (first, second))
    total = areas + other_areas - common
    found: Floats = np.minimum(np.divide(common, total, out=np.zeros_like(common), where=common > 0), 1.0)
    found[(first == second).all(axis=1)] = 1.0
    return found


def paired_iou(first: Sequence[HasGeometry], second: Sequence[HasGeometry]) -> list[float | None]:
    """`shape_iou` of each shape with its counterpart, None where one of the two is broken.

    Upright rectangles cost next to nothing, what has an area is cut in one call, the rest goes one by one.
    """
    found: list[float | None] = [None] * len(first)
    upright: list[int] = []
    regions: list[int] = []
    for index, (one, other) in enumerate(zip(first, second, strict=True)):
        kinds = one.type, other.type
        if kinds == _UPRIGHT and not (one.rotation or other.rotation) and len(one.points) == len(other.points) == 4:
            upright.append(index)
        elif points_problem(one.type, one.points) or points_problem(other.type, other.points):
            continue
        elif one.type in REGIONS and other.type in REGIONS:
            regions.append(index)
        else:
            found[index] = shape_iou(one, other)
    if upright:
        boxes, others = (_boxes([shapes[index].points for index in upright]) for shapes in (first, second))
        for index, value in zip(upright, paired_box_iou(boxes, others).tolist(), strict=True):
            found[index] = value
    if regions:
        for index, value in zip(regions, region_ious(first, second, regions, regions).tolist(), strict=True):
            found[index] = value
    return found


def _boxes(points: Sequence[Sequence[float]]) -> Floats:
    """Rectangles with their corners in order."""
    import numpy as np

    corners = np.array(points, dtype=np.float64)
    low, high = np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])
    return np.hstack((low, high))
