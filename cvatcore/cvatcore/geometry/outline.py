"""Rings of points around shapes: what rasters, areas and intersections of all kinds are made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ring = NDArray[np.float64]
    """`n x 2`: the corners of a closed ring in order, the first one not repeated."""

ELLIPSE_CORNERS = 256
"""Corners of the polygon that stands for an ellipse where areas are cut: its area is the ellipse's, and its border is
off by no more than 0.00008 of the longer radius."""


def ring_of(points: Sequence[float]) -> Ring:
    """Flat points as a ring."""
    import numpy as np

    return np.array(points, dtype=np.float64).reshape(-1, 2)


def rectangle_ring(points: Sequence[float], *, rotation: float = 0.0) -> Ring:
    """The four corners of a rectangle, clockwise on the screen from the one that is top left before it is turned.

    `rotation` is in degrees, clockwise on the screen, around the middle.
    """
    x1, y1, x2, y2 = points
    ring = ring_of((x1, y1, x2, y1, x2, y2, x1, y2))
    return turned(ring, rotation, around=((x1 + x2) / 2, (y1 + y2) / 2)) if rotation else ring


def ellipse_ring(
    points: Sequence[float], *, rotation: float = 0.0, corners: int = ELLIPSE_CORNERS, same_area: bool = False
) -> Ring:
    """A polygon of so many corners on an ellipse, clockwise from its right end.

    With `same_area` it is widened just so much that its area is the ellipse's; its border is then on both sides of it.
    """
    import numpy as np

    cx, cy, right, top = points
    angles = np.arange(corners) * (2 * math.pi / corners)
    step = 2 * math.pi / corners
    scale = math.sqrt(step / math.sin(step)) if same_area else 1.0
    rx, ry = abs(right - cx) * scale, abs(cy - top) * scale
    ring: Ring = np.column_stack((cx + rx * np.cos(angles), cy + ry * np.sin(angles)))
    return turned(ring, rotation, around=(cx, cy)) if rotation else ring


def ellipse_corners(points: Sequence[float], *, deviation: float = 0.25) -> int:
    """How many corners on an ellipse keep its polygon closer to it than `deviation`, in pixels; 12 to 256."""
    cx, cy, right, top = points
    radius = max(abs(right - cx), abs(cy - top))
    if radius <= deviation:
        return 12
    return min(max(math.ceil(math.pi / math.acos(1 - deviation / radius)), 12), ELLIPSE_CORNERS)


def cuboid_ring(points: Sequence[float]) -> Ring:
    """The convex hull of the 8 corners of a cuboid in a picture; fewer than three points when they lie in a line."""
    import shapely

    hull = shapely.convex_hull(shapely.MultiPoint(ring_of(points)))
    corners: Ring = shapely.get_coordinates(hull)
    return corners[:-1]


def turned(ring: Ring, degrees: float, *, around: tuple[float, float]) -> Ring:
    """Points turned clockwise on the screen."""
    import numpy as np

    cos, sin = direction(degrees)
    middle = np.array(around)
    result: Ring = (ring - middle) @ np.array(((cos, sin), (-sin, cos))) + middle
    return result


def direction(degrees: float) -> tuple[float, float]:
    """Cosine and sine of an angle, without an error at right angles: what is upright stays on its pixels."""
    quarters, rest = divmod(degrees, 90)
    if rest == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarters % 4)]
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)
