from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.geometry import shape_iou
from cvatcore.merge.diff import FieldChange, ObjectDiff, count_labels, diff_annotations
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from kit.annotated import box
from kit.objects import shapes, tracks

States = tuple[Annotations, Annotations]


@st.composite
def states(draw: st.DrawFn) -> Annotations:
    """A dozen ids, shapes and tracks that take each other's place among them."""
    items: list[Shape | Track] = []
    for number in sorted(draw(st.sets(st.integers(1, 8), max_size=5))):
        if draw(st.booleans()):
            items.append(draw(shapes(st.just(number))))
        else:
            items.append(draw(tracks(st.just(number))))
    return Annotations(
        shapes=tuple(item for item in items if isinstance(item, Shape)),
        tracks=tuple(item for item in items if isinstance(item, Track)),
    )


def by_id(annotations: Annotations) -> dict[int, Shape | Track]:
    items: list[Shape | Track] = [*annotations.shapes, *annotations.tracks]
    return {item.id: item for item in items}


@given(states(), states())
def test_what_is_after_follows_from_what_was_before_and_the_difference(before: Annotations, after: Annotations) -> None:
    objects = by_id(before)
    for diff in diff_annotations(before, after):
        assert objects.pop(diff.id, None) == diff.before
        if diff.after is not None:
            objects[diff.id] = diff.after
    assert objects == by_id(after)


@given(states(), states())
def test_every_object_that_differs_is_named_once(before: Annotations, after: Annotations) -> None:
    old, new = by_id(before), by_id(after)
    found = diff_annotations(before, after)
    assert sorted(diff.id for diff in found) == sorted(
        number for number in old.keys() | new.keys() if old.get(number) != new.get(number)
    )
    for diff in found:
        expected = "added" if diff.id not in old else "removed" if diff.id not in new else "changed"
        assert diff.status == expected
    assert sum(row.added + row.changed + row.removed for row in count_labels(found)) == len(found)


@given(states())
def test_equal_states_do_not_differ(state: Annotations) -> None:
    copy = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Annotations)
    assert diff_annotations(state, copy) == ()


@given(states(), states())
def test_the_fields_of_what_changed_are_those_that_differ(before: Annotations, after: Annotations) -> None:
    for diff in diff_annotations(before, after):
        if isinstance(diff.before, Shape) and isinstance(diff.after, Shape):
            assert {change.field.split(".")[0] for change in diff.fields} == {
                name for name in Shape.__struct_fields__ if getattr(diff.before, name) != getattr(diff.after, name)
            }
            assert all(change.before != change.after for change in diff.fields)
        if isinstance(diff.before, Track) and isinstance(diff.after, Track):
            assert diff.fields or diff.keyframes


def only(before: Shape | Track, after: Shape | Track) -> ObjectDiff:
    sides = [
        Annotations(shapes=(item,)) if isinstance(item, Shape) else Annotations(tracks=(item,))
        for item in (before, after)
    ]
    (found,) = diff_annotations(*sides)
    return found


def test_how_far_a_box_moved() -> None:
    found = only(box(1), msgspec.structs.replace(box(1), points=(4.0, 5.0, 14.0, 25.0)))
    assert found.fields == (FieldChange("points", (1.0, 1.0, 11.0, 21.0), (4.0, 5.0, 14.0, 25.0)),)
    movement = found.movement
    assert movement is not None
    assert (movement.distance, movement.shift) == (5.0, (3.0, 4.0))
    assert (movement.before, movement.after) == ((1.0, 1.0, 11.0, 21.0), (4.0, 5.0, 14.0, 25.0))
    assert movement.iou == pytest.approx(7 * 16 / (400 - 7 * 16), abs=1e-4)


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("polygon", (0.0, 0.0, 10.0, 0.0, 10.0, 10.0)),
        ("polyline", (0.0, 0.0, 10.0, 0.0)),
        ("points", (5.0, 5.0)),
        ("ellipse", (10.0, 10.0, 20.0, 5.0)),
        ("mask", (0.0, 4.0, 0.0, 0.0, 1.0, 1.0)),
    ],
)
def test_any_shape_is_measured(kind: str, points: tuple[float, ...]) -> None:
    before = msgspec.structs.replace(box(1), type=kind, points=points)
    after = msgspec.structs.replace(box(1), points=(3.0, 0.0, 13.0, 10.0))
    movement = only(before, after).movement
    assert movement is not None
    assert movement.iou == pytest.approx(shape_iou(before, after), abs=1e-4)


