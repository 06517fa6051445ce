from __future__ import annotations

import msgspec
import pytest

from cvatcore.edit import change_label, group_objects, lost_attributes, set_attributes, ungroup_objects
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Attribute, Element, InputType, Keyframe, Label, Shape, Track


def question(name: str, *values: str, mutable: bool = False) -> Attribute:
    kind: InputType = "select" if values else "text"
    return Attribute(id=9, name=name, input_type=kind, mutable=mutable, values=values, default_value=(*values, "")[0])


def joint(name: str, *attributes: Attribute, aliases: tuple[str, ...] = ()) -> Label:
    return Label(id=5, name=name, color="#000", attributes=attributes, aliases=aliases)


LABELS = (
    Label(
        id=1, name="car", color="#000", attributes=(question("paint", "red", "blue"), question("note", mutable=True))
    ),
    Label(id=2, name="bus", color="#000", attributes=(question("paint", "red"), question("note", mutable=True))),
    Label(id=3, name="lane", color="#000", type="polyline"),
    Label(id=4, name="body", color="#000", type="skeleton", sublabels=(joint("head", question("hat")), joint("foot"))),
    Label(id=5, name="doll", color="#000", type="skeleton", sublabels=(joint("head", question("hat")), joint("foot"))),
    Label(id=6, name="snake", color="#000", type="skeleton", sublabels=(joint("head"),)),
)


def box(number: int, **attributes: str) -> Shape:
    return Shape(frame=0, id=number, type="rectangle", label="car", points=(0.0, 0.0, 1.0, 1.0), attributes=attributes)


def body(*names: str) -> Shape:
    elements = tuple(
        Element(id=10 + index, type="points", label=name, points=(0.0, 0.0), attributes={"hat": "yes"})
        for index, name in enumerate(names)
    )
    return Shape(frame=0, id=9, type="skeleton", label="body", elements=elements)


def test_attributes_are_carried_by_name_and_what_has_no_place_is_told() -> None:
    keyframes = (
        Keyframe(frame=0, track=3, type="mask", points=(0.0, 1.0, 0.0, 0.0, 0.0, 0.0), attributes={"note": "x"}),
    )
    track = Track(id=3, label="car", attributes={"paint": "red"}, keyframes=keyframes)
    document = Annotations(shapes=(box(1, paint="blue", note="n"), box(2, paint="red")), tracks=(track,))
    change = change_label(document, [1, 2, 3], "bus", labels=LABELS)
    assert [(shape.label, shape.attributes) for shape in change.shapes] == [
        ("bus", {"note": "n"}),
        ("bus", {"paint": "red"}),
    ]
    assert change.tracks[0].label == "bus"
    assert change.tracks[0].keyframes == keyframes
    assert lost_attributes(document, [1, 2, 3], "bus", labels=LABELS) == {1: {"paint": "blue"}}
    assert change_label(document, [1], "car", labels=LABELS).is_empty


def test_a_skeleton_goes_to_one_with_the_same_elements() -> None:
    document = Annotations(shapes=(body("head", "foot"),))
    (shape,) = change_label(document, [9], "doll", labels=LABELS).shapes
    assert shape.label == "doll"
    assert shape.elements[0].attributes == {"hat": "yes"}
    assert lost_attributes(document, [9], "doll", labels=LABELS) == {11: {"hat": "yes"}}
    with pytest.raises(InvalidInput, match="The skeleton 9 and the label 'snake' differ in: foot"):
        change_label(document, [9], "snake", labels=LABELS)


@pytest.mark.parametrize(
    ("item", "label", "words"),
    [
        (box(1), "tram", "no label 'tram'"),
        (box(1), "lane", "Object 1 is a rectangle, and the label 'lane' is for polyline objects"),
        (box(1), "doll", "for skeleton objects"),
        (body("head", "foot"), "car", "Object 9 is a skeleton, and the label 'car' is none"),
    ],
)
def test_labels_for_other_objects_are_refused(item: Shape, label: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        change_label(Annotations(shapes=(item,)), [item.id], label, labels=LABELS)


def test_answers_are_given_to_shapes_tracks_and_keyframes() -> None:
    keyframes = tuple(
        Keyframe(frame=frame, track=3, type="points", points=(0.0, 0.0), attributes=values)
        for frame, values in ((0, {"note": "a"}), (10, {"note": "b"}))
    )
    document = Annotations(shapes=(box(1, note="n"),), tracks=(Track(id=3, label="car", keyframes=keyframes),))
    change = set_attributes(document, [1, 3], {"paint": "blue", "note": "z"}, labels=LABELS)
    assert change.shapes[0].attributes == {"note": "z", "paint": "blue"}
    assert change.tracks[0].attributes == {"paint": "blue"}
    assert [key.attributes for key in change.tracks[0].keyframes] == [{"note": "z"}, {}]
    (track,) = set_attributes(document, [3], {"note": "z"}, labels=LABELS, frame=4).tracks
    assert [(key.frame, key.attributes) for key in track.keyframes] == [
        (0, {"note": "a"}),
        (4, {"note": "z"}),
        (10, {"note": "b"}),
    ]
    assert track.attributes == {}


@pytest.mark.parametrize(
    ("values", "words"),
    [({"size": "big"}, "no attribute 'size'"), ({"paint": "green"}, "'green' of 'paint' is not among")],
)
def test_answers_that_nobody_asked_for_are_refused(values: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        set_attributes(Annotations(shapes=(box(1),)), [1], values, labels=LABELS)


def test_a_group_is_a_new_number_and_can_be_left() -> None:
    document = Annotations(
        shapes=(box(1), msgspec.structs.replace(box(2), group=4)), tracks=(Track(id=3, label="car", group=7),)
    )
    change = group_objects(document, [1, 2])
    assert [shape.group for shape in change.shapes] == [8, 8]
    change = ungroup_objects(document, [1, 2, 3])
    assert [(shape.id, shape.group) for shape in change.shapes] == [(2, 0)]
    assert [(track.id, track.group) for track in change.tracks] == [(3, 0)]
