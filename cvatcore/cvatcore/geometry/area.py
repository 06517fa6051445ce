"""Areas of shapes of every kind."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cvatcore.geometry.outline import cuboid_ring
from cvatcore.geometry.polygon import polygon_area


def shape_area(kind: str, points: Sequence[float]) -> float:
    """The area of a shape in square pixels; 0 for what has none. That of a mask is the number of its pixels.

    A cuboid of a picture has the area of its corners' hull. Polygons are measured by the shoelace formula.
    """
    if kind == "rectangle":
        x1, y1, x2, y2 = points
        return abs((x2 - x1) * (y2 - y1))
    if kind == "ellipse":
        cx, cy, right, top = points
        return math.pi * abs((right - cx) * (cy - top))
    if kind == "polygon":
        return polygon_area(points)
    if kind == "mask":
        return float(sum(points[1:-4:2]))
    if kind == "cuboid":
        return polygon_area(cuboid_ring(points).ravel().tolist())
    return 0.0
