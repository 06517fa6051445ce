"""From a rule to a function of one subject: everything about the filter is looked at once, before the first object.

A value that is absent (a tag's width, an attribute of another label) is neither equal to anything nor in any order:
only `!=`, `not …` and `is empty` hold for it.
"""

from __future__ import annotations

import math
import operator
from datetime import UTC, datetime
from typing import Generic

from cvatcore.errors import InvalidFilter
from cvatcore.filters.fields import Field, FieldKind, Fields, Subject
from cvatcore.filters.predicates import (
    Predicate,
    Read,
    all_of,
    among,
    any_of,
    equal,
    equal_fields,
    filled,
    inside,
    opposite,
    order,
    ordered,
    strictly_inside,
    textual,
    unequal,
)
from cvatcore.filters.rule import (
    Between,
    Compare,
    Contains,
    Edge,
    Filled,
    Group,
    Not,
    Operand,
    Rule,
    Value,
    Var,
    Within,
)

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDERED: frozenset[FieldKind] = frozenset(["number", "time"])
_NAMES: dict[FieldKind, str] = {"text": "a text", "number": "a number", "truth": "true or false", "time": "a time"}


def compile_filter(rule: Rule, fields: Fields[Subject]) -> Predicate[Subject]:
    """A function that says whether a subject fulfils the filter.

    Errors: InvalidFilter for a field that `fields` lacks, or a value that the field's type cannot be compared with.
    """
    return _Compiler(fields).rule(rule, "")


class _Compiler(Generic[Subject]):
    """Walks a rule; `place` is where in the document it is, as in `reading`."""

    def __init__(self, fields: Fields[Subject]) -> None:
        self._fields = fields

    def rule(self, rule: Rule, place: str) -> Predicate[Subject]:
        match rule:
            case Group(conjunction, rules):
                here = _below(place, conjunction)
                tests = [self.rule(inner, f"{here}[{index}]") for index, inner in enumerate(rules)]
                return all_of(tests) if conjunction == "and" else any_of(tests)
            case Not(inner):
                return opposite(self.rule(inner, _below(place, "!")))
            case Filled(field):
                return filled(self._field(field, place).read)
            case Within(field, values):
                return self._within(field, values, _below(place, "in"))
            case Contains(text, field):
                here = _below(place, "in")
                read = self._text_field(field, f"{here}[1]")
                return textual(read, self._text(text, f"{here}[0]"), operator.contains)
            case Edge(op, field, text):
                here = _below(place, op)
                test = str.startswith if op == "startsWith" else str.endswith
                return textual(self._text_field(field, f"{here}[0]"), self._text(text, f"{here}[1]"), test)
            case Between(op, low, field, high):
                return self._between(op, low, field, high, _below(place, op))
            case Compare(op, left, right):
                return self._compare(op, left, right, _below(place, op))

    def _field(self, var: Var, place: str) -> Field[Subject]:
        field = self._fields.get(var.name)
        if field is None:
            raise InvalidFilter(
                f"There is no field {var.name!r}.", fault="field", place=place, term=var.name, hint=self._hint(var.name)
            )
        return field

    def _hint(self, name: str) -> str:
        import difflib  # Only for a filter that is wrong.

        near = difflib.get_close_matches(name, self._fields, n=1)
        if near:
            return f"Did you mean {near[0]!r}?"
        return f"There are: {', '.join(sorted(self._fields)[:40])}."

    def _within(self, var: Var, values: tuple[Value, ...], place: str) -> Predicate[Subject]:
        field = self._field(var, f"{place}[0]")
        wanted: frozenset[object] = frozenset(
            _matching(field, value, var.name, f"{place}[1][{index}]")
            for index, value in enumerate(values)
            if value is not None
        )
        return among(field.read, wanted, or_nothing=None in values)

    def _compare(self, op: str, left: Operand, right: Operand, place: str) -> Predicate[Subject]:
        if not isinstance(left, Var):
            # A value in front: the same the other way round.
            left, right, op = right, left, _TURNED.get(op, op)
            places = f"{place}[1]", f"{place}[0]"
        else:
            places = f"{place}[0]", f"{place}[1]"
        assert isinstance(left, Var), "the reader lets no rule without a field pass"
        field = self._field(left, places[0])
        if op in _TURNED and field.kind not in _ORDERED:
            raise _wrong_type(f"{left.name!r} is {_NAMES[field.kind]}, which has no order", places[0], left.name)
        if isinstance(right, Var):
            other = self._alike(field, left.name, right, places[1]).read
            return equal_fields(field.read, other, op) if op in {"==", "!="} else ordered(field.read, other, op)
        if op in {"==", "!="}:
            value = None if right is None else _matching(field, right, left.name, places[1])
            return equal(field.read, value) if op == "==" else unequal(field.read, value)
        return order(field.read, _number(field.kind, right, left.name, places[1]), op)

    def _between(self, op: str, low: Operand, var: Var, high: Operand, place: str) -> Predicate[Subject]:
        field = self._field(var, f"{place}[1]")
        if field.kind not in _ORDERED:
            raise _wrong_type(f"{var.name!r} is {_NAMES[field.kind]}, which has no order", f"{place}[1]", var.name)
        read = field.read
        if not isinstance(low, Var) and not isinstance(high, Var):
            least = _number(field.kind, low, var.name, f"{place}[0]")
            most = _number(field.kind, high, var.name, f"{place}[2]")
            return inside(read, least, most) if op == "<=" else strictly_inside(read, least, most)
        above = self._bound(low, field, var.name, f"{place}[0]")
        below = self._bound(high, field, var.name, f"{place}[2]")
        return all_of([ordered(above, read, op), ordered(read, below, op)])

    def _bound(self, operand: Operand, field: Field[Subject], name: str, place: str) -> Read[Subject]:
        if isinstance(operand, Var):
            return self._alike(field, name, operand, place).read
        value = _number(field.kind, operand, name, place)
        return lambda _: value

    def _alike(self, field: Field[Subject], name: str, other: Var, place: str) -> Field[Subject]:
        found = self._field(other, place)
        if found.kind != field.kind:
            raise _wrong_type(
                f"{name!r} is {_NAMES[field.kind]} and {other.name!r} is {_NAMES[found.kind]}", place, other.name
            )
        return found

    def _text_field(self, var: Var, place: str) -> Read[Subject]:
        field = self._field(var, place)
        if field.kind != "text":
            raise _wrong_type(f"{var.name!r} is {_NAMES[field.kind]} and no text", place, var.name)
        return field.read

    def _text(self, text: str | Var, place: str) -> Read[Subject] | str:
        return self._text_field(text, place) if isinstance(text, Var) else text


