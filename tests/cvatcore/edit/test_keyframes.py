from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, remove_keyframe, set_keyframe, set_occluded, set_outside
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from cvatcore.tracks import keyframe_numbers
from kit.documents import STOP, looks, seen
from kit.moving import moving_tracks

frames = st.integers(0, STOP)
straight = moving_tracks(kind="rectangle") | moving_tracks(kind="ellipse") | moving_tracks(kind="cuboid")


@given(straight | moving_tracks(kind="skeleton") | moving_tracks(kind="mask"), frames)
def test_a_keyframe_of_what_is_there_changes_nothing(track: Track, frame: int) -> None:
    assume(frame >= keyframe_numbers(track)[0])
    document = Annotations(tracks=(track,))
    after = apply_change(document, set_keyframe(document, track.id, frame=frame)).tracks[0]
    lines = [line for line in (after, *after.elements) if line.keyframes and line.keyframes[0].frame <= frame]
    assert all(frame in [key.frame for key in line.keyframes] for line in lines)
    assert {at: looks(shape) for at, shape in seen(after).items()} == {
        at: looks(shape) for at, shape in seen(track).items()
    }


@given(straight, frames)
def test_a_keyframe_that_is_set_can_be_removed_again(track: Track, frame: int) -> None:
    assume(frame > keyframe_numbers(track)[0] and frame not in keyframe_numbers(track))
    document = Annotations(tracks=(track,))
    with_it = apply_change(document, set_keyframe(document, track.id, frame=frame))
    assert apply_change(with_it, remove_keyframe(with_it, track.id, frame=frame)) == document


@given(moving_tracks(), frames, st.booleans())
def test_what_is_outside_is_not_seen_up_to_the_next_keyframe(track: Track, frame: int, outside: bool) -> None:
    assume(not track.keyframes or frame >= track.keyframes[0].frame)
    assume(all(element.keyframes[0].frame <= frame for element in track.elements))
    document = Annotations(tracks=(track,))
    after = apply_change(document, set_outside(document, track.id, frame=frame, outside=outside)).tracks[0]
    later = [number for number in keyframe_numbers(track) if number > frame]
    following = later[0] if later else STOP + 1
    assert all((at in seen(after)) is not outside for at in range(frame, following))
    before = {at: looks(shape) for at, shape in seen(track).items()}
    assert {at: shape for at, shape in before.items() if at >= following} == {
        at: looks(shape) for at, shape in seen(after).items() if at >= following
    }


def key(frame: int, number: int = 1, **given: object) -> Keyframe:
    return Keyframe(frame=frame, track=number, type="points", points=(float(frame), 0.0), **given)  # type: ignore[arg-type]  # any field


CAR = Track(
    id=1, label="car", frame=2, keyframes=(key(2, attributes={"a": "y"}), key(12), key(22, attributes={"b": "z"}))
)
BODY = Track(
    id=1,
    label="body",
    frame=2,
    keyframes=(Keyframe(frame=2, track=1, type="skeleton"), Keyframe(frame=12, track=1, type="skeleton")),
    elements=(
        Track(id=2, label="1", frame=2, keyframes=(key(2, 2), key(12, 2))),
        Track(id=3, label="2", frame=2, keyframes=(key(2, 3),)),
    ),
)


def test_what_is_set_holds_from_there_on() -> None:
    document = Annotations(tracks=(CAR,))
    change = set_keyframe(
        document, 1, frame=7, changes={"points": (50, 5), "z_order": 3, "occluded": True, "attributes": {"b": "x"}}
    )
    keyframe = change.tracks[0].keyframes[1]
    assert keyframe == key(7, z_order=3, occluded=True, attributes={"b": "x"}).__class__(
        frame=7, track=1, type="points", points=(50.0, 5.0), occluded=True, z_order=3, attributes={"b": "x"}
    )
    assert change.tracks[0].keyframes[2:] == CAR.keyframes[1:]


