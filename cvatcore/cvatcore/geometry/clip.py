"""Shapes cut at the edges of their picture."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.box import bounding_box
from cvatcore.geometry.figure import Figure
from cvatcore.geometry.mask import clip_mask, mask_points, read_mask
from cvatcore.geometry.outline import ellipse_corners, ellipse_ring, rectangle_ring, ring_of
from cvatcore.geometry.polygon import polygons_of, region_of

if TYPE_CHECKING:
    from cvatcore.geometry.outline import Ring


def clip_shape(kind: str, points: Sequence[float], *, rotation: float = 0.0, width: int, height: int) -> list[Figure]:
    """What of a shape is in a picture of `width x height`: nothing, itself, or one or several parts.

    A shape that is inside comes back as it is. Rectangles, polygons, polylines, points and masks keep their kind. A
    turned rectangle or an ellipse that reaches out becomes a polygon. Cuboids may reach out of their picture: those not
    entirely outside stay. Tags and skeletons, which have no points, stay.

    Errors: InvalidInput for run lengths that contradict themselves.
    """
    whole = Figure(kind, tuple(float(number) for number in points), rotation)
    box = bounding_box(kind, points, rotation=rotation)
    if box is None or (box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height):
        return [whole]
    if kind == "points":
        inside = [
            number
            for x, y in zip(points[0::2], points[1::2], strict=True)
            if 0 <= x <= width and 0 <= y <= height
            for number in (float(x), float(y))
        ]
        return [Figure(kind, tuple(inside))] if inside else []
    if kind == "polyline":
        return _clipped_line(points, width=width, height=height)
    if box[0] >= width or box[1] >= height or box[2] <= 0 or box[3] <= 0:
        return []
    if kind == "mask":
        mask = clip_mask(read_mask(points), width=width, height=height)
        found = None if mask is None else mask_points(mask)
        return [] if found is None else [Figure(kind, found)]
    if kind == "rectangle" and rotation % 90 == 0:
        # Turned by right angles it is its own box.
        x1, y1, x2, y2 = box
        return [Figure(kind, (max(x1, 0.0), max(y1, 0.0), min(x2, float(width)), min(y2, float(height))))]
    if kind == "rectangle":
        return _clipped_area(rectangle_ring(points, rotation=rotation), width=width, height=height)
    if kind == "ellipse":
        ring = ellipse_ring(points, rotation=rotation, corners=ellipse_corners(points), same_area=True)
        return _clipped_area(ring, width=width, height=height)
    if kind == "polygon":
        return _clipped_area(ring_of(points), width=width, height=height)
    return [whole]


def _clipped_area(ring: Ring, *, width: int, height: int) -> list[Figure]:
    import shapely

    inside = shapely.intersection(region_of(ring), shapely.box(0, 0, width, height))
    return [Figure("polygon", points) for points in polygons_of(inside, like=ring.ravel().tolist())]


def _clipped_line(points: Sequence[float], *, width: int, height: int) -> list[Figure]:
    """The parts of a line, in its order; the line may cross itself, so no areas are involved."""
    parts: list[list[float]] = []
    corners = list(zip(points[0::2], points[1::2], strict=True))
    for (x1, y1), (x2, y2) in itertools.pairwise(corners):
        span = _inside_span(x1, y1, x2, y2, width=width, height=height)
        if span is None:
            continue
        (start, stop), wide, high = span, x2 - x1, y2 - y1
        ends = [float(number) for t in (start, stop) for number in (x1 + t * wide, y1 + t * high)]
        if stop == 1:
            ends[2:] = float(x2), float(y2)
        if start == 0:
            ends[:2] = float(x1), float(y1)
        if parts and start == 0 and parts[-1][-2:] == ends[:2]:
            parts[-1] += ends[2:]
        else:
            parts.append(ends)
    return [Figure("polyline", tuple(part)) for part in parts]


def _inside_span(x1: float, y1: float, x2: float, y2: float, *, width: int, height: int) -> tuple[float, float] | None:
    """Between which shares of its length a line is inside; None when no length of it is."""
    start, stop = 0.0, 1.0
    for at, step, end in ((x1, x2 - x1, width), (y1, y2 - y1, height)):
        if step == 0:
            if not 0 <= at <= end:
                return None
            continue
        enters, leaves = sorted(((0 - at) / step, (end - at) / step))
        start, stop = max(start, enters), min(stop, leaves)
    return (start, stop) if start < stop and math.isfinite(stop - start) else None
