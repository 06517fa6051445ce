"""Objects made, replaced and removed as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Shape, Track


def create_objects(shapes: Iterable[Shape] = (), tracks: Iterable[Track] = (), *, ids: TakeIds) -> ChangeSet:
    """Make new objects. Each gets an id that nobody has, and so do its elements, whatever ids they come with."""
    return ChangeSet(shapes=number_all(shapes, ids), tracks=number_all(tracks, ids))


def update_objects(annotations: Annotations, objects: Iterable[Shape | Track]) -> ChangeSet:
    """Put other objects in the place of those that have their ids. A shape may become a track and the other way.

    Errors: InvalidInput for an id that no object has, and for one that comes twice.
    """
    items = tuple(objects)
    seen: set[int] = set()
    for item in items:
        if item.id in seen:
            raise InvalidInput(f"Object {item.id} is given twice.")
        seen.add(item.id)
    find_objects(annotations, (item.id for item in items))
    return ChangeSet(
        shapes=tuple(item for item in items if isinstance(item, Shape)),
        tracks=tuple(item for item in items if isinstance(item, Track)),
    )


def delete_objects(annotations: Annotations, numbers: Iterable[int]) -> ChangeSet:
    """Remove objects, tracks with all their keyframes.

    Errors: InvalidInput for an id that no object has.
    """
    return ChangeSet(delete=frozenset(item.id for item in find_objects(annotations, numbers)))
