"""Labels: what an object is called, its colour and its attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from cvatcore.errors import InvalidInput

LabelType = Literal[
    "any",
    "rectangle",
    "polygon",
    "polyline",
    "points",
    "ellipse",
    "cuboid",
    "cuboid_3d",
    "mask",
    "skeleton",
    "tag",
]

InputType = Literal["select", "radio", "checkbox", "text", "number"]

MAX_NAME = 64
"""CVAT's limit on the name of a label or attribute, in characters."""

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Besides control characters what UTF-8 or XML cannot hold."""


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A question asked of each object of a label, with its possible answers."""

    id: int
    name: str
    input_type: InputType = "text"
    mutable: bool = False
    default_value: str = ""
    values: tuple[str, ...] = ()


class Label(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A class of objects. Files name it; `id` exists for the API only."""

    id: int
    name: str
    color: str
    type: LabelType = "any"
    aliases: tuple[str, ...] = ()
    """Former names: lines that still use one resolve to this label."""
    attributes: tuple[Attribute, ...] = ()
    sublabels: tuple[Label, ...] = ()
    svg: str = ""


def parse_label_names(text: str) -> list[str]:
    """Split `car,person` into names.

    Errors: InvalidInput when there is none, one is empty or too long, or one comes twice.
    """
    names = [name.strip() for name in text.split(",")]
    check_label_names(names)
    return names


def check_label_names(names: Iterable[str]) -> None:
    """Refuse a list of label names that no task can have."""
    seen: set[str] = set()
    for name in names:
        if not name:
            raise InvalidInput("A label's name is empty.", hint="Give names like: car,person.")
        if problem := name_problem(name):
            raise InvalidInput(f"The label name {name!r} {problem}.")
        if name in seen:
            raise InvalidInput(f"The label {name!r} is given twice.", hint="Give each name once.")
        seen.add(name)


def name_problem(name: str) -> str:
    """What is wrong with the name of a label or attribute, as the end of a sentence; empty when nothing is."""
    if not name:
        return "is empty"
    if len(name) > MAX_NAME:
        return f"is longer than {MAX_NAME} characters"
    if _NOT_IN_NAMES.search(name):
        return "has a control character"
    return "begins or ends with a blank" if name != name.strip() else ""


def find_label(labels: Iterable[Label], name: str) -> Label | None:
    """The label of that name, or the one that had it once."""
    former = None
    for label in labels:
        if label.name == name:
            return label
        if name in label.aliases:
            former = label
    return former