def test_a_turned_box_and_one_with_its_corners_the_wrong_way_round() -> None:
    turned = msgspec.structs.replace(box(1), rotation=90.0)
    movement = only(box(1), turned).movement
    assert movement is not None
    assert movement.iou == pytest.approx(1 / 3, abs=1e-4)
    back = msgspec.structs.replace(box(1), points=(11.0, 21.0, 1.0, 1.0))
    movement = only(box(1), back).movement
    assert movement is not None
    assert (movement.distance, movement.iou) == (0.0, 1.0)


def test_broken_points_are_no_reason_to_fail() -> None:
    broken = msgspec.structs.replace(box(1), type="polygon", points=(1.0, 2.0, 3.0))
    assert only(box(1), broken).movement is None


def test_attributes_one_by_one_and_the_label() -> None:
    before = msgspec.structs.replace(box(1), attributes={"color": "red", "old": "1"})
    after = msgspec.structs.replace(box(1), label="person", attributes={"color": "blue", "new": "2"})
    found = only(before, after)
    assert found.movement is None
    assert found.fields == (
        FieldChange("label", "car", "person"),
        FieldChange("attributes.color", "red", "blue"),
        FieldChange("attributes.old", "1", None),
        FieldChange("attributes.new", None, "2"),
    )


def test_joints_go_by_their_ids() -> None:
    def body(*joints: Element) -> Shape:
        return Shape(frame=0, id=1, type="skeleton", label="body", elements=joints)

    knee = Element(id=2, type="points", label="knee", points=(1.0, 1.0))
    hip = Element(id=3, type="points", label="hip", points=(9.0, 9.0))
    moved = msgspec.structs.replace(knee, points=(4.0, 5.0))
    found = only(body(knee, hip), body(moved))
    assert found.fields == (
        FieldChange("elements.2.points", (1.0, 1.0), (4.0, 5.0)),
        FieldChange("elements.3", hip, None),
    )
    assert found.movement is not None
    assert found.movement.iou == pytest.approx(math.exp(-0.5) / 2, abs=1e-4)


def key(frame: int, x: float, track: int = 9) -> Keyframe:
    return Keyframe(frame=frame, track=track, type="rectangle", points=(x, 0.0, x + 10, 10.0))


def test_keyframes_added_changed_and_removed() -> None:
    before = Track(id=9, label="car", keyframes=(key(0, 0), key(5, 5), key(9, 9)))
    after = Track(id=9, label="car", keyframes=(key(0, 0), key(5, 8), key(7, 9)))
    found = only(before, after)
    assert [(one.frame, one.status) for one in found.keyframes] == [(5, "changed"), (7, "added"), (9, "removed")]
    assert (found.kind, found.frame, found.fields) == ("track", 5, ())
    movement = found.keyframes[0].movement
    assert movement is not None
    assert movement.distance == 3.0


def test_keyframes_of_joints_say_whose_they_are() -> None:
    def walker(x: float) -> Track:
        return Track(id=9, label="body", elements=(Track(id=10, label="knee", keyframes=(key(3, x, 10),)),))

    (one,) = only(walker(0), walker(2)).keyframes
    assert (one.joint, one.track, one.status) == ("knee", 10, "changed")


def test_a_shape_that_became_a_track_is_one_object() -> None:
    found = only(box(9, 5), Track(id=9, label="person", keyframes=(key(5, 1),)))
    assert (found.kind, found.status) == ("track", "changed")
    assert FieldChange("kind", "shape", "track") in found.fields
    assert FieldChange("label", "car", "person") in found.fields
