"""Changes of a label's attributes, or of those of a skeleton's joint."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from cvatcore.edit.label_change import LabelChange
from cvatcore.edit.label_edits import Labels, edited, one_joint, one_label
from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.schema import Attribute, Label

Attributes = tuple[Attribute, ...]


def add_attribute(labels: Labels, label: str, attribute: Attribute, *, joint: str = "") -> LabelChange:
    """A new attribute; objects have its default value until they are given one.

    Errors: NotFound; Conflict when there is one of its name.
    """

    def change(known: Attributes) -> Attributes:
        _check_free(known, attribute.name, label)
        return *known, attribute

    return _changed(labels, label, joint, f"Add the attribute {attribute.name}", change)


def rename_attribute(labels: Labels, label: str, name: str, to: str, *, joint: str = "") -> LabelChange:
    """Another name for an attribute, in all objects too.

    Errors: NotFound; Conflict for a name that is taken.
    """
    if name == to:
        raise InvalidInput(f"The attribute {name!r} is called so already.")

    def change(known: Attributes) -> Attributes:
        found = _one(known, name, label)
        _check_free(known, to, label)
        return _with(known, found, msgspec.structs.replace(found, name=to))

    return _changed(labels, label, joint, f"Rename the attribute {name} to {to}", change)


def change_attribute(labels: Labels, label: str, attribute: Attribute, *, joint: str = "") -> LabelChange:
    """Another type, other values, another default or place for the attribute of that name.

    Values that the attribute does not allow any more are lost; `edit.carry` says how values move when it becomes
    mutable or immutable. Another default is what objects have that were never given a value.
    Errors: NotFound.
    """

    def change(known: Attributes) -> Attributes:
        found = _one(known, attribute.name, label)
        return _with(known, found, msgspec.structs.replace(attribute, id=found.id))

    return _changed(labels, label, joint, f"Change the attribute {attribute.name}", change)


def remove_attribute(labels: Labels, label: str, name: str, *, joint: str = "") -> LabelChange:
    """An attribute that goes, and its values in all objects with it.

    Errors: NotFound.
    """

    def change(known: Attributes) -> Attributes:
        found = _one(known, name, label)
        return tuple(attribute for attribute in known if attribute is not found)

    return _changed(labels, label, joint, f"Remove the attribute {name}", change)


def find_attribute(labels: Labels, label: str, name: str, *, joint: str = "") -> Attribute:
    """The attribute of that name.

    Errors: NotFound.
    """
    owner = one_label(labels, label)
    return _one((one_joint(owner, joint) if joint else owner).attributes, name, label)


def _changed(
    labels: Labels, label: str, joint: str, subject: str, change: Callable[[Attributes], Attributes]
) -> LabelChange:
    owner = one_label(labels, label)
    if not joint:
        new = msgspec.structs.replace(owner, attributes=change(owner.attributes))
        return edited(f"{subject} of {label}", labels, owner, new)
    found = one_joint(owner, joint)
    joints: list[Label] = [
        msgspec.structs.replace(one, attributes=change(one.attributes)) if one is found else one
        for one in owner.sublabels
    ]
    new = msgspec.structs.replace(owner, sublabels=tuple(joints))
    return edited(f"{subject} of the joint {joint} of {label}", labels, owner, new)


def _one(known: Sequence[Attribute], name: str, label: str) -> Attribute:
    for attribute in known:
        if attribute.name == name:
            return attribute
    names = ", ".join(attribute.name for attribute in known) or "none"
    raise NotFound(f"The label {label!r} has no attribute {name!r}.", hint=f"It has: {names}.")


def _check_free(known: Sequence[Attribute], name: str, label: str) -> None:
    if any(attribute.name == name for attribute in known):
        raise Conflict(f"The label {label!r} has an attribute {name!r} already.")


def _with(known: Sequence[Attribute], old: Attribute, new: Attribute) -> Attributes:
    return tuple(new if attribute is old else attribute for attribute in known)
