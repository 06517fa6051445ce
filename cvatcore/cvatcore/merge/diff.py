"""What differs between two states of the same annotations: object by object, field by field, keyframe by keyframe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Literal, TypeAlias

import msgspec

from cvatcore.merge.movement import Drawn, Movement, measure
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track

Status = Literal["added", "changed", "removed"]
ObjectKind = Literal["shape", "track", "tag"]

Item: TypeAlias = Shape | Track


class FieldChange(msgspec.Struct, frozen=True, gc=False):
    """One field, before and after, as in the files; None where there is no such value.

    Dots lead inwards: `attributes.color`; elements go by their ids: `elements.12.points`.
    """

    field: str
    before: object
    after: object


class KeyframeDiff(msgspec.Struct, frozen=True, gc=False):
    """A keyframe of a track that was added, changed or removed."""

    frame: int
    track: int
    """The id of the track, or of the joint of a skeleton that it is one of."""
    joint: str
    """The label of that joint; empty for the track's own keyframes."""
    status: Status
    fields: tuple[FieldChange, ...]
    movement: Movement | None
    before: Keyframe | None
    after: Keyframe | None


class ObjectDiff(msgspec.Struct, frozen=True, gc=False):
    """An object that was added, changed or removed; of what was changed, how."""

    id: int
    kind: ObjectKind
    type: str
    """The type of its shapes; empty for a track without keyframes."""
    label: str
    """The one it has now; of an object that was removed the one it had."""
    status: Status
    frame: int
    """Where to look: its frame; of a track the first one whose keyframe differs, or else where it begins."""
    fields: tuple[FieldChange, ...]
    """Of a track those of the whole, its keyframes apart. Only for what was changed."""
    movement: Movement | None
    """Of a shape that moved."""
    keyframes: tuple[KeyframeDiff, ...]
    """Of a track, by frame, only those that differ."""
    before: Item | None
    after: Item | None


class LabelCounts(msgspec.Struct, frozen=True):
    """How many objects of a label differ. One that changed its label counts for the new one."""

    label: str
    added: int = 0
    changed: int = 0
    removed: int = 0


def diff_annotations(before: Annotations, after: Annotations) -> tuple[ObjectDiff, ...]:
    """The objects that differ, each once, by frame and id. What is equal on both sides may be left out of both.

    A shape that became a track of the same id is one object that changed its `kind`.
    """
    old, new = _by_id(before), _by_id(after)
    found: list[ObjectDiff] = []
    moved: list[tuple[Shape, Shape]] = []
    for number, now in new.items():
        was = old.get(number)
        if was is None:
            found.append(_alone(now, "added"))
        elif was == now:
            continue
        elif isinstance(was, Track) or isinstance(now, Track):
            found.append(_changed_track(was, now))
        elif _differ_in_place(was, now):
            moved.append((was, now))
        else:
            found.append(_changed_shape(was, now, None))
    found += [_alone(item, "removed") for number, item in old.items() if number not in new]
    found = _with_keyframe_movements(found)
    found += [_changed_shape(*pair, movement) for pair, movement in zip(moved, measure(moved), strict=True)]
    found.sort(key=attrgetter("frame", "id"))
    return tuple(found)


def count_labels(diffs: Iterable[ObjectDiff]) -> tuple[LabelCounts, ...]:
    """How many objects of each label were added, changed and removed, by label."""
    counts: dict[str, dict[Status, int]] = {}
    for diff in diffs:
        of_label = counts.setdefault(diff.label, {"added": 0, "changed": 0, "removed": 0})
        of_label[diff.status] += 1
    return tuple(LabelCounts(label, **numbers) for label, numbers in sorted(counts.items()))


def changed_fields(before: msgspec.Struct, after: msgspec.Struct, *, above: str = "") -> Iterator[FieldChange]:
    """The fields in which two objects, elements or keyframes of one kind differ; keyframes and ids are left out."""
    names = before.__struct_fields__
    values = zip(names, msgspec.structs.astuple(before), msgspec.structs.astuple(after), strict=True)
    for name, was, now in values:
        if was == now or name in {"id", "keyframes"}:
            continue
        if name == "attributes":
            yield from _keyed(was, now, f"{above}attributes.")
        elif name == "elements":
            yield from _elements(was, now, above)
        else:
            yield FieldChange(above + name, was, now)


def _by_id(annotations: Annotations) -> dict[int, Item]:
    # Of two lines with one id, which only a hand can write, the first one counts.
    found: dict[int, Item] = {shape.id: shape for shape in reversed(annotations.shapes)}
    found.update({track.id: track for track in reversed(annotations.tracks)})
    return found


def _alone(item: Item, status: Status) -> ObjectDiff:
    before, after = (None, item) if status == "added" else (item, None)
    if isinstance(item, Shape):
        kind = "tag" if item.type == "tag" else "shape"
        return ObjectDiff(item.id, kind, item.type, item.label, status, item.frame, (), None, (), before, after)  # type: ignore[arg-type]  # mypy takes the kind for any str
    keyframes = tuple(_keyframes(None, item) if status == "added" else _keyframes(item, None))
    return ObjectDiff(
        item.id, "track", _type(item), item.label, status, _frame(item, keyframes), (), None, keyframes, before, after
    )