def test_an_element_alone() -> None:
    document = Annotations(tracks=(BODY,))
    (track,) = set_keyframe(document, 3, frame=5, changes={"occluded": True}).tracks
    assert [[k.frame for k in line.keyframes] for line in (track, *track.elements)] == [[2, 12], [2, 12], [2, 5]]
    (track,) = set_outside(document, 2, frame=5).tracks
    assert [[(k.frame, k.outside) for k in element.keyframes] for element in track.elements] == [
        [(2, False), (5, True), (12, False)],
        [(2, False)],
    ]


def test_a_skeleton_comes_back_with_all_its_elements() -> None:
    (track,) = set_outside(Annotations(tracks=(BODY,)), 1, frame=5).tracks
    assert [[(k.frame, k.outside) for k in line.keyframes] for line in (track, *track.elements)] == [
        [(2, False), (5, True), (12, False)]
    ] * 3


def test_the_first_keyframe_leaves_its_attributes_behind() -> None:
    document = Annotations(tracks=(CAR,))
    (track,) = remove_keyframe(document, 1, frame=2).tracks
    assert (track.frame, track.keyframes[0]) == (12, key(12, attributes={"a": "y"}))
    (track,) = remove_keyframe(document, 1, frame=22).tracks
    assert [k.frame for k in track.keyframes] == [2, 12]


def test_an_element_keeps_its_only_keyframe() -> None:
    (track,) = remove_keyframe(Annotations(tracks=(BODY,)), 1, frame=2).tracks
    assert [[k.frame for k in line.keyframes] for line in (track, *track.elements)] == [[12], [12], [12]]
    assert track.elements[1].keyframes[0].points == (2.0, 0.0)


def test_shapes_and_their_elements_are_covered_too() -> None:
    elements = tuple(Element(id=number, type="points", label="1", points=(0.0, 0.0)) for number in (2, 3))
    body = Shape(frame=4, id=1, type="skeleton", label="body", elements=elements)
    document = Annotations(shapes=(body,))
    (whole,) = set_occluded(document, 1).shapes
    assert (whole.occluded, [element.occluded for element in whole.elements]) == (True, [True, True])
    (part,) = set_occluded(document, 3, frame=4).shapes
    assert (part.occluded, [element.occluded for element in part.elements]) == (False, [False, True])
    (gone,) = set_outside(document, 2, frame=4).shapes
    assert [element.outside for element in gone.elements] == [True, False]
    (track,) = set_occluded(Annotations(tracks=(BODY,)), 1, frame=5).tracks
    assert all(
        line.keyframes[1] == msgspec.structs.replace(line.keyframes[1], frame=5, occluded=True)
        for line in (track, *track.elements)
    )


TAG = Shape(frame=4, id=8, type="tag", label="car")
DOCUMENT = Annotations(shapes=(TAG,), tracks=(CAR,))


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: set_keyframe(DOCUMENT, 8, frame=4), "Object 8 is no track"),
        (lambda: set_keyframe(DOCUMENT, 1, frame=1), "Track 1 is not on frame 1: it begins on frame 2"),
        (lambda: set_keyframe(DOCUMENT, 1, frame=3, changes={"frame": 3}), "'frame' cannot be set"),
        (lambda: remove_keyframe(DOCUMENT, 1, frame=3), "no keyframe on frame 3"),
        (lambda: set_outside(DOCUMENT, 8, frame=4), "Object 8 is a shape"),
        (lambda: set_outside(DOCUMENT, 1, frame=0), "Track 1 is not on frame 0"),
        (lambda: set_occluded(DOCUMENT, 1), "Object 1 is a track"),
        (lambda: set_occluded(DOCUMENT, 8, frame=5), "Object 8 is on frame 4"),
        (lambda: set_outside(DOCUMENT, 77, frame=4), "There is no object 77"),
    ],
)
def test_what_is_not_there_is_refused(refused: object, words: str) -> None:
    assert callable(refused)
    with pytest.raises(InvalidInput, match=words):
        refused()


def test_the_only_keyframe_stays() -> None:
    document = Annotations(tracks=(Track(id=1, label="car", frame=2, keyframes=(key(2),)),))
    with pytest.raises(InvalidInput, match="its only keyframe"):
        remove_keyframe(document, 1, frame=2)
