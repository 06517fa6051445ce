"""Lists of labels: by id, and new ones by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from cvatcore.merge.fields import Rules, merge_lowest, merge_struct
from cvatcore.merge.ordering import merge_order, merge_ordered_set
from cvatcore.merge.picking import Met, merge_keyed, pick
from cvatcore.schema import Attribute, FieldConflict, Label, find_label

Part = TypeVar("Part", Label, Attribute)


def merge_labels(
    bases: Sequence[Sequence[Label]], ours: Sequence[Label], theirs: Sequence[Label], field: str, met: Met
) -> tuple[Label, ...]:
    """The labels of a task or project, or the joints of a skeleton.

    A label is the same on both sides by its id, and a new one by its name: then it has the lower id. The names that a
    label had on either side find it. Two labels that have one name after renames are united, and that is a conflict.
    """
    our_labels, their_labels = _aligned(bases, ours, theirs)

    def both(number: int, before: Sequence[Label], our: Label, their: Label) -> Label:
        merged = merge_struct(before, our, their, met=met, rules=_RULES, at=f"{field}.{number}.")
        return _with_names(merged, (our.name, their.name) if our.name != their.name else ())

    our_known, their_known = ({one.id: one for one in side} for side in (our_labels, their_labels))
    known = [{one.id: one for one in base} for base in bases]
    merged = merge_keyed(known, our_known, their_known, both)
    order = merge_order([list(base) for base in known], list(our_known), list(their_known), kept=merged, rank=int)
    united = _united([merged[number] for number in order], bases, our_known, their_known, field, met)
    return _settled(united)


def keep_used_labels(
    labels: Sequence[Label], *, base_labels: Iterable[Label], used: Mapping[str, Collection[str]]
) -> tuple[Label, ...]:
    """Merged labels with those that one side deleted and objects of the merge still have, and the same of attributes.

    Args:
        labels: the merged ones.
        base_labels: where those are found that are missing: the labels of both sides, then of the common ancestors.
        used: the names of the labels that objects have, each with the attributes that they have (`used_labels`).
    """
    result = {label.id: label for label in labels}
    known = tuple(base_labels)
    for name in sorted(used):
        label = find_label(result.values(), name) or find_label(known, name)
        if label is None:
            continue
        result.setdefault(label.id, label)
        label = result[label.id]
        missing = set(used[name]).difference(one.name for one in label.attributes)
        if missing:
            former = [one for old in known if old.id == label.id or old.name == label.name for one in old.attributes]
            result[label.id] = _with_attributes(label, missing, former)
    return _settled(tuple(result.values()))


def _with_attributes(label: Label, names: Collection[str], former: Iterable[Attribute]) -> Label:
    """A label with those of its former attributes that are named and not there under another name."""
    ids = {one.id for one in label.attributes}
    back = {one.name: one for one in reversed(list(former)) if one.name in names and one.id not in ids}
    attributes = (*label.attributes, *(back[name] for name in sorted(back)))
    return msgspec.structs.replace(label, attributes=attributes)


def _merge_attributes(
    bases: Sequence[Sequence[Attribute]], ours: Sequence[Attribute], theirs: Sequence[Attribute], field: str, met: Met
) -> tuple[Attribute, ...]:
    our_parts, their_parts = _aligned(bases, ours, theirs)

    def both(number: int, before: Sequence[Attribute], our: Attribute, their: Attribute) -> Attribute:
        merged = merge_struct(before, our, their, met=met, rules=_RULES, at=f"{field}.{number}.", skip=_VALUES)
        values = [base.values for base in before]
        at = f"{field}.{number}.values"
        if merged.input_type == "number":  # The lowest, the highest and the step go together.
            return msgspec.structs.replace(merged, values=pick(values, our.values, their.values, field=at, met=met))
        return msgspec.structs.replace(merged, values=merge_ordered_set(values, our.values, their.values, at, met))

    our_known, their_known = ({one.id: one for one in side} for side in (our_parts, their_parts))
    known = [{one.id: one for one in base} for base in bases]
    merged = merge_keyed(known, our_known, their_known, both)
    order = merge_order([list(base) for base in known], list(our_known), list(their_known), kept=merged, rank=int)
    named: dict[str, Attribute] = {}
    for number in order:
        named.setdefault(merged[number].name, merged[number])
    return tuple(named.values())


_VALUES = frozenset({"values"})


def _aligned(
    bases: Sequence[Sequence[Part]], ours: Sequence[Part], theirs: Sequence[Part]
) -> tuple[list[Part], list[Part]]:
    """Both sides with one id for what both added by one name."""
    old = {one.id for base in bases for one in base}
    our_new = {one.name: one.id for one in ours if one.id not in old}
    their_new = {one.name: one.id for one in theirs if one.id not in old}
    lower = {name: min(number, their_new[name]) for name, number in our_new.items() if name in their_new}

    def renumbered(side: Sequence[Part]) -> list[Part]:
        return [
            msgspec.structs.replace(one, id=lower[one.name]) if one.id not in old and one.name in lower else one
            for one in side
        ]

    return renumbered(ours), renumbered(theirs)


def _united(
    labels: Sequence[Label],
    bases: Sequence[Sequence[Label]],
    ours: Mapping[int, Label],
    theirs: Mapping[int, Label],
    field: str,
    met: Met,
) -> list[Label]:
    """The labels with one a name."""
    result: dict[str, Label] = {}
    for label in labels:
        other = result.get(label.name)
        if other is None:
            result[label.name] = label
            continue
        first, second = sorted((other, label), key=lambda one: one.id)
        result[label.name] = _joined(first, second)
        base = next((one.name for base in bases for one in base if one.id == second.id), None)
        our, their = ours.get(second.id), theirs.get(second.id)
        met.append(
            FieldConflict(
                field=f"{field}.{second.id}.name",
                base=base,
                ours=our.name if our else None,
                theirs=their.name if their else None,
            )
        )
    return list(result.values())


def _joined(label: Label, other: Label) -> Label:
    """A label with what another one of its name has besides."""
    attributes = {one.name: one for one in (*other.attributes, *label.attributes)}
    joints = {one.name: one for one in (*other.sublabels, *label.sublabels)}
    order = dict.fromkeys(one.name for one in (*label.attributes, *other.attributes))
    return msgspec.structs.replace(
        label,
        aliases=tuple(dict.fromkeys((*label.aliases, *other.aliases))),
        attributes=tuple(attributes[name] for name in order),
        sublabels=tuple(joints.values()) if label.type == "skeleton" else label.sublabels,
    )


def _with_names(label: Label, names: Iterable[str]) -> Label:
    """A label that is found by further names too."""
    aliases = tuple(dict.fromkeys((*label.aliases, *(name for name in sorted(names) if name != label.name))))
    return label if aliases == label.aliases else msgspec.structs.replace(label, aliases=aliases)


def _settled(labels: Sequence[Label]) -> tuple[Label, ...]:
    """The labels without an alias that is a name, or twice an alias: the lowest id has it."""
    taken = {label.name for label in labels}
    aliases: dict[int, tuple[str, ...]] = {}
    for label in sorted(labels, key=lambda one: one.id):
        kept = tuple(alias for alias in dict.fromkeys(label.aliases) if alias not in taken)
        taken.update(kept)
        aliases[label.id] = kept
    return tuple(
        label if aliases[label.id] == label.aliases else msgspec.structs.replace(label, aliases=aliases[label.id])
        for label in labels
    )


_RULES: Rules = {
    Label: {
        "id": merge_lowest,
        "aliases": merge_ordered_set,
        "attributes": _merge_attributes,
        "sublabels": merge_labels,
    },
    Attribute: {"id": merge_lowest},
}
