"""The ellipse that stands for another shape: the one with the same middle and the same spread in every direction.

An ellipse's own polygon or mask gives that ellipse again; of a square it is a circle a little larger than it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.figure import Figure
from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.polygon import region_of

if TYPE_CHECKING:
    from cvatcore.geometry.mask import Mask
    from cvatcore.geometry.outline import Ring

_ROUND = 1e-9
"""Spreads whose relative difference is smaller are the same: a circle has no direction."""

_DIGITS = 9
"""Of rotations."""

Moments = tuple[float, float, float, float, float, float]
"""Area, middle x and y, and the means of dx², dx·dy and dy² around it."""


def ellipse_of_mask(mask: Mask) -> Figure:
    """The ellipse of a mask that has pixels; they are squares, not dots."""
    import numpy as np

    ys, xs = np.nonzero(mask.bitmap)
    x, y = float(xs.mean()), float(ys.mean())
    spread = np.cov(xs, ys, bias=True) if len(xs) > 1 else np.zeros((2, 2))
    own = 1 / 12
    return _ellipse(
        (
            float(len(xs)),
            mask.left + x + 0.5,
            mask.top + y + 0.5,
            float(spread[0, 0]) + own,
            float(spread[0, 1]),
            float(spread[1, 1]) + own,
        )
    )


def ellipse_of_polygon(points: Sequence[float]) -> Figure | None:
    """The ellipse of a polygon; None when it has no area."""
    import shapely

    region = region_of(ring_of(points))
    origin = ring_of(points)[0]
    weights: list[Moments] = []
    for part in shapely.get_parts(region):
        for nth, ring in enumerate(shapely.get_rings(part)):
            moments = _ring_moments(shapely.get_coordinates(ring) - origin)
            weights.append(moments if nth == 0 else (-moments[0], *moments[1:]))
    area = sum(moments[0] for moments in weights)
    if area <= 0:
        return None
    x = sum(moments[0] * moments[1] for moments in weights) / area
    y = sum(moments[0] * moments[2] for moments in weights) / area
    # Spreads of the parts, moved to the common middle.
    xx = sum(m[0] * (m[3] + (m[1] - x) ** 2) for m in weights) / area
    xy = sum(m[0] * (m[4] + (m[1] - x) * (m[2] - y)) for m in weights) / area
    yy = sum(m[0] * (m[5] + (m[2] - y) ** 2) for m in weights) / area
    return _ellipse((area, x + float(origin[0]), y + float(origin[1]), xx, xy, yy))


def _ring_moments(ring: Ring) -> Moments:
    """Of a closed ring whose first corner is repeated."""
    x, y = ring[:-1].T
    next_x, next_y = ring[1:].T
    cross = x * next_y - next_x * y
    area = float(cross.sum()) / 2
    if area == 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    mean_x = float(((x + next_x) * cross).sum()) / (6 * area)
    mean_y = float(((y + next_y) * cross).sum()) / (6 * area)
    xx = float(((x * x + x * next_x + next_x * next_x) * cross).sum()) / (12 * area)
    yy = float(((y * y + y * next_y + next_y * next_y) * cross).sum()) / (12 * area)
    mixed = x * next_y + 2 * x * y + 2 * next_x * next_y + next_x * y
    xy = float((mixed * cross).sum()) / (24 * area)
    return abs(area), mean_x, mean_y, xx - mean_x**2, xy - mean_x * mean_y, yy - mean_y**2


def _ellipse(moments: Moments) -> Figure:
    _, x, y, xx, xy, yy = moments
    half, turn = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    long, short = 2 * math.sqrt(half + turn), 2 * math.sqrt(max(half - turn, 0.0))
    degrees = math.degrees(math.atan2(2 * xy, xx - yy)) / 2 if turn > _ROUND * half else 0.0
    # Of the names that it has, the one that is turned least: what lies upright is not turned.
    if abs(degrees) > 45:
        degrees -= math.copysign(90, degrees)
        long, short = short, long
    # What is left of an upright one is an error of rounding, and below 0 it would be a turn of nearly 360.
    rotation = round(degrees, _DIGITS) % 360
    return Figure("ellipse", (x, y, x + long, y - short), rotation)
