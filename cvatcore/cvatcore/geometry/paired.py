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

    What has an area is cut in one call, the rest goes one by one.
    """
    found: list[float | None] = [None] * len(first)
    regions: list[int] = []
    for index, (one, other) in enumerate(zip(first, second, strict=True)):
        if points_problem(one.type, one.points) or points_problem(other.type, other.points):
            continue
        if one.type in REGIONS and other.type in REGIONS:
            regions.append(index)
        else:
            found[index] = shape_iou(one, other)
    if regions:
        for index, value in zip(regions, region_ious(first, second, regions, regions).tolist(), strict=True):
            found[index] = value
    return found
