"""Objects get another label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.edit.carry import Carrier
from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.shape_check import takes_type
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Label, Shape, Track, find_label
from cvatcore.tracks import track_type


def change_label(annotations: Annotations, numbers: Iterable[int], label: str, *, labels: Sequence[Label]) -> ChangeSet:
    """Give objects another label. Attributes that the new label has too, by name and type, are carried over.

    A skeleton keeps its elements, so the new label must be a skeleton with the same sub-labels.
    Errors: InvalidInput for an id that no object has, a label that the task lacks, and one that is for other shapes.
    """
    relabelled = [item for item, _ in _relabelled(annotations, numbers, label, labels)]
    return ChangeSet(
        shapes=tuple(item for item in relabelled if isinstance(item, Shape)),
        tracks=tuple(item for item in relabelled if isinstance(item, Track)),
    )


def lost_attributes(
    annotations: Annotations, numbers: Iterable[int], label: str, *, labels: Sequence[Label]
) -> dict[int, dict[str, str]]:
    """What `change_label` would lose: by the id of an object or of an element, values that have no place any more.

    Errors: as `change_label`.
    """
    lost: dict[int, dict[str, str]] = {}
    for _, values in _relabelled(annotations, numbers, label, labels):
        lost |= values
    return lost


def _relabelled(
    annotations: Annotations, numbers: Iterable[int], name: str, labels: Sequence[Label]
) -> Iterable[tuple[Shape | Track, dict[int, dict[str, str]]]]:
    new = find_label(labels, name)
    if new is None:
        raise InvalidInput(
            f"The task has no label {name!r}.", hint=f"The labels are: {', '.join(label.name for label in labels)}."
        )
    carriers: dict[str, _Carriers] = {}
    for item in find_objects(annotations, numbers):
        if item.label == new.name:
            continue
        old = find_label(labels, item.label)
        _check_type(item, old, new)
        if item.label not in carriers:
            carriers[item.label] = _Carriers(old, item.label, new)
        yield carriers[item.label].relabelled(item)


class _Carriers:
    """How attributes go from one label to another, those of sub-labels too."""

    def __init__(self, old: Label | None, name: str, new: Label) -> None:
        self._name = new.name
        self._own = Carrier(old or _unknown(name), new)
        before = old.sublabels if old else ()
        self._joints = {
            label.name: Carrier(find_label(before, label.name) or _unknown(label.name), label)
            for label in new.sublabels
        }
        self._names = _joint_names(old)

    def relabelled(self, item: Shape | Track) -> tuple[Shape | Track, dict[int, dict[str, str]]]:
        """The object under the new label, and by id what it and its elements lose."""
        lost: dict[int, dict[str, str]] = {}
        if isinstance(item, Shape):
            carried = self._own.carry(item.attributes)
            lost[item.id] = carried.lost
            joints = []
            for element in item.elements:
                name = self._names.get(element.label, element.label)
                inner = self._joints[name].carry(element.attributes)
                lost[element.id] = inner.lost
                joints.append(msgspec.structs.replace(element, label=name, attributes=inner.kept))
            shape = msgspec.structs.replace(item, label=self._name, attributes=carried.kept, elements=tuple(joints))
            return shape, {number: values for number, values in lost.items() if values}
        track, lost[item.id] = self._own.carry_track(item)
        elements = []
        for joint in item.elements:
            name = self._names.get(joint.label, joint.label)
            element_track, lost[joint.id] = self._joints[name].carry_track(joint)
            elements.append(msgspec.structs.replace(element_track, label=name))
        track = msgspec.structs.replace(track, label=self._name, elements=tuple(elements))
        return track, {number: values for number, values in lost.items() if values}


def _check_type(item: Shape | Track, old: Label | None, label: Label) -> None:
    kind = item.type if isinstance(item, Shape) else track_type(item)
    if not takes_type(label, kind):
        raise InvalidInput(
            f"Object {item.id} is a {kind}, and the label {label.name!r} is for {label.type} objects only."
            if label.type != "any"
            else f"Object {item.id} is a skeleton, and the label {label.name!r} is none.",
        )
    if kind == "skeleton":
        names = _joint_names(old)
        own = {names.get(element.label, element.label) for element in item.elements}
        known = {joint.name for joint in label.sublabels}
        # Its elements need a place, and the new label those that the old one had.
        if different := (own - known) | ((set(names.values()) if old else own) ^ known):
            raise InvalidInput(
                f"The skeleton {item.id} and the label {label.name!r} differ in: {', '.join(sorted(different))}.",
                hint="A skeleton keeps its elements: the new label needs the same sub-labels.",
            )


def _joint_names(label: Label | None) -> dict[str, str]:
    """By every name that finds a sub-label of a skeleton, its present one."""
    joints = label.sublabels if label else ()
    former = {alias: joint.name for joint in joints for alias in joint.aliases}
    return former | {joint.name: joint.name for joint in joints}


def _unknown(name: str) -> Label:
    return Label(id=0, name=name, color="")
