"""Changes of labels: what becomes of the labels, and of the objects that have them."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from cvatcore import Annotations, Keyframe, Label, Shape, Track
from cvatcore.edit import label_attributes as attrs
from cvatcore.edit import label_edits as edits
from cvatcore.edit.label_change import LabelChange, count_new, numbered
from cvatcore.edit.label_objects import Tally, apply_label_change
from cvatcore.errors import Conflict, CvatError, InvalidInput, NotFound
from cvatcore.schema import Attribute, Element
from cvatcore.schema.skeleton import make_skeleton, read_svg
from kit.labels import skeleton_label

COLOR = Attribute(11, "color", "select", False, "red", ("red", "blue"))
SPEED = Attribute(12, "speed", "number", True, "0", ("0", "100", "10"))
CAR = Label(id=1, name="car", color="#112233", aliases=("auto",), attributes=(COLOR, SPEED))
VAN = Label(id=2, name="van", color="#223344", type="rectangle", attributes=(COLOR,))
BODY = skeleton_label("nose", "hip")
LABELS = (CAR, VAN, BODY)


def box(number: int, label: str = "car", **fields: Any) -> Shape:
    return Shape(**{"frame": 0, "id": number, "type": "rectangle", "label": label, "points": (0, 0, 9, 9), **fields})


def track(number: int, label: str = "car", *, head: dict[str, str] | None = None, **frames: dict[str, str]) -> Track:
    keyframes = tuple(
        Keyframe(frame=int(name[1:]), track=number, type="rectangle", points=(0, 0, 9, 9), attributes=values)
        for name, values in frames.items()
    )
    return Track(id=number, label=label, attributes=head or {}, keyframes=keyframes)


def body(number: int, *joints: str, label: str = "body") -> Shape:
    elements = tuple(
        Element(id=number + place, type="points", label=joint, points=(1, 1)) for place, joint in enumerate(joints, 1)
    )
    return Shape(frame=0, id=number, type="skeleton", label=label, elements=elements)


def done(change: LabelChange, *objects: Shape | Track) -> tuple[Annotations, Tally]:
    shapes = tuple(item for item in objects if isinstance(item, Shape))
    tracks = tuple(item for item in objects if isinstance(item, Track))
    return apply_label_change(Annotations(shapes=shapes, tracks=tracks), change)


def names(labels: Sequence[Label]) -> list[str]:
    return [label.name for label in labels]


class TestRename:
    def test_takes_the_objects_along_and_leaves_the_name_behind(self) -> None:
        change = edits.rename_label(LABELS, "car", "vehicle")
        assert names(change.after) == ["vehicle", "van", "body"]
        assert change.after[0].aliases == ("auto", "car")
        after, tally = done(change, box(1), box(2, "auto"), box(3, "van"), track(4, head={"color": "blue"}))
        assert [shape.label for shape in after.shapes] == ["vehicle", "vehicle", "van"]
        assert after.tracks[0] == track(4, "vehicle", head={"color": "blue"})
        assert (tally.changed, tally.removed) == (3, 0)

    def test_and_back_gives_the_label_as_it_was_with_one_alias_more(self) -> None:
        there = edits.rename_label(LABELS, "car", "vehicle").after
        back = edits.rename_label(there, "vehicle", "car").after
        assert back[0] == msgspec.structs.replace(CAR, aliases=("auto", "vehicle"))

    def test_to_a_former_name_of_another_label_settles_its_objects(self) -> None:
        change = edits.rename_label(LABELS, "van", "auto")
        assert [label.aliases for label in change.after] == [(), ("van",), ()]
        after, tally = done(change, box(1, "auto"), box(2, "van"), box(3, "car"))
        assert [shape.label for shape in after.shapes] == ["car", "auto", "car"]
        assert tally.changed == 2
        assert "'auto' was a name of the label 'car'" in change.notes[0]

    def test_to_its_own_former_name(self) -> None:
        change = edits.rename_label(LABELS, "car", "auto")
        assert change.after[0].aliases == ("car",)
        after, tally = done(change, box(1, "auto"), box(2, "car"))
        assert [shape.label for shape in after.shapes] == ["auto", "auto"]
        assert tally.changed == 1
        assert change.notes == ()

    def test_of_a_joint(self) -> None:
        change = edits.rename_joint(LABELS, "body", "nose", "beak")
        skeleton = change.after[2]
        assert names(skeleton.sublabels) == ["beak", "hip"]
        assert skeleton.sublabels[0].aliases == ("nose",)
        assert read_svg(skeleton.svg).labels == ("beak", "hip")
        joints = (Track(id=6, label="nose"), Track(id=7, label="hip"))
        after, tally = done(change, body(1, "nose", "hip"), Track(id=5, label="body", elements=joints))
        assert [element.label for element in after.shapes[0].elements] == ["beak", "hip"]
        assert [element.label for element in after.tracks[0].elements] == ["beak", "hip"]
        assert tally.changed == 2

    @pytest.mark.parametrize(
        ("make", "error", "says"),
        [
            (lambda: edits.rename_label(LABELS, "bus", "x"), NotFound, "'bus'"),
            (lambda: edits.rename_label(LABELS, "auto", "x"), NotFound, "'auto'"),
            (lambda: edits.rename_label(LABELS, "car", "van"), Conflict, "'van'"),
            (lambda: edits.rename_label(LABELS, "car", "car"), InvalidInput, "already"),
            (lambda: edits.rename_joint(LABELS, "body", "knee", "x"), NotFound, "'knee'"),
            (lambda: edits.rename_joint(LABELS, "car", "knee", "x"), NotFound, "'knee'"),
            (lambda: edits.rename_joint(LABELS, "body", "nose", "hip"), Conflict, "'hip'"),
            (lambda: edits.rename_joint(LABELS, "body", "nose", "nose"), InvalidInput, "already"),
        ],
    )
    def test_refusals(self, make: Callable[[], object], error: type[CvatError], says: str) -> None:
        with pytest.raises(error, match=says):
            make()


class TestAdd:
    def test_has_a_colour_and_no_id_yet(self) -> None:
        change = edits.add_labels(LABELS, [Label(id=0, name="bus", color="")])
        assert change.after[3].color == "#204080"
        assert count_new(change.after) == 1
        assert numbered(change.after, 77)[3].id == 77
        assert numbered(change.after, 77)[:3] == LABELS

    def test_a_former_name_does_not_capture_the_objects_that_use_it(self) -> None:
        change = edits.add_labels(LABELS, [Label(id=0, name="auto", color="#000000")])
        assert change.after[0].aliases == ()
        after, tally = done(change, box(1, "auto"), box(2, "car"))
        assert [shape.label for shape in after.shapes] == ["car", "car"]
        assert tally.changed == 1
        assert change.notes

    def test_objects_of_no_label_that_have_the_name_are_told(self) -> None:
        change = edits.add_labels(LABELS, [Label(id=0, name="bus", color="#000000")])
        after, tally = done(change, box(1, "bus"), track(2, "bus"), box(3, "tram"))
        assert (tally.captured, tally.changed) == ({"bus": 2}, 0)
        assert after.shapes[0] == box(1, "bus")

    def test_a_name_that_is_taken_is_refused(self) -> None:
        with pytest.raises(Conflict, match="'van'"):
            edits.add_labels(LABELS, [Label(id=0, name="van", color="")])


class TestColourAndType:
    def test_another_colour_touches_no_object(self) -> None:
        change = edits.recolor_label(LABELS, "car", "#ABCDEF")
        assert change.after[0].color == "#abcdef"
        assert done(change, box(1))[1].changed == 0
        assert edits.recolor_label(LABELS, "car").after[0].color == "#2080c0"
        with pytest.raises(InvalidInput, match="'blue'"):
            edits.recolor_label(LABELS, "car", "blue")

    def test_another_type_leaves_objects_and_counts_those_it_does_not_allow(self) -> None:
        change = edits.retype_label(LABELS, "car", "polygon")
        after, tally = done(change, box(1), track(2, f0={}), box(3, "van"))
        assert after.shapes == (box(1), box(3, "van"))
        assert (tally.changed, tally.unfit) == (0, {("car", "rectangle"): 2})
        assert done(edits.retype_label(LABELS, "van", "any"), box(3, "van"))[1].unfit == {}

    def test_a_cuboid_fits_a_label_of_3d_cuboids(self) -> None:
        cuboid = Shape(frame=0, id=1, type="cuboid", label="car", points=(0.0,) * 16)
        assert done(edits.retype_label(LABELS, "car", "cuboid_3d"), cuboid)[1].unfit == {}

    @pytest.mark.parametrize(("name", "kind"), [("car", "skeleton"), ("body", "any")])
    def test_no_way_from_or_to_skeletons(self, name: str, kind: Any) -> None:
        with pytest.raises(InvalidInput, match="skeleton"):
            edits.retype_label(LABELS, name, kind)


class TestMerge:
    def test_objects_and_names_go_over_attributes_by_name_and_type(self) -> None:
        change = edits.merge_labels(LABELS, ["car"], "van")
        assert names(change.after) == ["van", "body"]
        assert change.after[0].aliases == ("car", "auto")
        given = {"color": "blue", "speed": "10"}
        after, tally = done(change, box(1, attributes=given), box(2, "auto"), box(3, "van", attributes=given))
        assert [shape.attributes for shape in after.shapes] == [{"color": "blue"}, {}, given]
        assert [shape.label for shape in after.shapes] == ["van"] * 3
        assert tally.lost == {("car", "speed", "10"): 1}
        assert tally.changed == 2

    def test_a_type_that_the_other_label_does_not_allow_is_counted(self) -> None:
        polygon = Shape(frame=0, id=1, type="polygon", label="car", points=(0, 0, 9, 9, 0, 9))
        assert done(edits.merge_labels(LABELS, ["car"], "van"), polygon, box(2))[1].unfit == {("van", "polygon"): 1}

    def test_several_at_once(self) -> None:
        bus = Label(id=3, name="bus", color="#000000")
        change = edits.merge_labels((*LABELS, bus), ["car", "bus", "car"], "van")
        assert names(change.after) == ["van", "body"]
        assert change.subject == "Merge the labels car, bus into van"

    def test_skeletons_with_the_same_joints(self) -> None:
        other = skeleton_label("hip", "nose", id=50, name="person")
        change = edits.merge_labels((BODY, other), ["body"], "person")
        after, _ = done(change, body(1, "nose", "hip"))
        assert after.shapes == (body(1, "nose", "hip", label="person"),)

    @pytest.mark.parametrize(
        ("sources", "into", "says"),
        [
            (["car"], "car", "itself"),
            ([], "car", "no label"),
            (["bus"], "car", "'bus'"),
            (["car"], "bus", "'bus'"),
            (["body"], "car", "skeleton"),
            (["car"], "body", "skeleton"),
            (["person"], "body", "'knee'"),
        ],
    )
    def test_refusals(self, sources: list[str], into: str, says: str) -> None:
        labels = (*LABELS, skeleton_label("nose", "hip", "knee", id=50, name="person"))
        with pytest.raises(CvatError, match=says):
            edits.merge_labels(labels, sources, into)


class TestMoveAndDelete:
    def test_move_leaves_both_labels(self) -> None:
        change = edits.move_objects(LABELS, "car", "van")
        assert change.after == change.before
        after, tally = done(change, box(1, attributes={"speed": "10"}), box(2, "auto"))
        assert [shape.label for shape in after.shapes] == ["van", "van"]
        assert tally.lost == {("car", "speed", "10"): 1}
        with pytest.raises(InvalidInput, match="already"):
            edits.move_objects(LABELS, "car", "car")

    def test_delete_takes_the_objects_along(self) -> None:
        change = edits.delete_labels(LABELS, ["car"])
        after, tally = done(change, box(1), box(2, "auto"), box(3, "van"), track(4, f0={}))
        assert (after.shapes, after.tracks) == ((box(3, "van"),), ())
        assert (tally.changed, tally.removed) == (0, 3)
        assert names(change.after) == ["van", "body"]


class TestAttributes:
    def test_add_touches_no_object(self) -> None:
        change = attrs.add_attribute(LABELS, "car", Attribute(0, "note"))
        assert [one.name for one in change.after[0].attributes] == ["color", "speed", "note"]
        assert count_new(change.after) == 1
        assert done(change, box(1, attributes={"color": "blue"}))[1].changed == 0
        with pytest.raises(Conflict, match="'color'"):
            attrs.add_attribute(LABELS, "car", COLOR)

    def test_rename_renames_it_in_objects(self) -> None:
        change = attrs.rename_attribute(LABELS, "car", "color", "paint")
        after, tally = done(
            change, box(1, attributes={"color": "blue", "speed": "10"}), track(2, head={"color": "red"}), box(3)
        )
        assert after.shapes[0].attributes == {"paint": "blue", "speed": "10"}
        assert after.tracks[0].attributes == {"paint": "red"}
        assert (tally.changed, tally.lost) == (2, {})

    def test_names_can_be_swapped(self) -> None:
        one, two = Attribute(1, "a"), Attribute(2, "b")
        label = msgspec.structs.replace(CAR, attributes=(one, two))
        swapped = (msgspec.structs.replace(one, name="b"), msgspec.structs.replace(two, name="a"))
        change = edits.replace_labels((label,), (msgspec.structs.replace(label, attributes=swapped),))
        assert done(change, box(1, attributes={"a": "1", "b": "2"}))[0].shapes[0].attributes == {"a": "2", "b": "1"}

    def test_a_new_one_with_the_name_of_a_removed_one_has_not_its_values(self) -> None:
        after = msgspec.structs.replace(CAR, attributes=(Attribute(99, "color", "text"),))
        change = edits.replace_labels((CAR,), (after,))
        # With another id it is still the same one by its name: CVAT finds attributes so.
        assert done(change, box(1, attributes={"color": "blue"}))[0].shapes[0].attributes == {"color": "blue"}
        other = msgspec.structs.replace(CAR, attributes=(msgspec.structs.replace(SPEED, name="color"),))
        _, tally = done(edits.replace_labels((CAR,), (other,)), box(1, attributes={"color": "blue", "speed": "10"}))
        assert tally.lost == {("car", "color", "blue"): 1}

    def test_remove_loses_values_but_not_defaults(self) -> None:
        change = attrs.remove_attribute(LABELS, "car", "color")
        after, tally = done(change, box(1, attributes={"color": "blue"}), box(2, attributes={"color": "red"}))
        assert [shape.attributes for shape in after.shapes] == [{}, {}]
        assert tally.lost == {("car", "color", "blue"): 1}
        assert tally.changed == 2

    def test_change_keeps_what_is_allowed(self) -> None:
        wider = msgspec.structs.replace(COLOR, input_type="radio", values=("blue", "green"), default_value="green")
        change = attrs.change_attribute(LABELS, "car", wider)
        after, tally = done(change, box(1, attributes={"color": "blue"}), box(2, attributes={"color": "black"}))
        assert [shape.attributes for shape in after.shapes] == [{"color": "blue"}, {}]
        assert tally.lost == {("car", "color", "black"): 1}

    def test_change_moves_values_between_track_and_keyframes(self) -> None:
        one = msgspec.structs.replace(COLOR, mutable=True)
        item = track(4, head={"color": "blue"}, f0={"speed": "10"}, f5={})
        after, tally = done(attrs.change_attribute(LABELS, "car", one), item)
        assert after.tracks == (track(4, f0={"color": "blue", "speed": "10"}, f5={}),)
        two = msgspec.structs.replace(SPEED, mutable=False)
        after, tally = done(
            attrs.change_attribute(LABELS, "car", two), track(4, f0={"speed": "10"}, f5={"speed": "20"})
        )
        assert after.tracks == (track(4, head={"speed": "10"}, f0={}, f5={}),)
        assert tally.lost == {("car", "speed", "20"): 1}

    def test_those_of_a_joint(self) -> None:
        labels = attrs.add_attribute(LABELS, "body", Attribute(9, "seen", "checkbox"), joint="nose").after
        assert labels[2].sublabels[0].attributes[0].name == "seen"
        item = body(1, "nose", "hip")
        answered = msgspec.structs.replace(item.elements[0], attributes={"seen": "true"})
        item = msgspec.structs.replace(item, elements=(answered, item.elements[1]))
        after, tally = done(attrs.remove_attribute(labels, "body", "seen", joint="nose"), item)
        assert after.shapes == (body(1, "nose", "hip"),)
        assert tally.lost == {("body / nose", "seen", "true"): 1}

    def test_values_of_attributes_that_nobody_knows_stay(self) -> None:
        change = attrs.remove_attribute(LABELS, "car", "color")
        stray = box(1, attributes={"stray": "x"})
        assert done(change, stray)[0].shapes == (stray,)

    @pytest.mark.parametrize("label", ["bus", "van"])
    def test_refusals(self, label: str) -> None:
        with pytest.raises(NotFound):
            attrs.remove_attribute(LABELS, label, "speed")
        with pytest.raises(NotFound):
            attrs.rename_attribute(LABELS, label, "speed", "x")
        with pytest.raises(NotFound):
            attrs.change_attribute(LABELS, label, SPEED)
        with pytest.raises(NotFound):
            attrs.find_attribute(LABELS, label, "speed")


class TestSkeletons:
    def test_a_template_keeps_the_joints_that_are_there(self) -> None:
        skeleton = make_skeleton({"hip": (1, 2), "nose": (3, 4)}, [("hip", "nose")])
        new = [Label(id=0, name=name, color="#ffffff", type="points") for name in ("hip", "nose")]
        change = edits.set_template(LABELS, "body", skeleton, new)
        assert change.after[2].sublabels == BODY.sublabels
        assert read_svg(change.after[2].svg) == skeleton
        assert done(change, body(1, "nose", "hip"))[1].joined == {}

    def test_other_joints_are_counted_as_a_reason_to_refuse(self) -> None:
        skeleton = make_skeleton({"hip": (1, 2), "knee": (3, 4)})
        new = [Label(id=0, name=name, color="#ffffff", type="points") for name in ("hip", "knee")]
        change = edits.set_template(LABELS, "body", skeleton, new)
        assert names(change.after[2].sublabels) == ["hip", "knee"]
        assert done(change, body(1, "nose", "hip"))[1].joined == {"body": 1}
        with pytest.raises(InvalidInput, match="no skeleton"):
            edits.set_template(LABELS, "car", skeleton, new)


class TestReplace:
    def test_ids_keep_labels_missing_ones_go_new_ones_come(self) -> None:
        renamed = msgspec.structs.replace(CAR, name="vehicle", color="#ffffff")
        new = Label(id=0, name="car", color="#000000")
        change = edits.replace_labels(LABELS, (new, BODY, renamed))
        assert names(change.after) == ["car", "body", "vehicle"]
        assert change.after[2].aliases == ("auto",), "the old name is a new label's now"
        after, tally = done(change, box(1), box(2, "van"), box(3, "auto"))
        assert [(shape.id, shape.label) for shape in after.shapes] == [(1, "vehicle"), (3, "vehicle")]
        assert (tally.changed, tally.removed) == (2, 1)

    def test_a_label_cannot_become_a_skeleton(self) -> None:
        with pytest.raises(InvalidInput, match="into a skeleton"):
            edits.replace_labels(LABELS, (msgspec.structs.replace(BODY, id=1),))
        with pytest.raises(InvalidInput, match="twice"):
            edits.replace_labels(LABELS, (CAR, msgspec.structs.replace(VAN, name="car")))
