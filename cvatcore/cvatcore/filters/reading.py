"""From a JSON-logic document, as CVAT's query builder makes it, to a rule.

Read is what CVAT's filter dialog and its lists write, in each form that their versions have: `between` with three
arguments, `like` as `in` with the text first, `not` as `!` around a rule, `is empty` as `!` around a field; how a text
starts or ends, for which JSON-logic has no word of its own, as `startsWith` and `endsWith`, plain or as a `method`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast, get_args

import msgspec

from cvatcore.errors import InvalidFilter
from cvatcore.filters.rule import (
    Between,
    Compare,
    Comparison,
    Conjunction,
    Contains,
    Edge,
    End,
    Filled,
    Group,
    Not,
    Operand,
    Rule,
    Value,
    Var,
    Within,
)

MAX_DEPTH = 50
"""The most levels of a filter. The dialog makes a handful; more than this is no work of a person."""

MAX_VALUES = 100_000
"""The most values that one rule may name."""

_COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
_CONJUNCTIONS: tuple[Conjunction, ...] = get_args(Conjunction)
_EDGES: dict[str, End] = {
    "startsWith": "startsWith",
    "starts_with": "startsWith",
    "endsWith": "endsWith",
    "ends_with": "endsWith",
}


def parse_filter(text: str | bytes) -> Rule:
    """Read a filter from its JSON text.

    Errors: InvalidFilter that says what is wrong and where.
    """
    try:
        document = msgspec.json.decode(text)
    except RecursionError:
        raise _too_deep("") from None
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise InvalidFilter(f"This is not JSON: {error}.", fault="syntax") from None
    return read_filter(document)


def read_filter(document: object) -> Rule:
    """Read a filter from a decoded JSON document.

    Errors: as `parse_filter`.
    """
    if not isinstance(document, dict | list):
        raise InvalidFilter("It should be a JSON object.", fault="syntax", hint=_EXAMPLE)
    if not document:
        raise InvalidFilter("It is empty.", fault="empty", hint=_EXAMPLE)
    return _rule(document, "", 1)


_EXAMPLE = 'Like: {"and":[{"==":[{"var":"label"},"car"]}]}.'


def _rule(node: object, place: str, depth: int) -> Rule:
    if depth > MAX_DEPTH:
        raise _too_deep(place)
    if not isinstance(node, dict):
        raise InvalidFilter(f"A rule belongs here, not {_shown(node)}.", fault="arguments", place=place)
    if len(node) != 1:
        raise InvalidFilter(
            f"A rule has one operator, this has {len(node)}.", fault="arguments", place=place, given=node
        )
    ((op, given),) = node.items()
    here = f"{place}.{op}" if place else op
    if op in _CONJUNCTIONS:
        return _group(op, given, here, depth)
    if op in {"!", "!!"}:
        return _negation(op, given, here, depth)
    if op == "var":
        return Filled(_var(node, here))
    read = _READERS.get(op)
    if read is None:
        raise InvalidFilter(
            f"There is no operator {op!r}.",
            fault="operator",
            place=place,
            term=op,
            given=given,
            hint=f"There are: {', '.join(_KNOWN)}.",
        )
    if not isinstance(given, list):
        raise _wrong(op, given, here, "needs a list of what it compares")
    return read(op, given, here)


def _group(op: Conjunction, given: object, here: str, depth: int) -> Rule:
    if not isinstance(given, list) or not given:
        raise _wrong(op, given, here, "needs a list of rules")
    rules = tuple(_rule(inner, f"{here}[{index}]", depth + 1) for index, inner in enumerate(given))
    return Group(conjunction=op, rules=rules)


def _negation(op: str, given: object, here: str, depth: int) -> Rule:
    if isinstance(given, list):
        if len(given) != 1:
            raise _wrong(op, given, here, "needs one rule or field")
        given = given[0]
    if not isinstance(given, dict):
        raise _wrong(op, given, here, "needs a rule or a field")
    inner = _rule(given, here, depth + 1)
    return Not(inner) if op == "!" else inner


def _comparison(op: str, given: list[object], here: str) -> Rule:
    # "<=" and "<" have a form with three: the middle one is between the others.
    if len(given) == 3 and op in {"<", "<="}:
        low, field, high = (_operand(value, f"{here}[{index}]") for index, value in enumerate(given))
        if not isinstance(field, Var):
            raise _wrong(op, given, here, "with three arguments needs a field in the middle")
        return Between(op="<=" if op == "<=" else "<", low=low, field=field, high=high)
    if len(given) != 2:
        raise _wrong(op, given, here, f"needs two arguments, not {len(given)}")
    left, right = (_operand(value, f"{here}[{index}]") for index, value in enumerate(given))
    if not isinstance(left, Var) and not isinstance(right, Var):
        raise _wrong(op, given, here, "compares two values and no field")
    return Compare(op=cast(Comparison, op), left=left, right=right)


def _membership(op: str, given: list[object], here: str) -> Rule:
    if len(given) != 2:
        raise _wrong(op, given, here, f"needs two arguments, not {len(given)}")
    what, where = given
    if isinstance(where, list):
        if len(where) > MAX_VALUES:
            raise _wrong(op, None, here, f"names more than {MAX_VALUES} values")
        field = _operand(what, f"{here}[0]")
        if not isinstance(field, Var):
            raise _wrong(op, given, here, "needs a field before the list of values")
        values = tuple(_value(value, f"{here}[1][{index}]") for index, value in enumerate(where))
        return Within(field=field, values=values)
    field = _operand(where, f"{here}[1]")
    if not isinstance(field, Var):
        raise _wrong(op, given, here, "needs a field, or a list of values, behind")
    return Contains(text=_text(what, op, given, f"{here}[0]"), field=field)


def _edge(op: str, given: list[object], here: str) -> Rule:
    if len(given) != 2:
        raise _wrong(op, given, here, f"needs two arguments, not {len(given)}")
    field = _operand(given[0], f"{here}[0]")
    if not isinstance(field, Var):
        raise _wrong(op, given, here, "needs a field in front")
    return Edge(op=_EDGES[op], field=field, text=_text(given[1], op, given, f"{here}[1]"))


def _method(op: str, given: list[object], here: str) -> Rule:
    """`{"method": [{"var": …}, "startsWith", ["B"]]}`: how some builders write it."""
    if len(given) != 3 or not isinstance(given[1], str) or given[1] not in _EDGES:
        raise _wrong(op, given, here, "needs a field, startsWith or endsWith, and a text")
    last = given[2]
    return _edge(given[1], [given[0], last[0] if isinstance(last, list) and len(last) == 1 else last], here)


def _operand(node: object, place: str) -> Operand:
    return _var(node, place) if isinstance(node, dict) else _value(node, place)


def _var(node: dict[str, object], place: str) -> Var:
    name = node.get("var") if len(node) == 1 else None
    if isinstance(name, list) and len(name) == 1:
        name = name[0]
    if not isinstance(name, str):
        raise InvalidFilter(
            f'A field is written {{"var": "label"}}, not {_shown(node)}.', fault="arguments", place=place, given=node
        )
    return Var(name)


def _text(node: object, op: str, given: object, place: str) -> str | Var:
    found = _operand(node, place)
    if not isinstance(found, str | Var):
        raise InvalidFilter(
            f"A text belongs here, not {_shown(node)}.", fault="type", place=place, term=op, given=given
        )
    return found


def _value(node: object, place: str) -> Value:
    if isinstance(node, bool) or node is None or isinstance(node, str | float):
        return node
    if isinstance(node, int):
        try:
            return float(node)
        except OverflowError:
            pass
    raise InvalidFilter(f"A value belongs here, not {_shown(node)}.", fault="arguments", place=place, given=node)


def _wrong(op: str, given: object, place: str, what: str) -> InvalidFilter:
    return InvalidFilter(f"{op!r} {what}.", fault="arguments", place=place, term=op, given=given)


def _too_deep(place: str) -> InvalidFilter:
    # A place of fifty steps helps nobody: its beginning is enough.
    return InvalidFilter(f"It has more than {MAX_DEPTH} levels.", fault="depth", place=place[:80])


def _shown(node: object) -> str:
    try:
        text = msgspec.json.encode(node).decode()
    except (TypeError, OverflowError, UnicodeError, RecursionError):
        text = type(node).__name__  # Given by a program, not read from JSON.
    return text if len(text) <= 60 else f"{text[:60]}…"


_READERS: dict[str, Callable[[str, list[object], str], Rule]] = {
    **dict.fromkeys(_COMPARISONS, _comparison),
    **dict.fromkeys(_EDGES, _edge),
    "in": _membership,
    "method": _method,
}

_KNOWN: Sequence[str] = (*_CONJUNCTIONS, "!", "!!", *_COMPARISONS, "in", "startsWith", "endsWith", "var")
