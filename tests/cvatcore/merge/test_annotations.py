"""Objects of two people merged: nothing is lost, nothing conflicts that did not meet, and sides can change places."""

from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.merge import MergedAnnotations, merge_annotations
from cvatcore.merge.picking import as_json
from cvatcore.schema import ConflictDocument, Element
from cvatcore.store import decode_shard, decode_tracks, encode_shard
from kit.sides import OURS, THEIRS, annotations, edited, files, flat, objects

WHOLE = {"object", "keyframes", "elements"}
"""Fields of conflicts that stand for all of a thing."""

ABSENT = object()
"""What stands where a side has nothing, not even the value None."""


def merge(bases: list[Annotations], ours: Annotations, theirs: Annotations) -> MergedAnnotations:
    """The merge of a job, which is canonical."""
    merged = merge_annotations(bases, ours, theirs, task=1, job=2)
    for path, data in files(merged.annotations).items():
        if path.endswith("tracks.jsonl"):
            assert [one.id for one in decode_tracks(data, path=path)] == [one.id for one in merged.annotations.tracks]
        else:
            assert encode_shard(decode_shard(data, path=path)) == data
    for conflict in merged.conflicts:
        assert msgspec.json.decode(msgspec.json.encode(conflict), type=ConflictDocument) == conflict
    return merged


@st.composite
def three(draw: st.DrawFn) -> tuple[Annotations, Annotations, Annotations]:
    """A document, and what two people made of it."""
    base = draw(annotations())
    return base, draw(edited(base, OURS)), draw(edited(base, THEIRS))


