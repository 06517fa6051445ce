"""Objects by their ids: one look through a document, however many are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Shape, Track


def find_objects(annotations: Annotations, numbers: Iterable[int]) -> tuple[Shape | Track, ...]:
    """The objects of these ids, each once, in the order of the ids.

    Errors: InvalidInput for an id that no object has.
    """
    wanted = tuple(dict.fromkeys(numbers))
    left = set(wanted)
    found: dict[int, Shape | Track] = {}
    items: tuple[Iterable[Shape | Track], ...] = (annotations.tracks, annotations.shapes)
    for group in items:
        if not left:
            break
        for item in group:
            if item.id in left:
                found[item.id] = item
    for number in wanted:
        if number not in found:
            raise InvalidInput(f"There is no object {number}.", hint=_hint(annotations, number))
    return tuple(found[number] for number in wanted)


def find_track(annotations: Annotations, number: int) -> Track:
    """The track of that id.

    Errors: InvalidInput when there is none, or it is a shape.
    """
    (item,) = find_objects(annotations, [number])
    if isinstance(item, Shape):
        raise InvalidInput(f"Object {number} is no track: it is a {item.type} on frame {item.frame}.")
    return item


def find_tracks(annotations: Annotations, numbers: Iterable[int]) -> tuple[Track, ...]:
    """The tracks of these ids.

    Errors: InvalidInput when there is none of an id, or it is a shape.
    """
    found: list[Track] = []
    for item in find_objects(annotations, numbers):
        if isinstance(item, Shape):
            raise InvalidInput(f"Object {item.id} is no track: it is a {item.type} on frame {item.frame}.")
        found.append(item)
    return tuple(found)


def find_shapes(
    annotations: Annotations, numbers: Iterable[int], *, hint: str = "Make shapes of it first: tracks_to_shapes."
) -> tuple[Shape, ...]:
    """The shapes of these ids; `hint` says what to do with a track.

    Errors: InvalidInput when there is none of an id, or it is a track.
    """
    found: list[Shape] = []
    for item in find_objects(annotations, numbers):
        if isinstance(item, Track):
            raise InvalidInput(f"Object {item.id} is a track, and no shape.", hint=hint)
        found.append(item)
    return tuple(found)


def find_whole(annotations: Annotations, number: int) -> Shape | Track:
    """The object of that id, or the skeleton that an element of that id is part of.

    Errors: InvalidInput when there is neither.
    """
    items: tuple[Iterable[Shape | Track], ...] = (annotations.tracks, annotations.shapes)
    for group in items:
        for item in group:
            if item.id == number or (item.elements and any(element.id == number for element in item.elements)):
                return item
    raise InvalidInput(f"There is no object {number}.")


def _hint(annotations: Annotations, number: int) -> str:
    """Where the id is that of an element, whose it is: people take it off the screen."""
    items: tuple[Iterable[Shape | Track], ...] = (annotations.tracks, annotations.shapes)
    for group in items:
        for item in group:
            if any(element.id == number for element in item.elements):
                return f"It is part of the skeleton {item.id}."
    return ""
