"""The changes of labels that people ask for, each as a value that says what becomes of the objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cvatcore.edit.label_change import LabelChange, make_change
from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.schema import Label, LabelType, check_label_names, default_color
from cvatcore.schema.label_color import COLOR
from cvatcore.schema.skeleton import Skeleton, rename_joints, write_svg

Labels = Sequence[Label]


def add_labels(labels: Labels, new: Iterable[Label]) -> LabelChange:
    """Labels that are new; one without a colour gets the default of its name.

    Errors: Conflict for a name that is taken.
    """
    added: list[Label] = []
    for label in new:
        _check_free([*labels, *added], label.name)
        color = label.color or default_color(label.name, taken=[one.color for one in (*labels, *added)])
        added.append(msgspec.structs.replace(label, color=color))
    return make_change(f"Add {_named(added)}", labels, _kept(labels), added=added)


def rename_label(labels: Labels, name: str, to: str) -> LabelChange:
    """Another name for a label and for its objects; the old name becomes an alias.

    Errors: NotFound, Conflict for a name that is taken.
    """
    label = one_label(labels, name)
    if to == name:
        raise InvalidInput(f"The label {name!r} is called so already.")
    _check_free(labels, to, hint=f"To make one of the two: cvat label merge {name} --into {to}")
    return edited(f"Rename the label {name} to {to}", labels, label, msgspec.structs.replace(label, name=to))


def recolor_label(labels: Labels, name: str, color: str = "") -> LabelChange:
    """Another colour, `#rrggbb`; without one the default colour of the name.

    Errors: NotFound, InvalidInput for what is no colour.
    """
    label = one_label(labels, name)
    wanted = color.lower() or default_color(name, taken=[one.color for one in labels if one is not label])
    if not COLOR.match(wanted):
        raise InvalidInput(f"{color!r} is no colour.", hint="Give one like #00ff80.")
    return edited(f"Recolour the label {name}", labels, label, msgspec.structs.replace(label, color=wanted))


def retype_label(labels: Labels, name: str, kind: LabelType) -> LabelChange:
    """Another type of shape; objects that are there stay what they are, as in CVAT.

    Errors: NotFound; InvalidInput from and to skeletons.
    """
    label = one_label(labels, name)
    if "skeleton" in {label.type, kind} and label.type != kind:
        raise InvalidInput(
            f"The label {name!r} cannot turn {'from' if label.type == 'skeleton' else 'into'} a skeleton.",
            hint="Make another label: cvat label svg import NAME FILE",
        )
    return edited(f"Make the label {name} {kind}", labels, label, msgspec.structs.replace(label, type=kind))


def merge_labels(labels: Labels, names: Sequence[str], into: str) -> LabelChange:
    """Labels whose objects become those of another one; their names become its aliases.

    Attributes go by name and type.
    Errors: NotFound; InvalidInput for a skeleton and a label that has not its joints.
    """
    target = one_label(labels, into)
    gone = [one_label(labels, name) for name in dict.fromkeys(names)]
    if not gone:
        raise InvalidInput("There is no label to merge.")
    if target in gone:
        raise InvalidInput(f"The label {into!r} cannot be merged into itself.")
    for label in gone:
        _check_joints(label, target)
    aliases = [*target.aliases, *(name for label in gone for name in (label.name, *label.aliases))]
    heir = msgspec.structs.replace(target, aliases=tuple(dict.fromkeys(aliases)))
    pairs = [(label, heir if label is target else None if label in gone else label) for label in labels]
    moves = {label.name: heir for label in gone}
    return make_change(f"Merge {_named(gone)} into {into}", labels, pairs, moves=moves)


def delete_labels(labels: Labels, names: Sequence[str]) -> LabelChange:
    """Labels that go, and their objects with them.

    Errors: NotFound.
    """
    gone = [one_label(labels, name) for name in dict.fromkeys(names)]
    pairs = [(label, None if label in gone else label) for label in labels]
    return make_change(f"Delete {_named(gone)}", labels, pairs)


def move_objects(labels: Labels, name: str, into: str) -> LabelChange:
    """The objects of one label become those of another; both labels stay as they are.

    Errors: NotFound; InvalidInput for a skeleton and a label that has not its joints.
    """
    source, target = one_label(labels, name), one_label(labels, into)
    if source is target:
        raise InvalidInput(f"The objects of {name!r} have that label already.")
    _check_joints(source, target)
    return make_change(f"Move the objects of {name} to {into}", labels, _kept(labels), moves={name: target})


def rename_joint(labels: Labels, name: str, joint: str, to: str) -> LabelChange:
    """Another name for a joint of a skeleton, in its template and in all objects.

    Errors: NotFound, Conflict for a name that is taken.
    """
    label = one_label(labels, name)
    found = one_joint(label, joint)
    if to == joint:
        raise InvalidInput(f"The joint {joint!r} is called so already.")
    if any(other.name == to for other in label.sublabels):
        raise Conflict(f"The skeleton {name!r} has a joint {to!r} already.")
    joints = tuple(msgspec.structs.replace(other, name=to) if other is found else other for other in label.sublabels)
    new = msgspec.structs.replace(label, sublabels=joints, svg=rename_joints(label.svg, {joint: to}))
    return edited(f"Rename the joint {joint} of {name} to {to}", labels, label, new)


def set_template(labels: Labels, name: str, skeleton: Skeleton, sublabels: Sequence[Label]) -> LabelChange:
    """Another template for a skeleton; joints that it has already keep their colours and attributes.

    Other joints than before are refused where objects have the label (see `LabelRule.is_reshaped`).
    Errors: NotFound; InvalidInput when the label is no skeleton.
    """
    label = one_label(labels, name)
    if label.type != "skeleton":
        raise InvalidInput(f"The label {name!r} is no skeleton.", hint="Make one: cvat label svg import NAME FILE")
    known = {joint.name: joint for joint in label.sublabels}
    drawn = {joint.name: joint for joint in sublabels}
    kept = [joint for joint in label.sublabels if joint.name in drawn]
    new = [joint for joint in sublabels if joint.name not in known]
    after = msgspec.structs.replace(label, sublabels=(*kept, *new), svg=write_svg(skeleton))
    return edited(f"Redraw the skeleton {name}", labels, label, after)


def replace_labels(labels: Labels, new: Labels) -> LabelChange:
    """The labels of a list in the place of those that are there: by id they stay, without one they are new.

    Errors: InvalidInput when a label turns from or into a skeleton, or two have one name.
    """
    check_label_names(label.name for label in new)
    by_id = {label.id: label for label in labels if label.id}
    kept = {label.id: label for label in new if label.id in by_id}
    for number, label in kept.items():
        if "skeleton" in {label.type, by_id[number].type} and label.type != by_id[number].type:
            way = "from" if label.type != "skeleton" else "into"
            raise InvalidInput(f"The label {label.name!r} cannot turn {way} a skeleton.")
    gone = [(label, None) for label in labels if label.id not in kept]
    pairs: list[tuple[Label, Label | None]] = [(by_id[number], label) for number, label in kept.items()]
    added = [label for label in new if label.id not in by_id]
    change = make_change("Replace the labels", labels, [*pairs, *gone], added=added)
    order = {label.name: place for place, label in enumerate(new)}
    return msgspec.structs.replace(change, after=tuple(sorted(change.after, key=lambda label: order[label.name])))


def edited(subject: str, labels: Labels, label: Label, new: Label) -> LabelChange:
    """The change of one label in place."""
    return make_change(subject, labels, [(one, new if one is label else one) for one in labels])


def one_label(labels: Labels, name: str) -> Label:
    """The label of that name.

    Errors: NotFound, which says so when it is a former name.
    """
    for label in labels:
        if label.name == name:
            return label
    for label in labels:
        if name in label.aliases:
            raise NotFound(f"There is no label {name!r}.", hint=f"It is a former name of {label.name!r}.")
    raise NotFound(f"There is no label {name!r}.", hint=f"The labels are: {', '.join(one.name for one in labels)}.")


def one_joint(label: Label, name: str) -> Label:
    """The joint of that name.

    Errors: NotFound.
    """
    for joint in label.sublabels:
        if joint.name == name:
            return joint
    known = ", ".join(joint.name for joint in label.sublabels) or "none"
    raise NotFound(f"The label {label.name!r} has no joint {name!r}.", hint=f"It has: {known}.")


def _kept(labels: Labels) -> list[tuple[Label, Label | None]]:
    return [(label, label) for label in labels]


def _named(labels: Labels) -> str:
    return f"the label{'s' if len(labels) > 1 else ''} {', '.join(label.name for label in labels)}"


def _check_free(labels: Labels, name: str, *, hint: str = "") -> None:
    if any(label.name == name for label in labels):
        raise Conflict(f"There is a label {name!r} already.", hint=hint)


def _check_joints(source: Label, target: Label) -> None:
    """Refuse a move that would leave joints without a sub-label, or boxes under a skeleton."""
    if (source.type == "skeleton") != (target.type == "skeleton"):
        one, other = (source, target) if source.type == "skeleton" else (target, source)
        raise InvalidInput(f"The label {one.name!r} is a skeleton, and {other.name!r} is none.")
    missing = {joint.name for joint in source.sublabels} ^ {joint.name for joint in target.sublabels}
    if missing:
        raise InvalidInput(
            f"The skeletons {source.name!r} and {target.name!r} have not the same joints: {min(missing)!r} is in one.",
            hint="Rename joints first: cvat label rename-joint",
        )