def _changed_shape(was: Shape, now: Shape, movement: Movement | None) -> ObjectDiff:
    kind: ObjectKind = "tag" if now.type == "tag" else "shape"
    if movement is not None and msgspec.structs.replace(was, points=now.points) == now:
        fields: tuple[FieldChange, ...] = (FieldChange("points", was.points, now.points),)  # By far the most usual.
    else:
        fields = tuple(changed_fields(was, now))
    return ObjectDiff(now.id, kind, now.type, now.label, "changed", now.frame, fields, movement, (), was, now)


def _changed_track(was: Item, now: Item) -> ObjectDiff:
    """Two states of which one is a track, at the least."""
    fields: list[FieldChange] = []
    if isinstance(was, Track) and isinstance(now, Track):
        fields += changed_fields(was, now)
    else:
        fields.append(FieldChange("kind", _kind(was), _kind(now)))
        fields += [
            FieldChange(name, getattr(was, name), getattr(now, name))
            for name in ("label", "frame", "group", "source")
            if getattr(was, name) != getattr(now, name)
        ]
        fields += _keyed(was.attributes, now.attributes, "attributes.")
    keyframes = tuple(_keyframes(was if isinstance(was, Track) else None, now if isinstance(now, Track) else None))
    return ObjectDiff(
        now.id,
        _kind(now),
        _type(now) or _type(was),
        now.label,
        "changed",
        _frame(now, keyframes),
        tuple(fields),
        None,
        keyframes,
        was,
        now,
    )


def _keyframes(was: Track | None, now: Track | None) -> Iterator[KeyframeDiff]:
    """The keyframes that differ, of a track and of its joints, by frame; without how far they moved."""
    found = list(_own_keyframes(was, now, joint=""))
    old, new = ({one.id: one for one in side.elements} if side is not None else {} for side in (was, now))
    for number in {**old, **new}:
        one, other = old.get(number), new.get(number)
        found += _own_keyframes(one, other, joint=(other or one).label)  # type: ignore[union-attr]  # one of the two is there
    found.sort(key=lambda diff: diff.frame)
    yield from found


def _own_keyframes(was: Track | None, now: Track | None, *, joint: str) -> Iterator[KeyframeDiff]:
    old, new = ({key.frame: key for key in side.keyframes} if side is not None else {} for side in (was, now))
    for frame, key in new.items():
        before = old.get(frame)
        if before is None:
            yield KeyframeDiff(frame, key.track, joint, "added", (), None, None, key)
        elif before != key:
            yield KeyframeDiff(
                frame, key.track, joint, "changed", tuple(changed_fields(before, key)), None, before, key
            )
    for frame, key in old.items():
        if frame not in new:
            yield KeyframeDiff(frame, key.track, joint, "removed", (), None, key, None)


def _with_keyframe_movements(found: list[ObjectDiff]) -> list[ObjectDiff]:
    """The same, with the movements of all keyframes of all tracks, measured at once."""
    pairs: list[tuple[Drawn, Drawn]] = [
        (key.before, key.after)
        for diff in found
        for key in diff.keyframes
        if key.before is not None and key.after is not None and _differ_in_place(key.before, key.after)
    ]
    if not pairs:
        return found
    movements = iter(measure(pairs))
    return [
        diff
        if all(key.status != "changed" for key in diff.keyframes)
        else msgspec.structs.replace(
            diff,
            keyframes=tuple(
                msgspec.structs.replace(key, movement=next(movements))
                if key.before is not None and key.after is not None and _differ_in_place(key.before, key.after)
                else key
                for key in diff.keyframes
            ),
        )
        for diff in found
    ]


def _differ_in_place(was: Drawn, now: Drawn) -> bool:
    if was.points != now.points or was.type != now.type or was.rotation != now.rotation:
        return True
    return isinstance(was, Shape) and isinstance(now, Shape) and was.elements != now.elements


def _keyed(was: Mapping[str, str], now: Mapping[str, str], above: str) -> Iterator[FieldChange]:
    for name in {**was, **now}:
        if was.get(name) != now.get(name):
            yield FieldChange(above + name, was.get(name), now.get(name))


def _elements(was: Iterable[Element | Track], now: Iterable[Element | Track], above: str) -> Iterator[FieldChange]:
    old, new = ({element.id: element for element in side} for side in (was, now))
    for number in {**old, **new}:
        one, other = old.get(number), new.get(number)
        place = f"{above}elements.{number}"
        if one is None or other is None:
            yield FieldChange(place, one, other)
        elif one != other:
            yield from changed_fields(one, other, above=f"{place}.")


def _kind(item: Item) -> ObjectKind:
    if isinstance(item, Track):
        return "track"
    return "tag" if item.type == "tag" else "shape"


def _type(item: Item) -> str:
    if isinstance(item, Shape):
        return item.type
    return item.keyframes[0].type if item.keyframes else ("skeleton" if item.elements else "")


def _frame(item: Item, keyframes: tuple[KeyframeDiff, ...]) -> int:
    return keyframes[0].frame if keyframes else item.frame
