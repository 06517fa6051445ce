"""Conflicts in words: the thing, its field, and each value, short enough for a row of a table."""

from __future__ import annotations

from cvatcore.geometry import bounding_box
from cvatcore.schema import ConflictDocument

LONGEST = 60
"""Characters of a value in words; what is longer is cut."""

_NAMES = {
    "points": "position",
    "type": "kind of shape",
    "z_order": "layer",
    "resolved": "resolved",
    "data.deleted_frames": "deleted frames",
    "deleted_frames": "deleted frames",
    "markdown": "text",
}

_PARTS = {
    "attributes": "attribute",
    "elements": "joint",
    "labels": "label",
    "sublabels": "joint",
    "comments": "comment",
    "members": "member",
}
"""What an item of these lists is called; its own name follows."""


def thing_in_words(conflict: ConflictDocument, *, type: str = "", label: str = "", name: str = "") -> str:
    """What a conflict is about: `rectangle 17 (car)`, `keyframe of track 5 (car)`, `task street`.

    `type`, `label` and `name` are those of the thing as it is now; empty when it is gone.
    """
    called = f" ({label})" if label else ""
    match conflict.kind:
        case "shape":
            return f"{type or 'object'} {conflict.number}{called}"
        case "track":
            return f"track {conflict.number}{called}"
        case "keyframe":
            return f"keyframe of track {conflict.number}{called}"
        case "task":
            return f"task {name or conflict.task}"
        case "manifest":
            return f"frames of task {name or conflict.task}"
        case "project":
            return f"project {name or conflict.project}"
        case "job":
            return f"job {conflict.job}"
        case "issue":
            return f"issue {conflict.number}"
        case "guide":
            owner = f"task {name or conflict.task}" if conflict.task else f"project {name or conflict.project}"
            return f"guide of {owner}"
        case "settings":
            return "settings (cvat.toml)"
        case "members":
            return "people (members.toml)"


def field_in_words(field: str) -> str:
    """A field's name as people say it: `position`, `attribute color`, `joint 12: position`."""
    if field in _NAMES:
        return _NAMES[field]
    head, _, rest = field.partition(".")
    if not rest:
        return head.replace("_", " ")
    if head not in _PARTS:
        return f"{head.replace('_', ' ')}: {field_in_words(rest)}"
    if head == "attributes" and not _is_of_label_attribute(rest):
        return f"attribute {rest}"  # The whole rest is its name, dots and all.
    item, _, inner = rest.partition(".")
    return f"{_PARTS[head]} {item}: {field_in_words(inner)}" if inner else f"{_PARTS[head]} {item}"


def _is_of_label_attribute(rest: str) -> bool:
    """Whether it is a field of an attribute of a label, which goes by its number, not a value that an object has."""
    item, _, inner = rest.partition(".")
    return item.isdecimal() and bool(inner)


def value_in_words(field: str, value: object, *, type: str = "") -> str:
    """A value as a row of a table shows it; `type` is the shape's, for its points."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:.10g}"
    if isinstance(value, str):
        return _cut(" ".join(value.split())) or "(empty)"
    if isinstance(value, list):
        numbers = [number for number in value if isinstance(number, float | int)]
        if field.rpartition(".")[2] == "points" and len(numbers) == len(value):
            return _points(numbers, type)
        return _cut(", ".join(value_in_words("", inner) for inner in value)) or "(none)"
    if isinstance(value, dict):
        named = next((str(value[key]) for key in ("name", "username", "message", "label") if key in value), "")
        return _cut(named or ", ".join(f"{key} {value_in_words('', inner)}" for key, inner in value.items()))
    return _cut(str(value))


def _points(points: list[float], type: str) -> str:
    if not points:
        return "(none)"
    if type == "cuboid" and len(points) == 16 and not _is_flat(points):
        return "at " + ", ".join(f"{number:.4g}" for number in points[:3])
    # A type that changed with the points may not fit them: two numbers each is then as good as any reading.
    # Of what is gone no type is known: four numbers are a box nearly always.
    kind = (type or "rectangle") if len(points) == 4 and type in {"rectangle", "ellipse", ""} else "polygon"
    kind = "mask" if type == "mask" else kind
    box = bounding_box(kind, points) if len(points) > 1 else None
    if box is None:
        return _cut(", ".join(f"{number:g}" for number in points))
    place = f"{box[0]:.6g}, {box[1]:.6g} – {box[2]:.6g}, {box[3]:.6g}"
    if kind != "polygon":
        return f"mask in {place}" if kind == "mask" else place
    count = len(points) // 2
    return f"{points[0]:.6g}, {points[1]:.6g}" if count == 1 else f"{count} points in {place}"


def _is_flat(points: list[float]) -> bool:
    """Whether 16 numbers are the 8 corners of a cuboid on a picture: one in space ends with six zeros."""
    return any(points[9:])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
