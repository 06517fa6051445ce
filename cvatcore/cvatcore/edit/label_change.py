"""A change of the labels of a task or project as a value: the labels before and after, and what becomes of objects.

Lines of annotations name their label. A change says for each label which one its objects have afterwards, so that
all lines can be rewritten with the labels, in one commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from cvatcore.schema import Attribute, Label

Part = TypeVar("Part", Attribute, Label)


class LabelRule(msgspec.Struct, frozen=True):
    """What becomes of the objects of one label, or of the joints of one sub-label."""

    old: Label
    new: Label | None
    """None: they are removed."""
    renames: Mapping[str, str] = {}
    """Attributes that are called otherwise now, by old name; empty for one that is gone."""
    same_type: bool = True
    """Values are taken over by an attribute of their input type only; else by any that allows them."""
    joints: tuple[LabelRule, ...] = ()
    """The same for the sub-labels of a skeleton."""

    @property
    def is_reshaped(self) -> bool:
        """Whether it is a skeleton that has other joints afterwards: its objects would no longer be whole."""
        if self.new is None or self.old.type != "skeleton":
            return False
        return any(joint.new is None for joint in self.joints) or len(self.new.sublabels) != len(self.joints)


class LabelChange(msgspec.Struct, frozen=True):
    """A change of a list of labels."""

    subject: str
    """What it does, as the subject of a commit."""
    before: tuple[Label, ...]
    after: tuple[Label, ...]
    """New labels, attributes and joints have the id 0 until `numbered` gives them one."""
    rules: tuple[LabelRule, ...] = ()
    """By the order of `before`, one a label."""
    notes: tuple[str, ...] = ()
    """Sentences that a person should read before it is done."""


def make_change(
    subject: str,
    before: Sequence[Label],
    pairs: Iterable[tuple[Label, Label | None]],
    *,
    added: Sequence[Label] = (),
    moves: Mapping[str, Label] | None = None,
    notes: Iterable[str] = (),
) -> LabelChange:
    """The change that turns each label of `before` into its partner.

    A new name leaves the old one behind as an alias, for lines that a colleague has not sent yet. A name that a label
    has now is nobody's alias any more: the lines that used it are rewritten.

    Args:
        subject: what the change does.
        before: the labels as they are.
        pairs: each of them with what it becomes, None where it goes; in the order that they have afterwards.
        added: new labels, which follow.
        moves: the labels that take over the objects of ones that go, by the name of the one that goes.
        notes: what a person should read.
    """
    partners = list(pairs)
    kept = [(old, _with_old_name(old, new)) for old, new in partners if new is not None]
    after = _settled([new for _, new in kept] + list(added), changed=[new for old, new in kept if new != old])
    by_name = {label.name: label for label in after}
    now = {id(old): by_name[new.name] for old, new in kept}
    heirs = moves or {}
    rules: list[LabelRule] = []
    for label in before:
        heir = heirs.get(label.name)
        if heir is not None:
            rules.append(moved_rule(label, by_name[heir.name]))
        elif id(label) in now:
            rules.append(kept_rule(label, now[id(label)]))
        else:
            rules.append(LabelRule(label, None))
    told = [*notes, *_taken_names(rules, after)]
    return LabelChange(subject, tuple(before), tuple(after), tuple(rules), tuple(told))


def kept_rule(old: Label, new: Label) -> LabelRule:
    """The rule of a label that stays and may be another now: attributes and joints go by id, else by name."""
    # A removed attribute gets no name at all: a new one must not take over its values by having its name.
    renames = {
        was.name: "" if now is None else now.name
        for was, now in zip(old.attributes, _partners(old.attributes, new.attributes), strict=True)
        if now is None or now.name != was.name
    }
    joints = tuple(
        LabelRule(was, None) if now is None else kept_rule(was, now)
        for was, now in zip(old.sublabels, _partners(old.sublabels, new.sublabels), strict=True)
    )
    return LabelRule(old, new, renames=renames, same_type=False, joints=joints)


def moved_rule(old: Label, new: Label) -> LabelRule:
    """The rule of a label whose objects become another one's: attributes go by name and type, joints by name."""
    by_name = {label.name: label for label in new.sublabels}
    joints = tuple(
        moved_rule(joint, by_name[joint.name]) if joint.name in by_name else LabelRule(joint, None)
        for joint in old.sublabels
    )
    return LabelRule(old, new, joints=joints)


