"""A filter as a value: what CVAT's JSON-logic documents mean, one struct a kind of rule."""

from __future__ import annotations

from typing import Literal

import msgspec

Value = str | float | bool | None
"""What a field is compared with; whole numbers are floats too."""

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
Conjunction = Literal["and", "or"]
End = Literal["startsWith", "endsWith"]


class Var(msgspec.Struct, frozen=True):
    """The value of a field of the object."""

    name: str


Operand = Var | Value


class Compare(msgspec.Struct, frozen=True):
    """Two values, at least one of them a field's: `{"==": [{"var": "label"}, "car"]}`."""

    op: Comparison
    left: Operand
    right: Operand


class Between(msgspec.Struct, frozen=True):
    """A field's value within a range: `{"<=": [10, {"var": "width"}, 20]}`, without its ends if `<`."""

    op: Literal["<", "<="]
    low: Operand
    field: Var
    high: Operand


class Within(msgspec.Struct, frozen=True):
    """A field's value among several, "any in": `{"in": [{"var": "label"}, ["car", "bus"]]}`."""

    field: Var
    values: tuple[Value, ...]


class Contains(msgspec.Struct, frozen=True):
    """A part of a field's text, "like": `{"in": ["ca", {"var": "label"}]}`."""

    text: str | Var
    field: Var


class Edge(msgspec.Struct, frozen=True):
    """How a field's text starts or ends: `{"startsWith": [{"var": "attr.car.plate"}, "B"]}`."""

    op: End
    field: Var
    text: str | Var


class Filled(msgspec.Struct, frozen=True):
    """A field that is not empty: `{"!!": {"var": "attr.car.plate"}}`. Its opposite is a `Not` of it."""

    field: Var


class Not(msgspec.Struct, frozen=True):
    """What does not fulfil a rule."""

    rule: Rule


class Group(msgspec.Struct, frozen=True):
    """Several rules, of which all or one must be fulfilled."""

    conjunction: Conjunction
    rules: tuple[Rule, ...]


Rule = Compare | Between | Within | Contains | Edge | Filled | Not | Group
"""A filter, and each part of one."""
