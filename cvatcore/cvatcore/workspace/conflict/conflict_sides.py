"""The versions that the two sides of a conflict made of an object, whole. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.schema import ConflictDocument, Keyframe, Shape, Track
from cvatcore.workspace.conflict.conflict_fields import FieldGone, with_field
from cvatcore.workspace.conflict.conflicts import FieldView

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
    item: Shape | Track, conflict: ConflictDocument, fields: Iterable[FieldView], side: Side = "theirs"
) -> Shape | Track:
    """An object with a side's values; of a keyframe's conflict, its track or the skeleton's track that it is in.

    Where one side made a track of a shape, or the other way round, it is the whole object of that side.
    Errors: as `with_side`.
    """
    given = tuple(fields)
    if conflict.kind == "keyframe" or isinstance(item, Track):
        return track_with_side(item, conflict, given, side)
    return _whole(given, side) or with_side(item, given, side)


def track_with_side(
    item: Shape | Track, conflict: ConflictDocument, fields: tuple[FieldView, ...], side: Side = "theirs"
) -> Shape | Track:
    """As `object_with_side`, of a track."""
    if not isinstance(item, Track):
        raise FieldGone(f"track {conflict.number}")
    if conflict.kind == "keyframe":
        return _with_keyframe(item, conflict, fields, side)
    whole = _whole(fields, side)
    if whole is not None:
        return whole
    track = with_side(item, fields, side)
    first = min((key.frame for one in (track, *track.elements) for key in one.keyframes), default=track.frame)
    return msgspec.structs.replace(track, frame=min(track.frame, first))


def _whole(fields: Iterable[FieldView], side: Side) -> Shape | Track | None:
    """The object of a side, where the conflict is about what kind of object it is."""
    for one in fields:
        if one.field == "object":
            return whole_object(one.theirs if side == "theirs" else one.base)
    return None


def whole_object(value: object) -> Shape | Track:
    """A shape or a track as a conflict has it.

    Errors: FieldGone where there was none; InvalidInput.
    """
    if not isinstance(value, dict):
        raise FieldGone("object")
    try:
        # Only a shape says of itself what type it is: of a track its keyframes do.
        return msgspec.convert(value, Shape) if "type" in value else msgspec.convert(value, Track)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"The object in the conflict cannot be read: {error}.") from None


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
