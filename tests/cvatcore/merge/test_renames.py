"""Objects under the names that labels have in a merge."""

from msgspec.structs import replace

from cvatcore import Annotations, Keyframe, Shape, Track
from cvatcore.merge.renames import renamed, renames
from cvatcore.schema import Attribute, Element, Label

COLOR = Attribute(id=9, name="color")
CAR = Label(id=1, name="car", color="#ff0000", attributes=(COLOR,))
BUS = Label(id=2, name="bus", color="#00ff00")
KNEE = Label(id=4, name="knee", color="#0000ff", attributes=(replace(COLOR, id=8),))
BODY = Label(id=3, name="body", color="#0000ff", type="skeleton", sublabels=(KNEE,))
AUTO = replace(CAR, name="auto", aliases=("car",), attributes=(replace(COLOR, name="paint"),))
JOINT = replace(KNEE, name="genu", aliases=("knee",), attributes=(replace(COLOR, id=8, name="paint"),))

KEY = Keyframe(frame=0, track=6, type="rectangle", points=(0.0, 0.0, 9.0, 9.0), attributes={"color": "red"})
OBJECTS = Annotations(
    shapes=(
        Shape(frame=0, id=1, type="tag", label="car", attributes={"color": "red", "size": "9"}),
        Shape(frame=0, id=2, type="tag", label="bus", attributes={"color": "red"}),
        Shape(
            frame=0,
            id=3,
            type="skeleton",
            label="body",
            elements=(Element(id=4, type="points", label="knee", points=(1.0, 1.0), attributes={"color": "red"}),),
        ),
    ),
    tracks=(
        Track(id=6, label="car", attributes={"color": "blue"}, keyframes=(KEY,)),
        Track(id=7, label="body", elements=(Track(id=8, label="knee", keyframes=(replace(KEY, track=8),)),)),
    ),
)


def test_labels_joints_and_attributes_get_their_new_names_everywhere() -> None:
    found = renamed(OBJECTS, renames((CAR, BUS, BODY), (AUTO, BUS, replace(BODY, sublabels=(JOINT,)))))
    first, second, body = found.shapes
    assert (first.label, first.attributes) == ("auto", {"paint": "red", "size": "9"})
    assert second == OBJECTS.shapes[1]
    assert body.label == "body"
    assert [(one.label, one.attributes) for one in body.elements] == [("genu", {"paint": "red"})]
    track, moving = found.tracks
    assert (track.label, track.attributes) == ("auto", {"paint": "blue"})
    assert track.keyframes == (replace(KEY, attributes={"paint": "red"}),)
    assert [one.label for one in moving.elements] == ["genu"]
    assert moving.elements[0].keyframes == (replace(KEY, track=8, attributes={"paint": "red"}),)


def test_names_that_stay_change_nothing() -> None:
    assert renames((CAR, BUS, BODY), (CAR, BUS, BODY)) == {}
    assert renamed(OBJECTS, {}) is OBJECTS


def test_a_former_name_stands_for_the_label_unless_another_has_it_now() -> None:
    vehicle = replace(AUTO, name="vehicle", aliases=("auto", "car"))
    assert {name: one.label for name, one in renames((AUTO,), (vehicle,)).items()} == {
        "auto": "vehicle",
        "car": "vehicle",
    }
    new = Label(id=20, name="car", color="#ffffff")
    found = renames((AUTO, new), (vehicle, new))
    assert {name: one.label for name, one in found.items()} == {"auto": "vehicle"}


def test_labels_of_another_id_are_found_by_name_and_those_that_are_gone_are_left_out() -> None:
    united = replace(AUTO, id=30, attributes=())
    assert {name: one.label for name, one in renames((CAR,), (united,)).items()} == {"car": "auto"}
    assert renames((CAR,), (BUS,)) == {}