def _below(place: str, op: str) -> str:
    return f"{place}.{op}" if place else op


def _wrong_type(what: str, place: str, term: str) -> InvalidFilter:
    return InvalidFilter(f"{what}.", fault="type", place=place, term=term)


def _matching(field: Field[Subject], value: Value, name: str, place: str) -> str | float | bool:
    """A value as the field has it, where the two types can be equal: JSON-logic takes "5" for 5."""
    kind = field.kind
    if kind == "text" and not isinstance(value, bool) and value is not None:
        return field.words.get(value, value) if isinstance(value, str) else _plain(value)
    if kind == "truth" and isinstance(value, bool):
        return value
    if kind in _ORDERED:
        return _number(kind, value, name, place)
    raise _unlike(kind, value, name, place)


def _number(kind: FieldKind, value: Value, name: str, place: str) -> float:
    if kind == "time" and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return round(moment.timestamp() * 1_000_000) * 1000
        except (ValueError, OverflowError):
            pass
    elif kind == "number" and not isinstance(value, bool) and value is not None:
        try:
            if math.isfinite(number := float(value)):
                return number
        except ValueError:
            pass
    raise _unlike(kind, value, name, place)


def _unlike(kind: FieldKind, value: Value, name: str, place: str) -> InvalidFilter:
    shown = {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else repr(value)
    return _wrong_type(f"{name!r} is {_NAMES[kind]} and cannot be compared with {shown}", place, name)


def _plain(number: float) -> str:
    """A number as an attribute holds it: `5`, not `5.0`."""
    return str(int(number)) if number.is_integer() else repr(number)