def count_new(labels: Iterable[Label]) -> int:
    """How many labels, joints and attributes have no id yet."""
    return sum(
        (not label.id) + sum(not attribute.id for attribute in label.attributes) + count_new(label.sublabels)
        for label in labels
    )


def known_ids(labels: Iterable[Label]) -> set[int]:
    """The ids of labels, joints and attributes."""
    ids: set[int] = set()
    for label in labels:
        ids.add(label.id)
        ids.update(attribute.id for attribute in label.attributes)
        ids |= known_ids(label.sublabels)
    return ids


def numbered(labels: Iterable[Label], first: int) -> tuple[Label, ...]:
    """The labels, with ids from `first` on for what has none. Labels and attributes share one series."""
    result: list[Label] = []
    for label in labels:
        number = label.id or first
        first += not label.id
        attributes: list[Attribute] = []
        for attribute in label.attributes:
            attributes.append(attribute if attribute.id else msgspec.structs.replace(attribute, id=first))
            first += not attribute.id
        sublabels = numbered(label.sublabels, first)
        first += count_new(label.sublabels)
        result.append(msgspec.structs.replace(label, id=number, attributes=tuple(attributes), sublabels=sublabels))
    return tuple(result)


def resolve_names(labels: Iterable[Label]) -> dict[str, Label]:
    """The labels by every name that finds them: a present name before a former one."""
    known = tuple(labels)
    found = {alias: label for label in known for alias in label.aliases}
    return found | {label.name: label for label in known}


def _partners(old: Sequence[Part], new: Sequence[Part]) -> list[Part | None]:
    """For each old attribute or joint the new one that it became: the one of its id, else the one of its name."""
    by_id = {part.id: part for part in new if part.id}
    claimed = {part.id for part in old if part.id in by_id}
    by_name = {part.name: part for part in new if part.id not in claimed}
    return [by_id[part.id] if part.id in by_id else by_name.get(part.name) for part in old]


def _with_old_name(old: Label, new: Label) -> Label:
    aliases = tuple(dict.fromkeys([*new.aliases, old.name])) if old.name != new.name else new.aliases
    before = [(was, now) for was, now in zip(old.sublabels, _partners(old.sublabels, new.sublabels), strict=True)]
    joints = {now.name: _with_old_name(was, now) for was, now in before if now is not None}
    sublabels = tuple(joints.get(joint.name, joint) for joint in new.sublabels)
    return msgspec.structs.replace(new, aliases=aliases, sublabels=tuple(_settled(sublabels, changed=sublabels)))


def _settled(labels: Sequence[Label], *, changed: Sequence[Label]) -> list[Label]:
    """The labels without an alias that is a name, or twice an alias: what was changed last has it."""
    names = {label.name for label in labels}
    fresh = {label.name for label in changed}
    aliases: dict[str, tuple[str, ...]] = {}
    for label in sorted(labels, key=lambda label: label.name not in fresh):
        kept = tuple(alias for alias in dict.fromkeys(label.aliases) if alias not in names)
        names.update(kept)
        aliases[label.name] = kept
    return [
        label if label.aliases == aliases[label.name] else msgspec.structs.replace(label, aliases=aliases[label.name])
        for label in labels
    ]


def _taken_names(rules: Sequence[LabelRule], after: Iterable[Label]) -> list[str]:
    """What to say of names that found one label and find another one now."""
    heirs = {rule.old.name: rule.new for rule in rules}
    found = resolve_names(rule.old for rule in rules)
    notes: list[str] = []
    for label in after:
        owner = found.get(label.name)
        heir = None if owner is None else heirs[owner.name]
        if owner is not None and (heir is None or heir.name != label.name):
            notes.append(
                f"{label.name!r} was a name of the label {owner.name!r}. Objects that have it now are settled; those "
                f"that somebody has not sent yet will be of the new label {label.name!r}."
            )
    return notes
