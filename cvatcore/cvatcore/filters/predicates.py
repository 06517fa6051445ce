"""The functions that a filter is compiled to: each asks one thing of one subject."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from cvatcore.filters.fields import Subject

Predicate = Callable[[Subject], bool]

Read = Callable[[Subject], Any]
"""A field's value, of the type that the field's kind names, or None."""

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def all_of(tests: list[Predicate[Subject]]) -> Predicate[Subject]:
    """Every one of the tests; two and three written out, since a loop takes as long as two tests."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        one, two = tests
        return lambda subject: one(subject) and two(subject)
    if len(tests) == 3:
        one, two, three = tests
        return lambda subject: one(subject) and two(subject) and three(subject)
    return lambda subject: all(test(subject) for test in tests)


def any_of(tests: list[Predicate[Subject]]) -> Predicate[Subject]:
    """At least one of the tests."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        one, two = tests
        return lambda subject: one(subject) or two(subject)
    return lambda subject: any(test(subject) for test in tests)


def opposite(test: Predicate[Subject]) -> Predicate[Subject]:
    """What does not pass a test."""
    return lambda subject: not test(subject)


def filled(read: Read[Subject]) -> Predicate[Subject]:
    """A field that is not empty; as JSON-logic has it, nothing, the empty text, false and 0 are."""
    return lambda subject: bool(read(subject))


def equal(read: Read[Subject], value: object) -> Predicate[Subject]:
    """A field equal to a value."""
    return lambda subject: read(subject) == value


def unequal(read: Read[Subject], value: object) -> Predicate[Subject]:
    """A field that is not equal to a value."""
    return lambda subject: read(subject) != value


def equal_fields(read: Read[Subject], other: Read[Subject], op: str) -> Predicate[Subject]:
    """Two fields that are equal, or are not."""

    def same(subject: Subject) -> bool:
        value = read(subject)
        return value is not None and value == other(subject)

    return same if op == "==" else opposite(same)


def among(read: Read[Subject], values: frozenset[object], *, or_nothing: bool) -> Predicate[Subject]:
    """A field equal to one of several values, or absent."""
    if or_nothing:
        return lambda subject: (value := read(subject)) is None or value in values
    return lambda subject: read(subject) in values


def order(read: Read[Subject], limit: float, op: str) -> Predicate[Subject]:
    """A field below or above a value; each operator written out, since a call of one would take as long as the rest."""
    if op == "<":
        return lambda subject: (value := read(subject)) is not None and value < limit
    if op == "<=":
        return lambda subject: (value := read(subject)) is not None and value <= limit
    if op == ">":
        return lambda subject: (value := read(subject)) is not None and value > limit
    return lambda subject: (value := read(subject)) is not None and value >= limit


def ordered(read: Read[Subject], other: Read[Subject], op: str) -> Predicate[Subject]:
    """Two fields in an order."""
    compare = _ORDER[op]

    def in_order(subject: Subject) -> bool:
        left, right = read(subject), other(subject)
        return left is not None and right is not None and compare(left, right)

    return in_order


def inside(read: Read[Subject], least: float, most: float) -> Predicate[Subject]:
    """A field between two values, or one of them."""
    return lambda subject: (value := read(subject)) is not None and least <= value <= most


def strictly_inside(read: Read[Subject], least: float, most: float) -> Predicate[Subject]:
    """A field between two values."""
    return lambda subject: (value := read(subject)) is not None and least < value < most


def textual(read: Read[Subject], text: Read[Subject] | str, test: Callable[[str, str], bool]) -> Predicate[Subject]:
    """A relation of a field's text to a text, or to another field's."""
    if isinstance(text, str):
        part = text
        return lambda subject: (value := read(subject)) is not None and test(value, part)
    other = text

    def related(subject: Subject) -> bool:
        value, part = read(subject), other(subject)
        return value is not None and part is not None and test(value, part)

    return related
