"""How much of two shapes is common: intersection over union of any two kinds, from 0 (apart) to 1 (the same).

* Rectangles (turned ones too), polygons and 2D cuboids (hulls of their corners) are cut exactly. What a polygon goes
  round an even number of times is outside, as in its pixels.
* Ellipses are polygons of 256 corners with the same area; the result is off by less than 0.0005.
* Two masks are compared by pixels, a mask and another shape by the pixels of that shape (see `raster`).
* Polylines are bands of `LINE_WIDTH` pixels with round ends.
* Two sets of points of the same size are compared point by point, in their order: a point that is off by d counts
  exp(-d² / 2s²), where s is 0.09 of the side of a square as large as their boxes (the mean of both), and at least
  `POINT_DEVIATION` pixels; beyond 4s it counts nothing. Sets of different sizes are unlike. Against other kinds a point
  is a disc of `LINE_WIDTH` pixels across.
* 3D cuboids are turned around z only; see `block_iou`.
* Tags and skeletons have nothing to compare: 0. A skeleton's elements are for the caller.

Shapes without an area are like themselves alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.block import block_iou
from cvatcore.geometry.box import bounding_box, box_area
from cvatcore.geometry.contours import mask_polygons
from cvatcore.geometry.figure import HasGeometry
from cvatcore.geometry.interpolation import Dimension
from cvatcore.geometry.mask import Mask, overlap_of, read_mask
from cvatcore.geometry.outline import cuboid_ring, ellipse_ring, rectangle_ring, ring_of
from cvatcore.geometry.points import MAX_PIXELS
from cvatcore.geometry.polygon import region_of
from cvatcore.geometry.raster import rasterize

if TYPE_CHECKING:
    import numpy as np
    import shapely
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LINE_WIDTH = 10.0
"""The width of a polyline, in pixels."""

POINT_DEVIATION = 5.0
"""How far apart single points may be, in pixels, to count exp(-1/2)."""

_POINT_SHARE = 0.09
_POINT_REACH = 4.0
_FAR = 2.0**30
"""Further off, in pixels, is no picture."""

REGIONS = frozenset(["rectangle", "ellipse", "polygon", "cuboid", "polyline"])
"""Kinds that are areas to all other kinds of these."""


def shape_iou(first: HasGeometry, second: HasGeometry, *, dimension: Dimension = "2d") -> float:
    """Intersection over union of two shapes of any kinds, from 0 to 1: see the module for how each kind is taken.

    Errors: InvalidInput for run lengths that contradict themselves.
    """
    if dimension == "3d":
        return block_iou(first.points, second.points) if first.type == second.type == "cuboid" else 0.0
    if first.type == second.type == "points":
        return point_similarity(first.points, second.points)
    if "mask" in {first.type, second.type}:
        found = _mask_iou(first, second)
        return float(_same(first, second)) if found is None else found
    return float(region_ious([first], [second], [0], [0])[0])


def shape_iou_matrix(
    first: Sequence[HasGeometry], second: Sequence[HasGeometry], *, dimension: Dimension = "2d"
) -> Floats:
    """`shape_iou` of each of `n` shapes with each of `m`, as `n x m`: only those whose boxes meet are looked at.

    Errors: InvalidInput for run lengths that contradict themselves.
    """
    import numpy as np

    found = np.zeros((len(first), len(second)))
    if dimension == "3d":
        meeting = np.ones_like(found, dtype=np.bool_)
    else:
        meeting = _meeting(np.array([_reach(item) for item in first]), np.array([_reach(item) for item in second]))
    exact = meeting & _are_regions(first, dimension)[:, None] & _are_regions(second, dimension)[None, :]
    rows, columns = np.nonzero(exact)
    found[exact] = region_ious(first, second, rows.tolist(), columns.tolist())
    for row, column in np.argwhere(meeting & ~exact).tolist():
        found[row, column] = shape_iou(first[row], second[column], dimension=dimension)
    return found


def box_iou_matrix(first: Floats, second: Floats) -> Floats:
    """Intersection over union of boxes `x1 y1 x2 y2`, `n x 4` and `m x 4`, as `n x m`; 0 for those without an area."""
    import numpy as np

    common = np.ones((len(first), len(second)))
    for axis in (0, 1):
        low = np.maximum(first[:, None, axis], second[None, :, axis])
        high = np.minimum(first[:, None, axis + 2], second[None, :, axis + 2])
        common *= np.maximum(high - low, 0)
    areas, other_areas = (np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second))
    total = areas[:, None] + other_areas[None, :] - common
    found: Floats = np.divide(common, total, out=np.zeros_like(common), where=common > 0)
    return found


def point_similarity(points: Sequence[float], other: Sequence[float]) -> float:
    """How near the points of two sets are to each other, from 0 to 1: see the module."""
    if len(points) != len(other) or not points:
        return 0.0
    deviation, total = _deviation([points, other]), 0.0
    for at in range(0, len(points), 2):
        off = math.hypot(points[at] - other[at], points[at + 1] - other[at + 1]) / deviation
        total += math.exp(-off * off / 2) if off <= _POINT_REACH else 0.0
    return total / (len(points) // 2)


def shape_region(shape: HasGeometry) -> shapely.Geometry:
    """A shape as an area of shapely: exact, or as the module says; empty when it has none. Masks have no such area."""
    import shapely

    if shape.type == "rectangle":
        return region_of(rectangle_ring(shape.points, rotation=shape.rotation))
    if shape.type == "ellipse":
        return region_of(ellipse_ring(shape.points, rotation=shape.rotation, same_area=True))
    if shape.type == "polygon":
        return region_of(ring_of(shape.points))
    if shape.type == "cuboid":
        return region_of(cuboid_ring(shape.points))
    if shape.type == "polyline":
        return shapely.buffer(shapely.LineString(ring_of(shape.points)), LINE_WIDTH / 2)
    if shape.type == "points":
        return shapely.buffer(shapely.MultiPoint(ring_of(shape.points)), LINE_WIDTH / 2)
    return shapely.Polygon()


def region_ious(
    first: Sequence[HasGeometry], second: Sequence[HasGeometry], rows: list[int], columns: list[int]
) -> Floats:
    """Of pairs of shapes with areas (`REGIONS`), each by its row and its column: all at once."""
    import numpy as np
    import shapely

    regions, other_regions = (
        {index: shape_region(shapes[index]) for index in set(used)}
        for shapes, used in ((first, rows), (second, columns))
    )
    ones = np.array([regions[row] for row in rows], dtype=np.object_)
    others = np.array([other_regions[column] for column in columns], dtype=np.object_)
    common = shapely.area(shapely.intersection(ones, others))
    total = shapely.area(ones) + shapely.area(others) - common
    found: Floats = np.minimum(np.divide(common, total, out=np.zeros(len(rows)), where=total > 0), 1.0)
    # Rounding may leave a sliver of a shape without an area, which then has nothing in common even with itself.
    found[[_same(first[row], second[column]) for row, column in zip(rows, columns, strict=True)]] = 1.0
    return found


def _mask_iou(first: HasGeometry, second: HasGeometry) -> float | None:
    """Of a mask and any other shape, by pixels; None when neither has any."""
    import numpy as np
    import shapely

    if first.type != "mask":
        first, second = second, first
    mask = read_mask(first.points)
    if second.type in {"tag", "skeleton"}:
        return 0.0
    if second.type == "mask":
        other = read_mask(second.points)
        shared = overlap_of(mask, other)
        return _share(mask, other, 0 if shared is None else int(np.count_nonzero(shared[2] & shared[3])))
    x1, y1, x2, y2 = _reach(second)
    if (x2 - x1 + 2) * (y2 - y1 + 2) > MAX_PIXELS or max(x2, y2, -x1, -y1) > _FAR:
        # No shape of a picture; its area does for its pixels.
        common = float(shapely.area(shapely.intersection(_mask_region(mask), shape_region(second))))
        return common / (mask.area + float(shapely.area(shape_region(second))) - common)
    # Where it is, as rounding depends on that. Only what reaches out to the left or above is moved, by whole pixels.
    left, top = min(math.floor(x1), 0), min(math.floor(y1), 0)
    width, height = max(math.ceil(x2) - left, 0), max(math.ceil(y2) - top, 0)
    steps = (left, top) * (len(second.points) // 2)
    moved = [number - step for number, step in zip(second.points, steps, strict=True)]
    drawn = rasterize(
        second.type, moved, rotation=second.rotation, width=width, height=height, thickness=_thickness(second.type)
    )
    if drawn is None:
        return 0.0
    shared = overlap_of(mask, Mask(left + drawn.left, top + drawn.top, drawn.bitmap))
    return _share(mask, drawn, 0 if shared is None else int(np.count_nonzero(shared[2] & shared[3])))


def _share(mask: Mask, other: Mask, common: int) -> float | None:
    total = mask.area + other.area - common
    return common / total if total else None


def _mask_region(mask: Mask) -> shapely.Geometry:
    import shapely

    parts = mask_polygons(mask, connectivity=4)
    return shapely.MultiPolygon(
        [shapely.Polygon(ring_of(part.outer), [ring_of(hole) for hole in part.holes]) for part in parts]
    )


def _thickness(kind: str) -> float:
    return LINE_WIDTH if kind in {"polyline", "points"} else 0.0


def _reach(shape: HasGeometry) -> tuple[float, float, float, float]:
    """The box that a shape can have anything in common with others in; upside down when there is none."""
    box = bounding_box(shape.type, shape.points, rotation=shape.rotation)
    if box is None:
        return math.inf, math.inf, -math.inf, -math.inf
    more = _thickness(shape.type) / 2
    if shape.type == "points":
        # As far as points of a set as large as this one count anything.
        more = max(more, _POINT_REACH * _deviation([shape.points, shape.points]))
    return box[0] - more, box[1] - more, box[2] + more, box[3] + more


def _meeting(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which boxes meet, `n x m`."""
    boxes, others = boxes.reshape(-1, 1, 4), others.reshape(1, -1, 4)
    apart = (boxes[..., 0] > others[..., 2]) | (boxes[..., 2] < others[..., 0])
    apart |= (boxes[..., 1] > others[..., 3]) | (boxes[..., 3] < others[..., 1])
    return ~apart


def _are_regions(shapes: Sequence[HasGeometry], dimension: Dimension) -> NDArray[np.bool_]:
    """Which shapes are compared by their areas, whatever the other one is of these."""
    import numpy as np

    found = [dimension == "2d" and shape.type in REGIONS for shape in shapes]
    return np.array(found, dtype=np.bool_)


def _deviation(sets: Sequence[Sequence[float]]) -> float:
    """How far apart points may be to count exp(-1/2), by the boxes of their sets."""
    boxes = [bounding_box("points", points) for points in sets]
    sides = [math.sqrt(box_area(box)) for box in boxes if box is not None]
    return max(_POINT_SHARE * sum(sides) / len(sides), POINT_DEVIATION)


def _same(first: HasGeometry, second: HasGeometry) -> bool:
    """Whether two shapes are equal, which those without an area can be too."""
    if first.type != second.type or first.rotation != second.rotation or first.type in {"tag", "skeleton"}:
        return False
    return tuple(first.points) == tuple(second.points)
