"""Ids for objects that an operation makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, overload

import msgspec

from cvatcore.schema import Annotations, Keyframe, Shape, Track, object_ids

TakeIds = Callable[[int], int]
"""Gives the first of so many consecutive ids that nobody has: `workspace.new_ids`, or `ids_above` for a preview."""

Item = TypeVar("Item", Shape, Track)


def ids_above(annotations: Annotations) -> TakeIds:
    """Ids above all those of a document, for previews and tests: a workspace's own are never used twice."""
    items: tuple[Iterable[Shape | Track], ...] = (annotations.shapes, annotations.tracks)
    following = 1 + max((number for group in items for item in group for number in object_ids(item)), default=0)

    def take(count: int) -> int:
        nonlocal following
        first = following
        following += count
        return first

    return take


def with_fresh_ids(item: Item, ids: TakeIds) -> Item:
    """An object with an id that nobody has, and its elements and keyframes too."""
    return renumbered(item, ids(1 + len(item.elements)))


def number_all(items: Iterable[Item], ids: TakeIds) -> tuple[Item, ...]:
    """Objects of one kind with ids that nobody has, taken all at once."""
    given = tuple(items)
    if not given:
        return ()
    first = ids(sum(1 + len(item.elements) for item in given))
    numbered: list[Item] = []
    for item in given:
        numbered.append(renumbered(item, first))
        first += 1 + len(item.elements)
    return tuple(numbered)


@overload
def renumbered(item: Shape, first: int) -> Shape: ...
@overload
def renumbered(item: Track, first: int) -> Track: ...
def renumbered(item: Shape | Track, first: int) -> Shape | Track:
    """An object with the id `first`, and its elements with those after it."""
    if isinstance(item, Shape):
        joints = tuple(
            msgspec.structs.replace(element, id=first + 1 + index) for index, element in enumerate(item.elements)
        )
        return msgspec.structs.replace(item, id=first, elements=joints)
    elements = tuple(renumbered(element, first + 1 + index) for index, element in enumerate(item.elements))
    return msgspec.structs.replace(item, id=first, elements=elements, keyframes=keyframes_for(first, item.keyframes))


def keyframes_for(number: int, keyframes: Iterable[Keyframe]) -> tuple[Keyframe, ...]:
    """Keyframes as those of the track `number`."""
    return tuple(msgspec.structs.replace(keyframe, track=number) for keyframe in keyframes)
