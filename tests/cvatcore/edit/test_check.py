from __future__ import annotations

import math

import msgspec
import pytest

from cvatcore.edit import ChangeSet, check_change
from cvatcore.errors import InvalidInput
from cvatcore.schema import Element, Keyframe, Label, Shape, ShapeType, Track

BODY = Label(
    id=2,
    name="body",
    color="#111111",
    type="skeleton",
    sublabels=(Label(id=3, name="knee", color="#2"), Label(id=4, name="hip", color="#3")),
)
LABELS = (Label(id=1, name="car", color="#000000", aliases=("auto",)), BODY)
GOOD = Shape(frame=0, id=1, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"label": "dog"}, "has the label 'dog'"),
        ({"id": 0}, "id 0"),
        ({"id": 2**53}, "id 9007199254740992"),
        ({"frame": -1}, "on frame -1"),
        ({"frame": 2**31}, "on frame 2147483648"),
        ({"points": (1.0, 2.0, 3.0)}, "3 numbers"),
        ({"points": (1.0, 2.0, 3.0, math.nan)}, "not a finite number"),
        ({"rotation": 361.0}, "rotation 361"),
        ({"group": -1}, "group -1"),
        ({"z_order": 2**40}, "z-order"),
        ({"score": 1.5}, "score 1.5"),
        ({"type": "polygon"}, "6 or more"),
        ({"type": "mask", "points": (1.0, 2.0, 0.0, 0.0, 1.0, 1.0)}, "run lengths for 3 pixels in a box of 2x2"),
        ({"type": "ellipse", "points": (1.0, 2.0)}, "2 numbers in points where 4 belong"),
        ({"type": "cuboid"}, "4 numbers in points where 16 belong"),
        ({"type": "tag"}, "4 numbers in points where 0 belong"),
        ({"elements": (Element(id=2, type="points", label="knee", points=(1.0, 1.0)),)}, "only skeletons have"),
    ],
)
def test_a_wrong_shape_is_named(fields: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_change(ChangeSet(shapes=(msgspec.structs.replace(GOOD, **fields),)), labels=LABELS)


def test_a_former_name_of_a_label_will_do() -> None:
    check_change(ChangeSet(shapes=(GOOD, msgspec.structs.replace(GOOD, id=2, label="auto"))), labels=LABELS)


def test_an_id_comes_once() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        check_change(ChangeSet(shapes=(GOOD, GOOD)), labels=LABELS)
    with pytest.raises(InvalidInput, match="both put and deleted"):
        check_change(ChangeSet(shapes=(GOOD,), delete=frozenset({1})), labels=LABELS)


def test_a_track_has_one_keyframe_a_frame_and_all_are_its_own() -> None:
    key = Keyframe(frame=3, track=5, type="rectangle", points=(1.0, 2.0, 3.0, 4.0))
    check_change(ChangeSet(tracks=(Track(id=5, label="car", keyframes=(key,)),)), labels=LABELS)
    with pytest.raises(InvalidInput, match="two keyframes on frame 3"):
        check_change(ChangeSet(tracks=(Track(id=5, label="car", keyframes=(key, key)),)), labels=LABELS)
    with pytest.raises(InvalidInput, match="keyframe of track 5"):
        check_change(ChangeSet(tracks=(Track(id=6, label="car", keyframes=(key,)),)), labels=LABELS)


def body(*elements: Element) -> Shape:
    return Shape(frame=0, id=1, type="skeleton", label="body", elements=elements)


def joint(number: int, label: str = "knee", type: ShapeType = "points", **given: object) -> Element:
    return msgspec.structs.replace(Element(id=number, type=type, label=label, points=(1.0, 1.0)), **given)


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ((joint(2), joint(3)), "Object 1 has two elements of the label 'knee'"),
        ((joint(2), joint(2, "hip")), "id 2 comes twice"),
        ((joint(2, "nose"),), "Object 2 has the label 'nose'"),
        ((joint(2, points=(1.0,)),), "Object 2 .points of object 1. has 1 numbers"),
        ((joint(2, rotation=400.0),), "Object 2 .points of object 1. has the rotation 400"),
        ((joint(2, z_order=2**40),), "Object 2 .points of object 1. has the z-order"),
        ((joint(2, type="skeleton", points=()),), "the element 2, a skeleton"),
        ((joint(2, type="tag", points=()),), "the element 2, a tag"),
    ],
)
def test_wrong_elements_are_named(elements: tuple[Element, ...], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_change(ChangeSet(shapes=(body(*elements),)), labels=LABELS)


def test_some_or_no_elements_will_do() -> None:
    check_change(ChangeSet(shapes=(body(),)), labels=LABELS)
    check_change(ChangeSet(shapes=(body(joint(2), joint(3, "hip", outside=True)),)), labels=LABELS)


def key(frame: int, *, track: int = 5, type: ShapeType = "rectangle", **given: object) -> Keyframe:
    points = {"rectangle": (1.0, 2.0, 3.0, 4.0), "points": (1.0, 1.0)}.get(type, ())
    return msgspec.structs.replace(Keyframe(frame=frame, track=track, type=type, points=points), **given)


def knee(number: int = 6, label: str = "knee", *keyframes: Keyframe, **given: object) -> Track:
    track = Track(id=number, label=label, keyframes=keyframes or (key(0, track=number, type="points"),))
    return msgspec.structs.replace(track, **given)


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (
            Track(id=5, label="car", keyframes=(key(0), key(4, type="points"))),
            "Track 5 is a rectangle on frame 0 and a points on frame 4",
        ),
        (Track(id=5, label="car", keyframes=(key(4, points=(1.0,)),)), "Track 5 on frame 4 .rectangle. has 1 numbers"),
        (Track(id=5, label="car", keyframes=(key(0, type="tag"),)), "Track 5 on frame 0 .tag. is a tag"),
        (Track(id=5, label="car", keyframes=(key(-1),)), "Track 5 on frame -1"),
        (Track(id=5, label="car", keyframes=(key(0, z_order=2**40),)), "z-order"),
        (Track(id=5, label="car", keyframes=(key(0, rotation=-1.0),)), "rotation -1.0"),
        (Track(id=5, label="car", group=-1), "Track 5 has the group -1"),
        (Track(id=5, label="car", frame=2**31), "Track 5 is on frame 2147483648"),
        (Track(id=5, label="body", keyframes=(key(0),), elements=(knee(),)), "Track 5 is a rectangle with elements"),
        (Track(id=5, label="body", elements=(knee(), knee(7))), "two elements of the label 'knee'"),
        (Track(id=5, label="body", elements=(knee(6, "nose"),)), "Object 6 has the label 'nose'"),
        (
            Track(id=5, label="body", elements=(knee(6, "knee", key(0, track=6, type="skeleton")),)),
            "the element 6, a skeleton",
        ),
        (Track(id=5, label="body", elements=(knee(elements=(knee(7),)),)), "the element 6, a skeleton"),
        (
            Track(id=5, label="body", elements=(knee(6, "knee", key(0, track=6), key(0, track=6)),)),
            "Track 6 has two keyframes on frame 0",
        ),
    ],
)
def test_a_wrong_track_is_named(track: Track, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_change(ChangeSet(tracks=(track,)), labels=LABELS)


def test_what_clients_may_send_is_kept() -> None:
    """Doubtful, and left to `cvat validate`: nothing of it may be refused, since clients count what they get back."""
    for track in (
        Track(id=5, label="car"),
        Track(id=5, label="car", frame=9, keyframes=(key(3),)),
        Track(id=5, label="car", attributes={"unknown": "x"}, keyframes=(key(3, attributes={"other": "y"}),)),
        Track(id=5, label="body", keyframes=(key(0, type="skeleton"),)),
        Track(id=5, label="body", elements=(knee(),)),
    ):
        check_change(ChangeSet(tracks=(track,)), labels=LABELS)
    typed = (msgspec.structs.replace(LABELS[0], type="polygon"),)
    check_change(ChangeSet(shapes=(GOOD,)), labels=typed)
