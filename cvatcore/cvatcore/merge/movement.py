"""How far shapes moved between two states, and how much of them is common: all pairs at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import msgspec

from cvatcore.geometry import Box, bounding_box, points_problem, shape_iou
from cvatcore.geometry.paired import paired_box_iou, paired_iou
from cvatcore.schema import Element, Keyframe, Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    found: list[Movement | None] = [None] * len(pairs)
    upright = [index for index, (before, after) in enumerate(pairs) if _is_upright(before) and _is_upright(after)]
    if upright:
        for index, movement in zip(upright, _of_boxes([pairs[index] for index in upright]), strict=True):
            found[index] = movement
    if len(upright) < len(pairs):
        others = [index for index, movement in enumerate(found) if movement is None]
        for index, other in zip(others, _of_shapes([pairs[index] for index in others]), strict=True):
            found[index] = other
    return found


def _is_upright(shape: Drawn) -> bool:
    return shape.type == "rectangle" and not shape.rotation and len(shape.points) == 4


def _of_boxes(pairs: Sequence[tuple[Drawn, Drawn]]) -> Iterator[Movement]:
    """Of upright rectangles: by whole columns."""
    import numpy as np

    boxes, others = (_boxes([pair[side].points for pair in pairs]) for side in (0, 1))
    (before, old), (after, new) = boxes, others
    ious = np.round(paired_box_iou(old, new), _IOU_PLACES).tolist()
    shift = (new[:, :2] + new[:, 2:] - old[:, :2] - old[:, 2:]) / 2
    distance = np.round(np.hypot(shift[:, 0], shift[:, 1]), _PLACES).tolist()
    # Adding nothing turns -0.0 into 0.0.
    ways = zip(*(np.round(shift, _PLACES) + 0.0).T.tolist(), strict=True)
    return map(Movement, distance, ways, before, after, ious)


def _boxes(points: Sequence[tuple[float, ...]]) -> tuple[Sequence[Box], NDArray[np.float64]]:
    """Rectangles with their corners in order, as tuples and as rows."""
    import numpy as np

    corners = np.array(points, dtype=np.float64)
    if (corners[:, :2] <= corners[:, 2:]).all():
        return cast("Sequence[Box]", points), corners
    low, high = np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])
    ordered = np.hstack((low, high))
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in ordered.tolist()], ordered


def _of_shapes(pairs: Sequence[tuple[Drawn, Drawn]]) -> Iterator[Movement | None]:
    """Of shapes of any kind."""
    for (before, after), iou in zip(pairs, _ious(pairs), strict=True):
        was, now = _box(before), _box(after)
        if was is None or now is None:
            yield None
            continue
        across, down = ((now[at] + now[at + 2] - was[at] - was[at + 2]) / 2 for at in (0, 1))
        distance, way = round(math.hypot(across, down), _PLACES), (round(across, _PLACES), round(down, _PLACES))
        yield Movement(distance, way, was, now, None if iou is None else round(iou, _IOU_PLACES))


def _box(shape: Drawn) -> Box | None:
    if isinstance(shape, Shape) and shape.elements:
        inner = [box for element in shape.elements if not element.outside and (box := _box(element)) is not None]
        if not inner:
            return None
        lows, highs = [box[:2] for box in inner], [box[2:] for box in inner]
        return *map(min, zip(*lows, strict=True)), *map(max, zip(*highs, strict=True))
    if points_problem(shape.type, shape.points):
        return None
    return bounding_box(shape.type, shape.points, rotation=shape.rotation)


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