@given(three())
def test_what_one_side_left_alone_is_taken_from_the_other(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, _ = sides
    assert merge([base], base, ours) == MergedAnnotations(ours, ())
    assert merge([base], ours, base) == MergedAnnotations(ours, ())
    assert merge([base], ours, ours) == MergedAnnotations(ours, ())
    assert merge([], ours, ours) == MergedAnnotations(ours, ())


@given(three())
def test_every_value_comes_from_who_changed_it(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, theirs = sides
    merged = merge([base], ours, theirs)
    result, told = objects(merged.annotations), _told(merged.conflicts)
    known = [objects(side) for side in sides]
    assert result.keys() == {
        number
        for number in known[1].keys() | known[2].keys()
        # Gone is only what one side removed and the other left as it was.
        if not (
            number in known[0]
            and known[0][number] in [side.get(number) for side in known[1:]]
            and _is_gone(known, number)
        )
    }
    for number, item in result.items():
        before, our, their = (side.get(number) for side in known)
        if our is None or their is None:
            assert item == (our or their)
        elif not (isinstance(our, type(item)) and isinstance(their, type(item))):
            unchanged = [side for side in (our, their) if side == before]
            assert item == (our if not unchanged or unchanged == [their] else their)
            assert unchanged or told[number] == {("object",): tuple(map(as_json, (before, our, their)))}
        elif told.get(number, {}).keys() == {("object",)}:
            assert item == our
            assert _is_skeleton(our) != _is_skeleton(their)
        else:
            _check_fields(item, before if isinstance(before, type(item)) else None, our, their, told.get(number, {}))


def _is_skeleton(item: Shape | Track) -> bool:
    return bool(item.elements) or (isinstance(item, Shape) and item.type == "skeleton")


def _is_gone(known: list[Mapping[int, Shape | Track]], number: int) -> bool:
    return number not in known[1] or number not in known[2]


def _check_fields(item: Any, before: Any, our: Any, their: Any, told: dict[tuple[object, ...], object]) -> None:
    values = [{} if side is None else flat(side) for side in (item, before, our, their)]
    for place in set().union(*values):
        result, base, mine, others = (side.get(place, ABSENT) for side in values)
        whole = [told_at for told_at in told if told_at[-1] in WHOLE and place[: len(told_at)] == told_at]
        if whole:
            assert result == mine or place[-1] == "frame"
        elif result is not ABSENT and isinstance(item, Track) and place[-1] == "frame" and "keyframes" not in place:
            # A track starts with its first keyframe, or before.
            assert (isinstance(result, int) and result in {base, mine, others}) or result == _first(values[0], place)
        elif mine == others or others == base:
            # A part that one side removed stays whole where the other changed it, unchanged values with it.
            assert result == mine or (mine is ABSENT and _part_changed(place, values[1], values[3])), place
        elif mine == base:
            assert result == others or (others is ABSENT and _part_changed(place, values[1], values[2])), place
        elif mine is ABSENT or others is ABSENT:
            assert result == (others if mine is ABSENT else mine), place
        else:
            assert result == mine
            assert told[place] == tuple(_as_told(place, value) for value in (base, mine, others)), place


def _as_told(place: tuple[object, ...], value: Any) -> object:
    """A value as a conflict has it: of points, which `flat` gives with their type, a list."""
    if value is ABSENT:
        return None
    if place[-1] == "points":
        value = value[1]
    return list(value) if isinstance(value, tuple) else value


def _first(values: dict[Any, object], place: tuple[object, ...]) -> int:
    """The first keyframe of the track, or joint, whose start stands there."""
    at = (*place[:-1], "keyframes")
    return min(int(key[len(at)]) for key in values if key[: len(at)] == at)


def _part_changed(place: tuple[object, ...], base: dict[Any, object], side: dict[Any, object]) -> bool:
    """Whether a joint or keyframe around a value was changed by the side that did not remove it."""
    for end in range(2, len(place)):
        if place[end - 2] in {"elements", "keyframes"}:
            at = place[:end]
            inner = [{key: value for key, value in one.items() if key[:end] == at} for one in (base, side)]
            if inner[0] != inner[1]:
                return True
    return False


def _told(conflicts: tuple[ConflictDocument, ...]) -> dict[int, dict[tuple[object, ...], object]]:
    """By object, where its conflicts are, as `flat` has places."""
    found: dict[int, dict[tuple[object, ...], object]] = {}
    for conflict in conflicts:
        owner = conflict.number % 1000
        at: tuple[object, ...] = ()
        if conflict.kind == "keyframe":
            at = () if owner == conflict.number else ("elements", conflict.number)
            at = (*at, "keyframes", conflict.frame)
        for field in conflict.fields:
            parts: list[object] = list(field.field.split(".", 1 if field.field.startswith("attributes") else -1))
            if parts[0] == "elements" and len(parts) > 1:
                parts[1] = int(str(parts[1]))
                if parts[2] == "attributes":
                    parts = ["elements", parts[1], "attributes", field.field.split(".", 3)[3]]
            found.setdefault(owner, {})[(*at, *parts)] = (field.base, field.ours, field.theirs)
    return found


@given(three())
def test_the_sides_can_change_places(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, theirs = sides
    one, other = merge([base], ours, theirs), merge([base], theirs, ours)
    assert [conflict.id for conflict in one.conflicts] == [conflict.id for conflict in other.conflicts]
    first, second, told = objects(one.annotations), objects(other.annotations), _told(one.conflicts)
    assert first.keys() == second.keys()
    for number, item in first.items():
        if "object" in {place[-1] for place in told.get(number, {})}:
            continue
        left, right = flat(item), flat(second[number])
        differing = {place for place in left.keys() | right.keys() if left.get(place) != right.get(place)}
        for place in differing:
            assert any(place[: len(known)] == known for known in told.get(number, {})) or place[-1] == "frame"
    for conflict, turned in zip(one.conflicts, other.conflicts, strict=True):
        assert [(field.ours, field.theirs) for field in conflict.fields] == [
            (field.theirs, field.ours) for field in turned.fields
        ]


@given(three())
def test_merging_again_changes_nothing(sides: tuple[Annotations, Annotations, Annotations]) -> None:
    base, ours, theirs = sides
    merged = merge([base], ours, theirs)
    known = {conflict.id for conflict in merged.conflicts}
    again = merge([base], merged.annotations, theirs)
    assert again.annotations == merged.annotations
    assert {conflict.id for conflict in again.conflicts} <= known
    again = merge([base], ours, merged.annotations)
    assert again == MergedAnnotations(merged.annotations, ())


@given(three())
def test_with_criss_cross_ancestors_both_sides_have_settled_nothing_is_lost(
    sides: tuple[Annotations, Annotations, Annotations],
) -> None:
    base, ours, theirs = sides
    one, other = merge([base], ours, theirs).annotations, merge([base], theirs, ours).annotations
    merged = merge([ours, theirs], one, other)
    assert objects(merged.annotations).keys() == objects(one).keys()
    assert merged.annotations == one
    # What both have settled in one way is no conflict; the others are those that were met before.
    assert {conflict.id for conflict in merged.conflicts} <= {
        conflict.id for conflict in merge([base], ours, theirs).conflicts
    }


BOX = Shape(frame=3, id=5, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))


def _document(*items: Shape | Track) -> Annotations:
    return Annotations(
        shapes=tuple(item for item in items if isinstance(item, Shape)),
        tracks=tuple(item for item in items if isinstance(item, Track)),
    )


def test_two_values_of_one_field_are_a_conflict_and_ours_stays() -> None:
    ours, theirs = replace(BOX, points=(1.0, 2.0, 3.0, 5.0), z_order=2), replace(BOX, points=(0.0, 2.0, 3.0, 4.0))
    merged = merge([_document(BOX)], _document(ours), _document(theirs))
    assert merged.annotations.shapes == (ours,)
    (conflict,) = merged.conflicts
    assert (conflict.kind, conflict.task, conflict.job, conflict.number, conflict.frame) == ("shape", 1, 2, 5, 3)
    (field,) = conflict.fields
    assert (field.field, field.base) == ("points", [1.0, 2.0, 3.0, 4.0])
    assert (field.ours, field.theirs) == ([1.0, 2.0, 3.0, 5.0], [0.0, 2.0, 3.0, 4.0])


def test_points_go_with_their_type() -> None:
    ours = replace(BOX, type="polygon", points=(1.0, 1.0, 2.0, 2.0, 3.0, 1.0))
    theirs = replace(BOX, points=(0.0, 2.0, 3.0, 4.0))
    merged = merge([_document(BOX)], _document(ours), _document(theirs))
    assert merged.annotations.shapes == (ours,)
    assert [field.field for field in merged.conflicts[0].fields] == ["points", "type"]


def test_a_new_type_comes_with_its_points() -> None:
    polygon = replace(BOX, type="polygon", points=(1.0, 1.0, 2.0, 2.0, 3.0, 1.0))
    for ours, theirs in ((polygon, replace(BOX, z_order=2)), (replace(BOX, z_order=2), polygon)):
        merged = merge([_document(BOX)], _document(ours), _document(theirs))
        assert merged == MergedAnnotations(_document(replace(polygon, z_order=2)), ())


def test_what_one_side_deleted_and_the_other_changed_stays_without_a_conflict() -> None:
    changed = replace(BOX, occluded=True)
    for ours, theirs in ((_document(), _document(changed)), (_document(changed), _document())):
        assert merge([_document(BOX)], ours, theirs) == MergedAnnotations(_document(changed), ())
    assert merge([_document(BOX)], _document(), _document(BOX)).annotations == _document()


def _track(*frames: int, **fields: Any) -> Track:
    keys = tuple(Keyframe(frame=frame, track=7, type="rectangle", points=(0.0, 0.0, 9.0, 9.0)) for frame in frames)
    return Track(id=7, label="car", frame=min(frames), keyframes=keys, **fields)


def test_a_track_that_one_side_deleted_comes_back_with_all_keyframes_where_the_other_changed_one() -> None:
    base = _track(0, 40, 64)
    theirs = replace(base, keyframes=(*base.keyframes[:2], replace(base.keyframes[2], occluded=True)))
    assert merge([_document(base)], _document(), _document(theirs)).annotations == _document(theirs)


def test_keyframes_of_both_sides_are_one_track() -> None:
    merged = merge([_document(_track(5, 9))], _document(_track(2, 5, 9)), _document(_track(5, 7, 9)))
    assert merged == MergedAnnotations(_document(_track(2, 5, 7, 9)), ())


def test_a_track_that_both_sides_let_start_earlier_starts_where_the_earlier_one_does() -> None:
    base = replace(_track(9, 12), frame=8)
    for ours, theirs in ((3, 5), (5, 3)):
        merged = merge([_document(base)], _document(replace(base, frame=ours)), _document(replace(base, frame=theirs)))
        assert merged == MergedAnnotations(_document(replace(base, frame=3)), ())


def test_a_keyframe_of_a_type_that_the_track_has_no_more_is_a_conflict_of_all_keyframes() -> None:
    base = _track(5, 9)
    ours = replace(
        base, keyframes=tuple(replace(one, type="ellipse", points=(4.0, 4.0, 9.0, 0.0)) for one in base.keyframes)
    )
    theirs = _track(5, 7, 9)
    merged = merge([_document(base)], _document(ours), _document(theirs))
    assert merged.annotations == _document(ours)
    assert [field.field for field in merged.conflicts[0].fields] == ["keyframes"]
    theirs_told = merged.conflicts[0].fields[0].theirs
    assert isinstance(theirs_told, list)
    assert len(theirs_told) == 3


def test_a_track_keeps_a_keyframe_where_each_side_left_another() -> None:
    merged = merge([_document(_track(5, 9))], _document(_track(5)), _document(_track(9)))
    assert merged.annotations == _document(_track(5))
    assert [field.field for field in merged.conflicts[0].fields] == ["keyframes"]


def test_a_keyframe_that_both_sides_moved_is_a_conflict_of_this_frame() -> None:
    def moved(points: tuple[float, ...]) -> Track:
        base = _track(5, 9)
        return replace(base, keyframes=(base.keyframes[0], replace(base.keyframes[1], points=points)))

    ours, theirs = moved((1.0, 1.0, 2.0, 2.0)), moved((3.0, 3.0, 4.0, 4.0))
    merged = merge([_document(_track(5, 9))], _document(ours), _document(theirs))
    assert merged.annotations == _document(ours)
    (conflict,) = merged.conflicts
    assert (conflict.kind, conflict.task, conflict.job, conflict.number, conflict.frame) == ("keyframe", 1, 2, 7, 9)
    points = [[0.0, 0.0, 9.0, 9.0], [1.0, 1.0, 2.0, 2.0], [3.0, 3.0, 4.0, 4.0]]
    assert [(field.field, [field.base, field.ours, field.theirs]) for field in conflict.fields] == [("points", points)]


def test_a_skeleton_keeps_a_joint_where_each_side_left_another() -> None:
    joints = tuple(Element(id=n, type="points", label=f"{n}", points=(1.0, 1.0)) for n in (11, 12))
    shape = Shape(frame=0, id=10, type="skeleton", label="body", elements=joints)
    keys = [Keyframe(frame=3, track=n, type="points", points=(1.0, 1.0)) for n in (21, 22)]
    parts = tuple(Track(id=key.track, label=f"{key.track}", frame=3, keyframes=(key,)) for key in keys)
    track = Track(id=20, label="body", frame=3, elements=parts)
    ours = _document(replace(shape, elements=joints[:1]), replace(track, elements=parts[:1]))
    theirs = _document(replace(shape, elements=joints[1:]), replace(track, elements=parts[1:]))
    merged = merge([_document(shape, track)], ours, theirs)
    assert merged.annotations == ours
    told = [(conflict.kind, conflict.number, conflict.fields[0].field) for conflict in merged.conflicts]
    assert sorted(told) == [("shape", 10, "elements"), ("track", 20, "elements")]


def test_a_shape_made_a_track_on_one_side_and_changed_on_the_other_has_one_id_once() -> None:
    base, changed = replace(BOX, id=7), replace(BOX, id=7, z_order=1)
    merged = merge([_document(base)], _document(_track(3)), _document(changed))
    assert merged.annotations == _document(_track(3))
    assert [field.field for field in merged.conflicts[0].fields] == ["object"]
    assert merge([_document(base)], _document(changed), _document(_track(3))).annotations == _document(changed)


def test_joints_are_merged_by_id() -> None:
    joints = tuple(Element(id=n, type="points", label=f"{n}", points=(1.0, 1.0)) for n in (11, 12))
    base = Shape(frame=0, id=10, type="skeleton", label="body", elements=joints)
    ours = replace(base, elements=(replace(joints[0], points=(2.0, 2.0)), joints[1]))
    theirs = replace(base, elements=(replace(joints[0], outside=True), replace(joints[1], points=(3.0, 3.0))))
    merged = merge([_document(base)], _document(ours), _document(theirs))
    assert not merged.conflicts
    assert merged.annotations.shapes[0].elements == (
        replace(joints[0], points=(2.0, 2.0), outside=True),
        replace(joints[1], points=(3.0, 3.0)),
    )


def test_joints_that_both_sides_added_are_all_there() -> None:
    joints = tuple(Element(id=n, type="points", label=f"{n}", points=(1.0, 1.0)) for n in (11, 12, 13))
    base = Shape(frame=0, id=10, type="skeleton", label="body", elements=joints[:1])
    sides = [replace(base, elements=(joints[0], joint)) for joint in joints[1:]]
    keys = [Keyframe(frame=3, track=n, type="points", points=(1.0, 1.0)) for n in (21, 22, 23)]
    parts = tuple(Track(id=key.track, label=f"{key.track}", frame=3, keyframes=(key,)) for key in keys)
    moving = Track(id=20, label="body", frame=3, elements=parts)
    tracks = [replace(moving, elements=(parts[0], joint)) for joint in parts[1:]]
    started = replace(moving, elements=parts[:1])
    for mine, other in ((0, 1), (1, 0)):
        ours, theirs = (_document(sides[side], tracks[side]) for side in (mine, other))
        merged = merge([_document(base, started)], ours, theirs)
        assert merged == MergedAnnotations(_document(replace(base, elements=joints), moving), ())


def test_lines_that_share_an_id_are_all_kept() -> None:
    twice = Annotations(shapes=(BOX, replace(BOX, z_order=1)))
    merged = merge([Annotations()], twice, _document(replace(BOX, id=6)))
    assert len(merged.annotations.shapes) == 3
