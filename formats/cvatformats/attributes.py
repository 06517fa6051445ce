"""Labels and attributes as formats need them: by name, complete, with typed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cvatcore.schema import Attribute, Label
from cvatformats.report import Losses


def labels_by_name(labels: Iterable[Label]) -> dict[str, Label]:
    """Labels by their names, and by former names that no other label has now."""
    known = tuple(labels)
    found = {alias: label for label in known for alias in label.aliases}
    found.update((label.name, label) for label in known)
    return found


def complete_attributes(label: Label, values: Mapping[str, str]) -> dict[str, str]:
    """All attributes of a label in its order, unset ones with their default, then any others that an object has."""
    if not label.attributes:
        return dict(values)
    complete = {attribute.name: values.get(attribute.name, attribute.default_value) for attribute in label.attributes}
    complete.update(values)
    return complete


def typed_value(attribute: Attribute | None, text: str) -> str | bool | float | int:
    """An attribute's value as JSON has it: checkboxes and numbers are not text, where nothing is lost by that."""
    if attribute is None:
        return text
    if attribute.input_type == "checkbox" and text in {"true", "false"}:
        return text == "true"
    if attribute.input_type == "number":
        try:
            number = float(text)
        except ValueError:
            return text
        value = int(number) if number.is_integer() and abs(number) < 2**53 else number
        return value if value_text(value) == text else text
    return text


def value_text(value: object) -> str:
    """A JSON value as the text of an attribute."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def known_attributes(
    label: Label, values: Mapping[str, str], *, losses: Losses, mutable: bool | None = None
) -> dict[str, str]:
    """Those values whose attribute the label has (all, only mutable, or only immutable ones); others are lost."""
    if not values:
        return {}
    known = {attribute.name: attribute for attribute in label.attributes}
    kept: dict[str, str] = {}
    for name, value in values.items():
        attribute = known.get(name)
        if attribute is None:
            if mutable is not True:  # Of a track both kinds are asked for, one after the other.
                losses.partial("attribute", f"the label {label.name!r} has no attribute {name!r}")
        elif mutable is None or attribute.mutable == mutable:
            kept[name] = value
    return kept
