"""How far shapes moved between two states, and how much of them is common: all pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from cvatcore.geometry import Box, bounding_box, points_problem, shape_iou
from cvatcore.geometry.paired import paired_iou
from cvatcore.schema import Element, Keyframe, Shape

Drawn: TypeAlias = Shape | Element | Keyframe

_PLACES = 2
"""Decimals of pixels."""
_IOU_PLACES = 4


class Movement(msgspec.Struct, frozen=True, gc=False):
    """Where a shape was, where it is, and what both have in common."""

    distance: float
    """How far the middle of its box moved, in pixels."""
    shift: tuple[float, float]
    """The same to the right and down."""
    before: Box
    """The upright box around it, `x1, y1, x2, y2` in pixels."""
    after: Box
    iou: float | None
    """Intersection over union, from 0 (apart) to 1; of a skeleton the mean of its joints. None where one is broken."""


def measure(pairs: Sequence[tuple[Drawn, Drawn]]) -> list[Movement | None]:
    """The movements of shapes, before and after; None where one of the two has no place (a tag, no points)."""
    import numpy as np

    if not pairs:
        return []
    boxes = [_box(before) for before, _ in pairs], [_box(after) for _, after in pairs]
    placed = [index for index, ends in enumerate(zip(*boxes, strict=True)) if None not in ends]
    found: list[Movement | None] = [None] * len(pairs)
    if not placed:
        return found
    before, after = (np.array([side[index] for index in placed], dtype=np.float64) for side in boxes)
    shift = (after[:, :2] + after[:, 2:] - before[:, :2] - before[:, 2:]) / 2
    distance = np.hypot(shift[:, 0], shift[:, 1])
    # Adding nothing turns -0.0 into 0.0.
    across, down = (np.round(shift, _PLACES) + 0.0).T.tolist()
    ious = _ious([pairs[index] for index in placed])
    for index, far, right, low, iou in zip(
        placed, np.round(distance, _PLACES).tolist(), across, down, ious, strict=True
    ):
        was, now = boxes[0][index], boxes[1][index]
        if was is not None and now is not None:
            found[index] = Movement(far, (right, low), was, now, None if iou is None else round(iou, _IOU_PLACES))
    return found


def _box(shape: Drawn) -> Box | None:
    if isinstance(shape, Shape) and shape.elements:
        inner = [box for element in shape.elements if not element.outside and (box := _box(element)) is not None]
        if not inner:
            return None
        lows, highs = [box[:2] for box in inner], [box[2:] for box in inner]
        return *map(min, zip(*lows, strict=True)), *map(max, zip(*highs, strict=True))  # type: ignore[return-value]  # two and two
    points = shape.points
    if shape.type == "rectangle" and len(points) == 4 and not shape.rotation:
        x1, y1, x2, y2 = points
        return (x1 if x1 < x2 else x2, y1 if y1 < y2 else y2, x2 if x1 < x2 else x1, y2 if y1 < y2 else y1)
    if points_problem(shape.type, points):
        return None
    return bounding_box(shape.type, points, rotation=shape.rotation)


def _ious(pairs: Sequence[tuple[Drawn, Drawn]]) -> list[float | None]:
    found = paired_iou([before for before, _ in pairs], [after for _, after in pairs])
    for index, (before, after) in enumerate(pairs):
        if before.type == after.type == "skeleton" and isinstance(before, Shape) and isinstance(after, Shape):
            found[index] = _skeleton_iou(before, after)
    return found


def _skeleton_iou(before: Shape, after: Shape) -> float | None:
    """The mean over all joints that one of the two has; one that is missing or out of the picture counts nothing."""
    old, new = ({element.id: element for element in side.elements} for side in (before, after))
    total, joints = 0.0, old.keys() | new.keys()
    for number in joints & old.keys() & new.keys():
        one, other = old[number], new[number]
        if one.outside or other.outside:
            total += one.outside and other.outside
        elif not (points_problem(one.type, one.points) or points_problem(other.type, other.points)):
            total += shape_iou(one, other)
    return total / len(joints) if joints else None
