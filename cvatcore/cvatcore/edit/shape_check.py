"""What can be wrong with one shape, whoever asks: each function gives the end of a sentence, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cvatcore.geometry import points_problem
from cvatcore.schema import SHAPE_TYPES, Element, Label, Track
from cvatcore.tracks import track_type

MAX_NUMBER = 2**31 - 1
"""The largest frame, group and z-order, and without its sign the smallest z-order: what CVAT's columns hold."""

_TYPES = frozenset(SHAPE_TYPES)
_NO_ELEMENTS = frozenset(["skeleton", "tag"])


def geometry_problem(kind: str, points: Sequence[float], rotation: float) -> str:
    """A type that does not exist, points that it cannot have, or a rotation out of range."""
    if kind not in _TYPES:
        return f"has the type {kind!r}, which does not exist"
    if problem := points_problem(kind, points):
        return problem
    return "" if 0 <= rotation <= 360 else f"has the rotation {rotation}, not within 0 to 360"


def number_problem(*, frame: int = 0, z_order: int = 0, group: int = 0, score: float | None = None) -> str:
    """A number beyond what CVAT's clients can hold."""
    if frame < 0:
        return f"is on frame {frame}; frames start at 0"
    if frame > MAX_NUMBER:
        return f"is on frame {frame}, beyond {MAX_NUMBER}"
    if abs(z_order) > MAX_NUMBER:
        return f"has the z-order {z_order}, beyond {MAX_NUMBER}"
    if not 0 <= group <= MAX_NUMBER:
        return f"has the group {group}, not within 0 to {MAX_NUMBER}"
    if score is not None and not 0 <= score <= 1:
        return f"has the score {score}, not within 0 to 1"
    return ""


def elements_problem(kind: str, elements: Iterable[Element | Track]) -> str:
    """Elements that an object of a type cannot have: only a skeleton has any, of each sub-label one at the most."""
    seen: set[str] = set()
    for element in elements:
        if kind != "skeleton":
            return f"is a {kind} with elements, which only skeletons have"
        if element.label in seen:
            return f"has two elements of the label {element.label!r}"
        seen.add(element.label)
        inner = element.type if isinstance(element, Element) else track_type(element)
        if inner in _NO_ELEMENTS:
            return f"has the element {element.id}, a {inner}, which cannot be a part of a skeleton"
    return ""


def takes_type(label: Label, kind: str) -> bool:
    """Whether objects of a type may have a label: the one that it is for, or any but a skeleton (it has sub-labels)."""
    if label.type == "any":
        return kind != "skeleton"
    return kind == label.type or (kind, label.type) == ("cuboid", "cuboid_3d")


def label_type_problem(kind: str, label: Label) -> str:
    """A label that is for another type of shape."""
    return "" if takes_type(label, kind) else f"has the label {label.name!r}, which is for {label.type}"
