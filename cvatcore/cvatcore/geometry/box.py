"""Bounding boxes of shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cvatcore.geometry.outline import direction

Box = tuple[float, float, float, float]
"""`x1, y1, x2, y2` in pixels, `x1 <= x2` and `y1 <= y2`."""


def bounding_box(kind: str, points: Sequence[float], *, rotation: float = 0.0) -> Box | None:
    """The upright box around a shape, or None for one without an extent of its own (tag, skeleton).

    `rotation` is in degrees, clockwise on the screen, around the middle of a rectangle or ellipse.
    """
    if not points or kind in {"tag", "skeleton"}:
        return None
    if kind == "mask":
        left, top, right, bottom = points[-4:]
        return left, top, right + 1, bottom + 1
    if kind == "ellipse":
        cx, cy, right, top = points
        return _around(cx, cy, abs(right - cx), abs(cy - top), rotation)
    xs, ys = points[0::2], points[1::2]
    box = min(xs), min(ys), max(xs), max(ys)
    if kind == "rectangle" and rotation:
        return _rotated(box, rotation)
    return box


def box_area(box: Box) -> float:
    """The area of a box in square pixels."""
    return (box[2] - box[0]) * (box[3] - box[1])


def _rotated(box: Box, rotation: float) -> Box:
    cos, sin = map(abs, direction(rotation))
    half_width, half_height = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    width = half_width * cos + half_height * sin
    height = half_width * sin + half_height * cos
    return cx - width, cy - height, cx + width, cy + height


def _around(cx: float, cy: float, rx: float, ry: float, rotation: float) -> Box:
    cos, sin = direction(rotation)
    width = math.hypot(rx * cos, ry * sin)
    height = math.hypot(rx * sin, ry * cos)
    return cx - width, cy - height, cx + width, cy + height
