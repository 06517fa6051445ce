"""The rules of labels and attributes, each a small function that says what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from cvatcore.edit.shape_check import label_type_problem
from cvatcore.schema import Element, Label, Shape, Track
from cvatcore.schema.attribute_value import value_problem
from cvatcore.validate.surroundings import Surroundings


def unknown_label(item: Shape | Element | Track, around: Surroundings) -> str:
    """A label that the task, or the skeleton, does not have."""
    if item.label in around.labels:
        return ""
    known = ", ".join(sorted({label.name for label in around.labels.values()})) or "none"
    return f"The label {item.label!r} is not among: {known}."


def label_type(item: Shape | Element, around: Surroundings) -> str:
    """A label that is for another type of shape."""
    label = around.labels.get(item.label)
    if label is None or not (problem := label_type_problem(item.type, label)):
        return ""
    return f"This {item.type} {problem}."


def unknown_attribute(item: Shape | Element | Track, around: Surroundings) -> str:
    """An attribute that the label does not have."""
    return unknown_name(item.attributes, around.labels.get(item.label)) if item.attributes else ""


def attribute_value(item: Shape | Element | Track, around: Surroundings) -> str:
    """A value that the attribute does not allow."""
    return wrong_value(item.attributes, around.labels.get(item.label)) if item.attributes else ""


def track_attribute(track: Track, around: Surroundings) -> str:
    """A mutable attribute on the track itself."""
    return misplaced_name(track.attributes, around.labels.get(track.label), mutable=True) if track.attributes else ""


def unknown_name(values: Mapping[str, str], label: Label | None) -> str:
    """The first attribute by name that a label does not have."""
    if label is None:
        return ""
    unknown = values.keys() - {attribute.name for attribute in label.attributes}
    return f"The label {label.name!r} has no attribute {min(unknown)!r}." if unknown else ""


def misplaced_name(values: Mapping[str, str], label: Label | None, *, mutable: bool) -> str:
    """The first attribute that is mutable, or that is not, where the other kind belongs."""
    for attribute in label.attributes if label else ():
        if attribute.name in values and attribute.mutable == mutable:
            where = "is mutable and belongs on keyframes" if mutable else "is immutable and belongs on the track"
            return f"The attribute {attribute.name!r} {where}."
    return ""


def wrong_value(values: Mapping[str, str], label: Label | None) -> str:
    """The first attribute whose value is not allowed; its default always is."""
    for attribute in label.attributes if label else ():
        value = values.get(attribute.name, attribute.default_value)
        if value != attribute.default_value and (problem := value_problem(attribute, value)):
            shown = value if len(value) <= 80 else f"{value[:80]}…"
            return f"The attribute {attribute.name!r} has the value {shown!r}, which {problem}."
    return ""
