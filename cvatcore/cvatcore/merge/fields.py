"""Structs field by field, and mappings key by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from cvatcore.merge.picking import Met, is_unchanged, merge_keyed, pick, pick_members

Document = TypeVar("Document", bound=msgspec.Struct)

Number = TypeVar("Number", int, bool)

Rule = Callable[[Sequence[Any], Any, Any, str, Met], Any]
"""How a field is merged that is no single value: bases, ours, theirs, its name in a conflict, and the conflicts."""

Rules = Mapping[type, Mapping[str, Rule]]
"""The rules of fields by the struct that has them; all other fields are values, or structs with fields."""


def merge_struct(
    bases: Sequence[Document],
    ours: Document,
    theirs: Document,
    *,
    met: Met,
    rules: Rules,
    at: str = "",
    skip: frozenset[str] = frozenset(),
) -> Document:
    """A struct field by field.

    Args:
        bases: the common ancestors that had it.
        ours: the side whose values stay where two meet.
        theirs: the other side, of the same type.
        met: gets the fields where two values met.
        rules: how fields are merged that are more than a value.
        at: what the names of fields begin with in conflicts: `labels.3.`.
        skip: fields that stay ours, since the caller knows better.
    """
    own = rules.get(type(ours), {})
    changed: dict[str, object] = {}
    for name in ours.__struct_fields__:
        our, their = getattr(ours, name), getattr(theirs, name)
        if our == their or name in skip:
            continue
        before = [getattr(base, name) for base in bases]
        merged: object
        if name in own:
            merged = own[name](before, our, their, at + name, met)
        elif isinstance(our, msgspec.Struct) and type(our) is type(their):
            merged = merge_struct(before, our, their, met=met, rules=rules, at=f"{at}{name}.")
        else:
            merged = pick(before, our, their, field=at + name, met=met)
        if merged is not our:
            changed[name] = merged
    return msgspec.structs.replace(ours, **changed) if changed else ours


def merge_attributes(
    bases: Sequence[Mapping[str, str]], ours: Mapping[str, str], theirs: Mapping[str, str], field: str, met: Met
) -> dict[str, str]:
    """The attributes of an object, one by one: a value that one side took away and the other changed stays."""

    def both(key: str, before: Sequence[str], our: str, their: str) -> str:
        return pick(before, our, their, field=f"{field}.{key}", met=met)

    return merge_keyed(bases, ours, theirs, both)


def merge_lowest(bases: Sequence[int], ours: int, theirs: int, field: str, met: Met) -> int:
    """A number where the lower of two new ones is right for both sides."""
    return _chosen(bases, ours, theirs, min(ours, theirs))


def merge_highest(bases: Sequence[int], ours: int, theirs: int, field: str, met: Met) -> int:
    """A number where the higher of two new ones is right for both sides."""
    return _chosen(bases, ours, theirs, max(ours, theirs))


def merge_either(bases: Sequence[bool], ours: bool, theirs: bool, field: str, met: Met) -> bool:
    """Whether something was done: by one side is enough, where the ancestors leave it open."""
    return _chosen(bases, ours, theirs, ours or theirs)


def merge_earliest(bases: Sequence[str], ours: str, theirs: str, field: str, met: Met) -> str:
    """When something was made: the earlier of two times, which is no matter of choice."""
    return min(ours, theirs)


def merge_latest(bases: Sequence[str], ours: str, theirs: str, field: str, met: Met) -> str:
    """When something was last changed: the later of two times, which is no matter of choice."""
    return max(ours, theirs)


def merge_set(
    bases: Sequence[Sequence[Any]], ours: Sequence[Any], theirs: Sequence[Any], field: str, met: Met
) -> tuple[Any, ...]:
    """A set that is kept sorted."""
    return tuple(sorted(pick_members(bases, ours, theirs)))


def _chosen(bases: Sequence[Number], ours: Number, theirs: Number, both: Number) -> Number:
    """The side that changed it, else what is right for both."""
    if is_unchanged(bases, theirs):
        return ours
    return theirs if is_unchanged(bases, ours) else both
