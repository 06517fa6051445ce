"""From a rule back to its JSON-logic document, in the one form that CVAT's query builder reads."""

from __future__ import annotations

import msgspec

from cvatcore.filters.rule import Between, Compare, Contains, Edge, Filled, Group, Not, Operand, Rule, Var, Within


def format_filter(rule: Rule) -> str:
    """A filter as compact JSON text; `parse_filter` of it gives the rule again."""
    return msgspec.json.encode(write_filter(rule)).decode()


def write_filter(rule: Rule) -> dict[str, object]:
    """A filter as a JSON document."""
    match rule:
        case Group(conjunction, rules):
            return {conjunction: [write_filter(inner) for inner in rules]}
        case Not(Filled(field)):
            return {"!": _operand(field)}
        case Not(inner):
            return {"!": write_filter(inner)}
        case Filled(field):
            return {"!!": _operand(field)}
        case Compare(op, left, right):
            return {op: [_operand(left), _operand(right)]}
        case Between(op, low, field, high):
            return {op: [_operand(low), _operand(field), _operand(high)]}
        case Within(field, values):
            return {"in": [_operand(field), [_operand(value) for value in values]]}
        case Contains(text, field):
            return {"in": [_operand(text), _operand(field)]}
        case Edge(op, field, text):
            return {op: [_operand(field), _operand(text)]}


def _operand(operand: Operand) -> object:
    if isinstance(operand, Var):
        return {"var": operand.name}
    if isinstance(operand, float) and operand.is_integer() and abs(operand) < 2**53:
        return int(operand)
    return operand
