"""A change of labels, done to the objects: each line gets its new label, and what it loses is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from cvatcore.edit.carry import Carrier
from cvatcore.edit.label_change import LabelChange, LabelRule, resolve_names
from cvatcore.schema import Annotations, Attribute, Element, Label, Shape, Track

Line = TypeVar("Line", Shape, Element)


class Tally:
    """What a change did to objects so far."""

    def __init__(self) -> None:
        self.changed = 0
        """Objects that are other ones now."""
        self.removed = 0
        self.lost: Counter[tuple[str, str, str]] = Counter()
        """By label (`skeleton / joint` for a joint), attribute and value: how often a value went."""
        self.unfit: Counter[tuple[str, str]] = Counter()
        """By new label and type of shape: objects that stay, and that could not be drawn with that label."""
        self.captured: Counter[str] = Counter()
        """By name: objects of no label until now that have one by its new name."""
        self.joined: Counter[str] = Counter()
        """By skeleton: objects of one whose joints change."""

    def add(self, other: Tally) -> None:
        """Count in what another one counted."""
        self.changed += other.changed
        self.removed += other.removed
        self.lost += other.lost
        self.unfit += other.unfit
        self.captured += other.captured
        self.joined += other.joined


class Relabeler:
    """Does a change of labels to one object after the other."""

    def __init__(self, change: LabelChange, tally: Tally) -> None:
        self.tally = tally
        rules = _compiled(change.rules, change.before, change.after, prefix="")
        self._rules = {name: rule for name, rule in rules.items() if rule is not None}
        self._captured = resolve_names(change.after).keys() - rules.keys()

    @property
    def names(self) -> frozenset[str]:
        """The labels, as lines name them, whose objects have to be looked at."""
        return frozenset(self._rules).union(self._captured)

    def shape(self, shape: Shape) -> Shape | None:
        """A shape after the change, the same one when nothing happens to it, or None when it goes."""
        rule = self._rules.get(shape.label)
        if rule is None:
            if shape.label in self._captured:
                self.tally.captured[shape.label] += 1
            return shape
        if rule.target is None:
            self.tally.removed += 1
            return None
        self._look(shape.type, rule)
        new = rule.element(shape, self.tally)
        if shape.elements and rule.joints is not None:
            elements = [rule.joint(element, self.tally) for element in shape.elements]
            if not _same(elements, shape.elements):
                new = msgspec.structs.replace(new, elements=tuple(one for one in elements if one is not None))
        self.tally.changed += new is not shape
        return new

    def needs_keyframes(self, head: Track) -> bool:
        """Whether `track` has to see the keyframes of a track, and not only its line in `tracks.jsonl`."""
        rule = self._rules.get(head.label)
        return rule is not None and rule.needs_keyframes

    def track(self, track: Track) -> Track | None:
        """A track after the change, the same one when nothing happens to it, or None when it goes.

        It has as many keyframes as before, at their places.
        """
        rule = self._rules.get(track.label)
        if rule is None:
            if track.label in self._captured:
                self.tally.captured[track.label] += 1
            return track
        if rule.target is None:
            self.tally.removed += 1
            return None
        self._look(track.keyframes[0].type if track.keyframes else "", rule)
        new = rule.joint_track(track, self.tally)
        if track.elements and rule.joints is not None:
            elements = [rule.track_joint(element, self.tally) for element in track.elements]
            if not _same(elements, track.elements):
                new = msgspec.structs.replace(new, elements=tuple(one for one in elements if one is not None))
        self.tally.changed += new is not track
        return new

    def _look(self, kind: str, rule: _Rule) -> None:
        if rule.judged and kind and rule.target is not None and not fits(rule.target, kind):
            self.tally.unfit[rule.target.name, kind] += 1
        if rule.reshaped:
            self.tally.joined[rule.path] += 1


def apply_label_change(annotations: Annotations, change: LabelChange) -> tuple[Annotations, Tally]:
    """The annotations of a job after a change of its labels, and what that did."""
    tally = Tally()
    relabeler = Relabeler(change, tally)
    shapes = (relabeler.shape(shape) for shape in annotations.shapes)
    tracks = (relabeler.track(track) for track in annotations.tracks)
    after = Annotations(
        shapes=tuple(shape for shape in shapes if shape is not None),
        tracks=tuple(track for track in tracks if track is not None),
    )
    return after, tally


def fits(label: Label, kind: str) -> bool:
    """Whether a shape of a type can be drawn with a label."""
    return label.type in {"any", kind} or (label.type, kind) == ("cuboid_3d", "cuboid")


class _Rule:
    """A rule made ready: what of an object has to be looked at is known beforehand."""

    def __init__(self, rule: LabelRule, *, target: Label | None, rename: bool, path: str) -> None:
        self.target = target
        self.path = path
        self.reshaped = rule.is_reshaped
        self.rename = rename
        self.carrier: Carrier | None = None
        self.joints: Mapping[str, _Rule | None] | None = None
        self.judged = False
        if target is None:
            return
        self.judged = target.type != "any" and (rule.old.type != target.type or rule.same_type)
        if rule.same_type or rule.renames or _asks_otherwise(rule.old, target):
            self.carrier = Carrier(
                rule.old, target, renames=rule.renames, same_type=rule.same_type, keep_strangers=not rule.same_type
            )
        joints = _compiled(rule.joints, rule.old.sublabels, target.sublabels, prefix=f"{rule.old.name} / ")
        if any(joint is not None for joint in joints.values()):
            self.joints = joints

    @property
    def needs_keyframes(self) -> bool:
        inner = self.joints.values() if self.joints else ()
        return (
            self.target is None
            or self.carrier is not None
            or self.judged
            or any(joint is not None and joint.needs_keyframes for joint in inner)
        )

    def element(self, item: Line, tally: Tally) -> Line:
        """A shape, or the joint of one, with its own label and attributes as they are now."""
        assert self.target is not None, "what goes is not looked at"
        attributes = item.attributes
        if self.carrier is not None and attributes:
            carried = self.carrier.carry(attributes)
            self._count(carried.lost, tally)
            attributes = carried.kept
        label = self.target.name if self.rename or attributes != item.attributes else item.label
        if label == item.label and attributes == item.attributes:
            return item
        return msgspec.structs.replace(item, label=label, attributes=attributes)

    def joint(self, element: Element, tally: Tally) -> Element | None:
        """A joint of a shape."""
        rule = self._inner(element.label)
        if rule is None:
            return element
        return None if rule.target is None else rule.element(element, tally)

    def joint_track(self, track: Track, tally: Tally) -> Track:
        """A track, or the joint of one, with its own label and attributes as they are now."""
        assert self.target is not None, "what goes is not looked at"
        new = track
        if self.carrier is not None:
            carried, lost = self.carrier.carry_track(track)
            self._count(lost, tally)
            if carried != track:
                new = carried
        if (self.rename or new is not track) and new.label != self.target.name:
            new = msgspec.structs.replace(new, label=self.target.name)
        return new

    def track_joint(self, track: Track, tally: Tally) -> Track | None:
        """A joint of a track."""
        rule = self._inner(track.label)
        if rule is None:
            return track
        return None if rule.target is None else rule.joint_track(track, tally)

    def _inner(self, name: str) -> _Rule | None:
        return self.joints.get(name) if self.joints else None

    def _count(self, lost: Mapping[str, str], tally: Tally) -> None:
        for name, value in lost.items():
            tally.lost[self.path, name, value] += 1


def _compiled(
    rules: Iterable[LabelRule], before: Iterable[Label], after: Iterable[Label], *, prefix: str
) -> dict[str, _Rule | None]:
    """By each name that finds a label now: what to do with its objects, or None when nothing."""
    by_label = {id(rule.old): rule for rule in rules}
    now = resolve_names(after)
    ready: dict[str, _Rule | None] = {}
    for name, label in resolve_names(before).items():
        rule = by_label[id(label)]
        found = now.get(name)
        # A former name is left in its line as long as it still means the same label.
        rename = rule.new is not None and (rule.new.name != label.name or found is None or found.name != rule.new.name)
        one = _Rule(rule, target=rule.new, rename=rename, path=f"{prefix}{label.name}")
        idle = rule.new is not None and not rename and one.carrier is None and one.joints is None and not one.judged
        ready[name] = None if idle and not rule.is_reshaped else one
    return ready


def _asks_otherwise(old: Label, new: Label) -> bool:
    """Whether values of the old label's attributes may have no place, or another one, in the new label's."""
    asked = {attribute.name: _question(attribute) for attribute in new.attributes}
    return any(asked.get(attribute.name) != _question(attribute) for attribute in old.attributes)


def _question(attribute: Attribute) -> tuple[object, ...]:
    return attribute.input_type, attribute.mutable, attribute.values


def _same(new: Iterable[object], old: Iterable[object]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))
