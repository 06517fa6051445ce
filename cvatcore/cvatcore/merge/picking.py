"""The rule of every merge: what one side left alone is taken from the other side."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from cvatcore.schema import FieldConflict

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)

Met = list[FieldConflict]
"""The fields of one thing that both sides set to different values, as a merge finds them."""


def pick(bases: Sequence[object], ours: Value, theirs: Value, *, field: str, met: Met) -> Value:
    """One value of two.

    Args:
        bases: what it was in the common ancestors, of which criss-cross merges leave several: a side counts as
            unchanged only where all of them equal it. None given: both sides are new.
        ours: the value that stays where the two meet.
        theirs: the other one.
        field: what the value is called in a conflict.
        met: gets the conflict, where both sides changed the value in different ways.
    """
    if ours == theirs or is_unchanged(bases, theirs):
        return ours
    if is_unchanged(bases, ours):
        return theirs
    base = as_json(bases[0]) if bases else None
    met.append(FieldConflict(field=field, base=base, ours=as_json(ours), theirs=as_json(theirs)))
    return ours


def is_unchanged(bases: Sequence[object], side: object) -> bool:
    """Whether a side has what all common ancestors have."""
    return bool(bases) and all(base == side for base in bases)


def pick_members(bases: Sequence[Iterable[Key]], ours: Iterable[Key], theirs: Iterable[Key]) -> set[Key]:
    """What is in a set: here nothing can conflict. What only one of several ancestors had stays."""
    our_set, their_set = set(ours), set(theirs)
    kept = our_set & their_set
    known = [set(base) for base in bases]
    for key in our_set ^ their_set:
        # One side has it, the other has not: it is new, or gone.
        if not (known and all(key in base for base in known)):
            kept.add(key)
    return kept


def merge_keyed(
    bases: Sequence[Mapping[Key, Value]],
    ours: Mapping[Key, Value],
    theirs: Mapping[Key, Value],
    merge: Callable[[Key, Sequence[Value], Value, Value], Value],
) -> dict[Key, Value]:
    """A collection whose things have an identity, in no particular order.

    What one side removed and the other one changed stays, as it was changed. `merge` is asked for things that are on
    both sides, and differ, and neither side left alone; it gets the ancestors that had the thing.
    """
    result: dict[Key, Value] = {}
    for key, our in ours.items():
        their = theirs.get(key)
        if our is their or our == their:
            result[key] = our
            continue
        before = [base.get(key) for base in bases]
        if their is None:
            if not is_unchanged(before, our):
                result[key] = our
        elif is_unchanged(before, their):
            result[key] = our
        elif is_unchanged(before, our):
            result[key] = their
        else:
            result[key] = merge(key, [value for value in before if value is not None], our, their)
    for key, their in theirs.items():
        if key not in ours and not is_unchanged([base.get(key) for base in bases], their):
            result[key] = their
    return result


def as_json(value: object) -> object:
    """A value as the files have it: a list of a tuple, a mapping of a struct, without what equals its default."""
    if isinstance(value, msgspec.Struct):
        defaults = _defaults(type(value))
        return {
            name: as_json(one)
            for name in value.__struct_fields__
            if (one := getattr(value, name)) != defaults.get(name, _REQUIRED)
        }
    if isinstance(value, (tuple, list)):
        return [as_json(one) for one in value]
    return dict(value) if isinstance(value, dict) else value


_REQUIRED = object()


@functools.cache
def _defaults(kind: type[msgspec.Struct]) -> dict[str, object]:
    """What the fields of a struct are that files leave out."""
    return {
        field.name: field.default_factory() if field.default is msgspec.NODEFAULT else field.default
        for field in msgspec.structs.fields(kind)
        if not field.required
    }
