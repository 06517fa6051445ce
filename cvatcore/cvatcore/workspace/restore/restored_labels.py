"""The labels and attributes that objects need which come back from the past, where they are gone by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from cvatcore.schema import Label, Shape, Track, find_label

Used = dict[str, set[str]]
"""By the name of a label, the names of the attributes that objects have values of."""


def used_labels(objects: Iterable[Shape | Track]) -> Used:
    """The labels of objects, with the attributes that they, or keyframes of theirs, have values of."""
    used: Used = {}
    for item in objects:
        used.setdefault(item.label, set()).update(_attributes(item))
    return used


def labels_with(now: tuple[Label, ...], then: tuple[Label, ...], used: Mapping[str, set[str]]) -> tuple[Label, ...]:
    """The labels of today with what objects of the past use: labels and attributes that are gone, as they were.

    A label that has another name by now is known by its former one. Nothing that is there changes.

    Args:
        now: the labels of the task or project.
        then: those that it had when the objects were there.
        used: what the objects use.
    """
    labels = list(now)
    for name, attributes in used.items():
        old, here = find_label(then, name), find_label(labels, name)
        if old is None:
            continue  # It was broken then; `cvat validate` says so of it again.
        if here is None:
            # Names that are taken by now stay where they are.
            taken = {word for label in labels for word in (label.name, *label.aliases)}
            labels.append(
                msgspec.structs.replace(old, aliases=tuple(alias for alias in old.aliases if alias not in taken))
            )
            continue
        known = {attribute.name for attribute in here.attributes}
        missing = tuple(one for one in old.attributes if one.name in attributes and one.name not in known)
        if missing:
            ids = {attribute.id for attribute in here.attributes}
            kept = tuple(one for one in missing if one.id not in ids)
            labels[labels.index(here)] = msgspec.structs.replace(here, attributes=(*here.attributes, *kept))
    return tuple(labels)


def _attributes(item: Shape | Track) -> Iterator[str]:
    yield from item.attributes
    if isinstance(item, Track):
        for keyframe in item.keyframes:
            yield from keyframe.attributes
