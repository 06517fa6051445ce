"""Cuboids of point clouds: `points` are the middle, the rotation (radians) and the size, each along x, y and z."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.outline import ring_of

if TYPE_CHECKING:
    from cvatcore.geometry.outline import Ring


def block_ground(points: Sequence[float]) -> Ring:
    """The four corners of a cuboid seen from above, in the units of the cloud; it is turned around z alone."""
    import numpy as np

    x, y = points[0:2]
    turn = points[5]
    half = np.abs(np.array(points[6:8])) / 2
    corners = ring_of((-1, -1, 1, -1, 1, 1, -1, 1)) * half
    cos, sin = np.cos(turn), np.sin(turn)
    ground: Ring = corners @ np.array(((cos, sin), (-sin, cos))) + (x, y)
    return ground


def block_height(points: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest z of a cuboid that stands upright."""
    half = abs(points[8]) / 2
    return points[2] - half, points[2] + half


def block_bounds(points: Sequence[float]) -> tuple[float, float, float, float, float, float]:
    """The least x, y and z of a cuboid, and the largest."""
    ground = block_ground(points)
    low, high = block_height(points)
    (x1, y1), (x2, y2) = ground.min(axis=0).tolist(), ground.max(axis=0).tolist()
    return x1, y1, low, x2, y2, high


def block_volume(points: Sequence[float]) -> float:
    """The volume of a cuboid, in cubic units of the cloud."""
    return abs(points[6] * points[7] * points[8])


def block_iou(points: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two cuboids that stand upright: of their grounds, turned, times their heights.

    Rotations around x and y are left out. One without a volume is like none.
    """
    import shapely

    (low, high), (other_low, other_high) = block_height(points), block_height(other)
    shared_height = min(high, other_high) - max(low, other_low)
    total = block_volume(points) + block_volume(other)
    if shared_height <= 0 or total <= 0:
        return 0.0
    grounds = (shapely.Polygon(block_ground(item)) for item in (points, other))
    common = float(shapely.area(shapely.intersection(*grounds))) * shared_height
    return min(common / (total - common), 1.0) if common > 0 else 0.0
