"""The versions that the two sides of a conflict made of an object, whole. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from cvatcore.schema import ConflictDocument, Keyframe, Label, Shape, Track
from cvatcore.workspace.conflict_fields import FieldGone, with_field
from cvatcore.workspace.conflicts import FieldView

Item = TypeVar("Item", Shape, Track)
Document = TypeVar("Document", bound=msgspec.Struct)

Side = Literal["base", "theirs"]
"""Ours is what the file has."""


def with_side(document: Document, fields: Iterable[FieldView], side: Side = "theirs") -> Document:
    """A document with a side's values of these fields.

    Errors: FieldGone; InvalidInput for a value that does not fit.
    """
    for one in fields:
        document = with_field(document, one.field, one.theirs if side == "theirs" else one.base)
    return document


def object_with_side(
    item: Item, conflict: ConflictDocument, fields: Iterable[FieldView], side: Side = "theirs"
) -> Item:
    """An object with a side's values; of a keyframe's conflict, its track or the skeleton's track that it is in.

    Errors: as `with_side`.
    """
    if conflict.kind != "keyframe":
        return with_side(item, fields, side)
    if not isinstance(item, Track):
        raise FieldGone(f"track {conflict.number}")
    return _with_keyframe(item, conflict, tuple(fields), side)


def _with_keyframe(track: Track, conflict: ConflictDocument, fields: tuple[FieldView, ...], side: Side) -> Track:
    if track.id != conflict.number and any(element.id == conflict.number for element in track.elements):
        elements = tuple(
            _with_keyframe(element, conflict, fields, side) if element.id == conflict.number else element
            for element in track.elements
        )
        return msgspec.structs.replace(track, elements=elements)
    if all(key.frame != conflict.frame for key in track.keyframes):
        raise FieldGone(f"the keyframe on frame {conflict.frame}")
    keyframes: tuple[Keyframe, ...] = tuple(
        with_side(key, fields, side) if key.frame == conflict.frame else key for key in track.keyframes
    )
    return msgspec.structs.replace(track, keyframes=keyframes)


def by_part(items: Iterable[Shape | Track]) -> Mapping[int, Shape | Track]:
    """Objects by their ids, and tracks by those of their joints too, which have keyframes of their own."""
    found: dict[int, Shape | Track] = {}
    for item in items:
        found[item.id] = item
        if isinstance(item, Track):
            found |= {element.id: item for element in item.elements}
    return found


def with_former_names(before: Iterable[Label], after: Iterable[Label]) -> tuple[Label, ...]:
    """Labels that still find their objects where they have another name now, as after `cvat label rename`."""
    old = {label.id: label for label in before}
    labels = tuple(after)
    names = {label.name for label in labels}

    def named(label: Label) -> Label:
        was = old.get(label.id)
        if was is None or was == label:
            return label
        aliases = label.aliases if was.name == label.name else (*label.aliases, was.name)
        return msgspec.structs.replace(
            label,
            aliases=tuple(dict.fromkeys(name for name in aliases if name not in names)),
            sublabels=with_former_names(was.sublabels, label.sublabels),
        )

    return tuple(named(label) for label in labels)
