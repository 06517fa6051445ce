"""The two profiles of answers: exactly CVAT 2.7.6's, or those with what newer servers tell besides.

Both come from one set of structs. A field that CVAT 2.7.6 does not have is declared as `Newer[…] = UNSET` in its place;
whoever makes an answer fills it in, and `as_of_2_7` takes it out. What a kind of answer has to lose is found once.
"""

from __future__ import annotations

import functools
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import inspect

Value = TypeVar("Value")
Answer = TypeVar("Answer", bound=msgspec.Struct)

_MARK = "newer than 2.7.6"

Newer = Annotated[Value | msgspec.UnsetType, msgspec.Meta(extra={_MARK: True})]
"""The type of a field that CVAT has only since a version after 2.7.6: `Newer[str | None] = msgspec.UNSET`."""


class _Plan(msgspec.Struct, frozen=True):
    """What a struct loses: fields of its own, and those of structs in its fields."""

    gone: dict[str, Any]
    """The newer fields, each with UNSET."""
    inner: tuple[str, ...]
    """The fields that hold structs with newer fields."""


def newer_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields of a struct that CVAT 2.7.6 does not have, by their names in Python."""
    return frozenset(field.name for field in _fields(kind) if _is_newer(field))


def as_of_2_7(answer: Answer) -> Answer:
    """An answer without the fields that CVAT 2.7.6 does not have.

    One of a kind that has none is given back as it is, whatever its length.
    """
    plan = _plan(type(answer))
    if plan is None:
        return answer
    changes = plan.gone | {name: _older(getattr(answer, name)) for name in plan.inner}
    return msgspec.structs.replace(answer, **changes)


def _older(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return as_of_2_7(value)
    if isinstance(value, list | tuple):
        return [_older(item) for item in value]
    return value


@functools.cache
def _plan(kind: type[msgspec.Struct]) -> _Plan | None:
    """What to take out of a kind of struct; None where there is nothing."""
    fields = _fields(kind)
    gone = {field.name: msgspec.UNSET for field in fields if _is_newer(field)}
    inner = tuple(
        field.name for field in fields if not _is_newer(field) and any(_reaches(one) for one in _structs(field.type))
    )
    return _Plan(gone, inner) if gone or inner else None


def _reaches(kind: type[msgspec.Struct]) -> bool:
    """Whether a kind of struct has newer fields, or holds something that has; it may hold its own kind."""
    seen: set[type[msgspec.Struct]] = set()
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for field in _fields(one):
            if _is_newer(field):
                return True
            waiting += _structs(field.type)
    return False


def _fields(kind: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return described.fields


def _is_newer(field: inspect.Field) -> bool:
    return isinstance(field.type, inspect.Metadata) and _MARK in (field.type.extra or {})


def _structs(described: inspect.Type) -> list[type[msgspec.Struct]]:
    """The structs that a value of a type is or holds."""
    if isinstance(described, inspect.StructType):
        return [described.cls]
    if isinstance(described, inspect.Metadata):
        return _structs(described.type)
    if isinstance(described, inspect.UnionType):
        return [kind for one in described.types for kind in _structs(one)]
    if isinstance(described, inspect.ListType | inspect.VarTupleType):
        return _structs(described.item_type)
    return []
