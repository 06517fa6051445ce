"""Shapes, joints and keyframes of both sides, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from cvatcore.merge.fields import Rules, merge_attributes, merge_struct
from cvatcore.merge.ordering import merge_order
from cvatcore.merge.picking import Met, as_json, is_unchanged, merge_keyed
from cvatcore.schema import Element, FieldConflict, Keyframe, Shape

Placed = TypeVar("Placed", Shape, Element, Keyframe)

_GEOMETRY = frozenset({"type", "points"})


def merge_shape(bases: Sequence[Shape], ours: Shape, theirs: Shape, *, met: Met) -> Shape:
    """A shape that both sides have, with its joints."""
    return merge_placed(bases, ours, theirs, met=met)


def merge_placed(bases: Sequence[Placed], ours: Placed, theirs: Placed, *, met: Met, at: str = "") -> Placed:
    """A shape, a joint or a keyframe that both sides have.

    Its type and its points are one value, since the one says what the other means. Where two met they stand in the
    conflict as `points`, and as `type` too where that differs. `at` is what names of fields begin with.
    """
    merged = merge_struct(bases, ours, theirs, met=met, rules=_RULES, at=at, skip=_GEOMETRY)
    geometry = [(base.type, base.points) for base in bases]
    our, their = (ours.type, ours.points), (theirs.type, theirs.points)
    if our == their or is_unchanged(geometry, their):
        return merged
    if is_unchanged(geometry, our):
        return msgspec.structs.replace(merged, type=theirs.type, points=theirs.points)
    base = bases[0] if bases else None
    for name in ("type", "points"):
        # Points that are alike are told nevertheless where the types differ: both are needed to choose.
        if name == "points" or ours.type != theirs.type:
            values = [None if one is None else as_json(getattr(one, name)) for one in (base, ours, theirs)]
            met.append(FieldConflict(field=at + name, base=values[0], ours=values[1], theirs=values[2]))
    return merged


def _merge_elements(
    bases: Sequence[Sequence[Element]], ours: Sequence[Element], theirs: Sequence[Element], field: str, met: Met
) -> tuple[Element, ...]:
    """The joints of a skeleton by id."""

    def both(number: int, before: Sequence[Element], our: Element, their: Element) -> Element:
        return merge_placed(before, our, their, met=met, at=f"{field}.{number}.")

    our_joints, their_joints = ({one.id: one for one in side} for side in (ours, theirs))
    merged = merge_keyed([{one.id: one for one in base} for base in bases], our_joints, their_joints, both)
    if not merged:
        # Each side took away the joints that the other one left, and neither the skeleton.
        met.append(parts_conflict(field, bases, ours, theirs))
        return tuple(ours)
    order = merge_order(
        [[one.id for one in base] for base in bases], list(our_joints), list(their_joints), kept=merged, rank=int
    )
    return tuple(merged[number] for number in order)


def parts_conflict(
    field: str,
    bases: Sequence[Sequence[msgspec.Struct]],
    ours: Sequence[msgspec.Struct],
    theirs: Sequence[msgspec.Struct],
) -> FieldConflict:
    """The conflict of joints or keyframes that can be taken from one side only."""
    base = as_json(bases[0]) if bases else None
    return FieldConflict(field=field, base=base, ours=as_json(ours), theirs=as_json(theirs))


_RULES: Rules = {
    Shape: {"attributes": merge_attributes, "elements": _merge_elements},
    Element: {"attributes": merge_attributes},
    Keyframe: {"attributes": merge_attributes},
}
