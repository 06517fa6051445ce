"""Whether the numbers of a shape are what its type demands."""

from __future__ import annotations

import math
from collections.abc import Sequence

_EXACT = {"rectangle": (4,), "ellipse": (4,), "cuboid": (16,), "skeleton": (0,), "tag": (0,)}
_FEWEST = {"polygon": 6, "polyline": 4, "points": 2}

MAX_PIXELS = 1 << 28
"""Larger boxes of masks are refused before anything is allocated for them: 2^28 pixels are 16,384 x 16,384."""


def points_problem(kind: str, points: Sequence[float]) -> str:
    """What is wrong with the points of a shape, as the end of a sentence; empty when nothing is."""
    # A sum with an infinity or a NaN in it is no finite number: one pass for nearly all.
    if not math.isfinite(sum(points)) and not all(map(math.isfinite, points)):
        return "has a coordinate that is not a finite number"
    count = len(points)
    if kind in _EXACT and count not in _EXACT[kind]:
        return f"has {count} numbers in points where {_EXACT[kind][0]} belong"
    if kind in _FEWEST and (count < _FEWEST[kind] or count % 2):
        return f"has {count} numbers in points where pairs belong, {_FEWEST[kind]} or more"
    return _mask_problem(points) if kind == "mask" else ""


def _mask_problem(points: Sequence[float]) -> str:
    if len(points) < 5:
        return f"has {len(points)} numbers in points where run lengths and a box belong"
    left, top, right, bottom = points[-4:]
    if left % 1 or top % 1 or right % 1 or bottom % 1:
        return f"has the box {left:g} {top:g} {right:g} {bottom:g}, where whole pixels belong"
    width, height = right - left + 1, bottom - top + 1
    if width < 1 or height < 1:
        return f"has the box {left:g} {top:g} {right:g} {bottom:g}, whose sides are in the wrong order"
    pixels = width * height
    if pixels > MAX_PIXELS:
        return f"has a box of {width:g}x{height:g} pixels, more than {MAX_PIXELS}"
    runs = points[:-4]
    # Few lengths differ: looking at each once is twice as fast.
    lengths = set(runs)
    if min(lengths) < 0 or any(length % 1 for length in lengths):
        return "has run lengths that are negative or no whole numbers"
    if sum(runs) != pixels:
        return f"has run lengths for {sum(runs):g} pixels in a box of {width:g}x{height:g}"
    return ""
