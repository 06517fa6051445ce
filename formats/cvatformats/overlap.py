"""Frames that two jobs share: which of their objects are the same one."""

from __future__ import annotations

from collections.abc import Sequence

from cvatcore.schema import Shape

SAME_SHAPE = 0.75
"""Boxes of one label that overlap by this much (intersection over union) are one object, as in CVAT."""

SAME_TRACK = 0.5
"""The same for boxes of tracks, which drift."""


def match_shapes(earlier: Sequence[Shape], later: Sequence[Shape], *, threshold: float) -> dict[int, int]:
    """Pairs of shapes that are the same object, best first: index in `later` to index in `earlier`."""
    scores: list[tuple[float, int, int]] = []
    for index, shape in enumerate(later):
        for other_index, other in enumerate(earlier):
            score = _similarity(other, shape)
            if score >= threshold:
                scores.append((-score, index, other_index))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, other_index in sorted(scores):
        if index not in matched and other_index not in taken:
            matched[index] = other_index
            taken.add(other_index)
    return matched


def _similarity(one: Shape, other: Shape) -> float:
    if one.type != other.type or one.label != other.label:
        return 0.0
    if one.points == other.points and _joints(one) == _joints(other):
        return 1.0
    if one.type != "rectangle" or one.rotation != other.rotation:
        return 0.0
    return _intersection_over_union(one.points, other.points)


def _joints(shape: Shape) -> list[tuple[str, tuple[float, ...]]]:
    return [(element.label, element.points) for element in shape.elements]


def _intersection_over_union(one: Sequence[float], other: Sequence[float]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared)
