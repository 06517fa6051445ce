"""Objects of both sides under one set of names: what one side renamed changes no object that has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from cvatcore.schema import Annotations, Element, Keyframe, Label, Shape, Track, find_label

Tracked = TypeVar("Tracked", Shape, Element)


class LabelVersions(msgspec.Struct, frozen=True):
    """The labels of a task on all sides, and merged: they say what became of the names that objects have."""

    bases: tuple[tuple[Label, ...], ...]
    ours: tuple[Label, ...]
    theirs: tuple[Label, ...]
    merged: tuple[Label, ...]


class Names(msgspec.Struct, frozen=True):
    """What the names of one label have become."""

    label: str
    attributes: Mapping[str, str] = {}
    """By former name, those that are called otherwise now."""
    joints: Mapping[str, Names] = {}
    """By former name."""


def renames(labels: Sequence[Label], merged: Sequence[Label]) -> dict[str, Names]:
    """What a side's names of labels have become in a merge, by name; names that stay are left out.

    Labels and attributes are the same by id, else by name. A former name counts as the name that it stands for.
    """
    found: dict[str, Names] = {}
    by_id = {label.id: label for label in merged}
    for label in labels:
        now = by_id.get(label.id) or find_label(merged, label.name)
        if now is None:
            continue
        names = _names(label, now)
        for name in (*label.aliases, label.name):
            if name != label.name and find_label(labels, name) is not label:
                continue  # Another label has that name now.
            if names.label != name or names.attributes or names.joints:
                found[name] = names
    return found


def renamed(annotations: Annotations, names: Mapping[str, Names]) -> Annotations:
    """Objects with the names that labels, joints and attributes have in the merge."""
    if not names:
        return annotations
    return Annotations(
        shapes=tuple(_shape(shape, names) for shape in annotations.shapes),
        tracks=tuple(_track(track, names) for track in annotations.tracks),
    )


def _names(label: Label, now: Label) -> Names:
    attributes = {one.id: one.name for one in now.attributes}
    return Names(
        label=now.name,
        attributes={
            one.name: attributes[one.id]
            for one in label.attributes
            if one.id in attributes and attributes[one.id] != one.name
        },
        joints=renames(label.sublabels, now.sublabels),
    )


def _shape(shape: Shape, names: Mapping[str, Names]) -> Shape:
    known = names.get(shape.label)
    if known is None:
        return shape
    elements = tuple(_element(element, known.joints) for element in shape.elements)
    return replace(
        shape, label=known.label, attributes=_answers(shape.attributes, known), elements=elements or shape.elements
    )


def _element(element: Element, names: Mapping[str, Names]) -> Element:
    known = names.get(element.label)
    if known is None:
        return element
    return replace(element, label=known.label, attributes=_answers(element.attributes, known))


def _track(track: Track, names: Mapping[str, Names]) -> Track:
    known = names.get(track.label)
    if known is None:
        return track
    return replace(
        track,
        label=known.label,
        attributes=_answers(track.attributes, known),
        keyframes=_keyframes(track.keyframes, known),
        elements=tuple(_track(element, known.joints) for element in track.elements),
    )


def _keyframes(keyframes: Iterable[Keyframe], names: Names) -> tuple[Keyframe, ...]:
    return tuple(
        replace(keyframe, attributes=_answers(keyframe.attributes, names))
        if keyframe.attributes and names.attributes
        else keyframe
        for keyframe in keyframes
    )


def _answers(attributes: dict[str, str], names: Names) -> dict[str, str]:
    if not names.attributes or not attributes:
        return attributes
    return {names.attributes.get(name, name): value for name, value in attributes.items()}
