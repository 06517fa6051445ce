"""How many numbers each type of shape has."""

from __future__ import annotations

import math
from collections.abc import Sequence

_EXACT = {"rectangle": (4,), "ellipse": (4,), "cuboid": (16,), "skeleton": (0,), "tag": (0,)}
_FEWEST = {"polygon": 6, "polyline": 4, "points": 2}


def points_problem(kind: str, points: Sequence[float]) -> str:
    """What is wrong with the points of a shape, as the end of a sentence; empty when nothing is."""
    if not all(map(math.isfinite, points)):
        return "has a coordinate that is not a finite number"
    count = len(points)
    if kind in _EXACT and count not in _EXACT[kind]:
        return f"has {count} numbers in points where {_EXACT[kind][0]} belong"
    if kind in _FEWEST and (count < _FEWEST[kind] or count % 2):
        return f"has {count} numbers in points where pairs belong, {_FEWEST[kind]} or more"
    if kind == "mask" and count < 5:
        return f"has {count} numbers in points where run lengths and a box belong"
    return ""
