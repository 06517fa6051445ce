"""Objects that belong together: they share a number, and 0 is none."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.schema import Annotations, Shape, Track


def group_objects(annotations: Annotations, numbers: Iterable[int]) -> ChangeSet:
    """Give objects a group of their own, with a number that no object of the document has; they leave others.

    Errors: InvalidInput for an id that no object has.
    """
    items: tuple[Iterable[Shape | Track], ...] = (annotations.shapes, annotations.tracks)
    return _grouped(annotations, numbers, 1 + max((item.group for group in items for item in group), default=0))


def ungroup_objects(annotations: Annotations, numbers: Iterable[int]) -> ChangeSet:
    """Take objects out of their groups; those that are in none stay as they are.

    Errors: InvalidInput for an id that no object has.
    """
    return _grouped(annotations, numbers, 0)


def _grouped(annotations: Annotations, numbers: Iterable[int], group: int) -> ChangeSet:
    items = [item for item in find_objects(annotations, numbers) if item.group != group]
    return ChangeSet(
        shapes=tuple(msgspec.structs.replace(item, group=group) for item in items if isinstance(item, Shape)),
        tracks=tuple(msgspec.structs.replace(item, group=group) for item in items if isinstance(item, Track)),
    )
