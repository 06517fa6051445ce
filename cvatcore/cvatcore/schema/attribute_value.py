"""What an attribute may be answered with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from cvatcore.schema.label import Attribute

UNDEFINED = "__undefined__"
"""CVAT's word for "cannot be told": a value of a select that its list shows as a blank."""

MAX_VALUE = 4096
"""CVAT's limit on the value of an attribute, in characters."""

_CHECKED = ("true", "false")


class NumberRange(msgspec.Struct, frozen=True):
    """The numbers that an attribute allows: from `low` to `high`, both included, in steps from `low`."""

    low: Decimal
    high: Decimal
    step: Decimal

    def __str__(self) -> str:
        return f"{self.low} to {self.high} in steps of {self.step}"


def number_range(values: Sequence[str]) -> NumberRange | None:
    """The range of a number attribute's values, or None where they are none (`range_problem` says why).

    CVAT stores `min`, `max` and `step` as three values; `min;max;step` in one, as people type it, is read too.
    """
    parts = values[0].split(";") if len(values) == 1 else values
    numbers = [_number(part) for part in parts]
    if len(numbers) != 3:
        return None
    low, high, step = numbers
    if low is None or high is None or step is None or low > high or step <= 0:
        return None
    return NumberRange(low, high, step)


def range_problem(values: Sequence[str]) -> str:
    """Why the values of a number attribute are no range, as the end of a sentence; empty when they are one."""
    parts = values[0].split(";") if len(values) == 1 else values
    if len(parts) != 3:
        return f"has {len(parts)} values where min;max;step belong"
    for part in parts:
        if _number(part) is None:
            return f"has {part!r} in min;max;step, which is no number"
    if number_range(values) is not None:
        return ""
    low, high, step = parts
    return f"has the step {step}, which is not above 0" if Decimal(step) <= 0 else f"starts at {low}, above {high}"


def value_problem(attribute: Attribute, value: str) -> str:
    """Why a value is not allowed for an attribute, as the end of a sentence; empty when it is.

    Checkboxes take `true` and `false`, in capitals too: CVAT's clients send Python's `True`. `__undefined__` is
    allowed where it is among the values.
    """
    if len(value) > MAX_VALUE:
        return f"is longer than {MAX_VALUE} characters"
    match attribute.input_type:
        case "select" | "radio":
            return "" if value in attribute.values else f"is not among: {', '.join(attribute.values)}"
        case "checkbox":
            return "" if value.lower() in _CHECKED else "is neither true nor false"
        case "number":
            return _number_problem(attribute.values, value)
        case "text":
            return ""


def _number_problem(values: Sequence[str], text: str) -> str:
    value, allowed = _number(text), number_range(values)
    if value is None:
        return "is no number"
    if allowed is None:
        return ""  # What is wrong is the attribute, and its own check says so.
    if not allowed.low <= value <= allowed.high or not _on_grid(value, allowed):
        return f"is not within {allowed}"
    return ""


def _on_grid(value: Decimal, allowed: NumberRange) -> bool:
    try:
        return (value - allowed.low) % allowed.step == 0
    except InvalidOperation:
        return True  # More steps than there are digits to count them with.


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
