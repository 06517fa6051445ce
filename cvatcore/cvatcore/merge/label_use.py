"""Which labels objects have."""

from __future__ import annotations

from collections.abc import Iterable

from cvatcore.schema import Annotations, Shape, Track


def used_labels(items: Annotations | Iterable[Shape | Track]) -> dict[str, set[str]]:
    """The names of the labels that objects have, each with the names of the attributes that they set.

    Joints are left out: theirs are sub-labels. Of tracks the keyframes' attributes count too.
    """
    listed: Iterable[Shape | Track] = (*items.shapes, *items.tracks) if isinstance(items, Annotations) else items
    used: dict[str, set[str]] = {}
    for item in listed:
        names = used.get(item.label)
        if names is None:
            names = used[item.label] = set()
        if item.attributes:
            names.update(item.attributes)
        if isinstance(item, Track):
            for keyframe in item.keyframes:
                names.update(keyframe.attributes)
    return used
