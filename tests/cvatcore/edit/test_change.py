import math

import msgspec
import pytest
from hypothesis import given

from cvatcore import Annotations, ChangeSet, Keyframe, Shape, Track
from cvatcore.edit import MAX_ID, apply_change, canonical_change, check_change, invert_change
from cvatcore.errors import InvalidInput
from cvatcore.schema import Element
from kit.annotated import LABELS, box
from kit.objects import changes


@given(changes(), changes())
def test_undo_leads_back(first: ChangeSet, second: ChangeSet) -> None:
    before = apply_change(Annotations(), first)
    back = invert_change(before, second)
    assert apply_change(apply_change(before, second), back) == before
    again = invert_change(apply_change(before, second), back)
    assert apply_change(apply_change(apply_change(before, second), back), again) == apply_change(before, second)


@given(changes(), changes())
def test_a_change_sent_twice_does_no_more(first: ChangeSet, second: ChangeSet) -> None:
    before = apply_change(Annotations(), first)
    once = apply_change(before, second)
    assert apply_change(once, second) == once


@given(changes())
def test_objects_are_in_canonical_order(change: ChangeSet) -> None:
    found = apply_change(Annotations(), change)
    assert list(found.shapes) == sorted(found.shapes, key=lambda shape: (shape.frame, shape.id))
    assert list(found.tracks) == sorted(found.tracks, key=lambda track: track.id)
    assert all(tag.type == "tag" for tag in found.tags)


@given(changes())
def test_made_changes_are_valid_and_canonical(change: ChangeSet) -> None:
    check_change(change, labels=LABELS)
    assert canonical_change(change) == change


def test_whole_numbers_and_lists_become_what_is_stored() -> None:
    given_by_hand = Shape(frame=0, id=1, type="rectangle", label="car", points=[1, 2, 3, 4])  # type: ignore[arg-type]  # as people do
    (stored,) = canonical_change(ChangeSet(shapes=(given_by_hand,))).shapes
    assert stored.points == (1.0, 2.0, 3.0, 4.0)
    assert all(isinstance(number, float) for number in stored.points)


@pytest.mark.parametrize(
    "wrong", [{"frame": "3"}, {"label": "\ud800"}, {"id": 2**70}, {"points": (object(),)}, {"attributes": {"a": 1}}]
)
def test_values_that_cannot_be_stored_are_refused(wrong: dict[str, object]) -> None:
    shape = msgspec.structs.replace(box(1), **wrong)
    with pytest.raises(InvalidInput, match="cannot be stored"):
        canonical_change(ChangeSet(shapes=(shape,)))


def key(track: int, frame: int, **given: object) -> Keyframe:
    return msgspec.structs.replace(
        Keyframe(frame=frame, track=track, type="rectangle", points=(0.0, 0.0, 1.0, 1.0)), **given
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ChangeSet(shapes=(box(0),)), "id 0 is not between"),
        (ChangeSet(shapes=(box(MAX_ID + 1),)), "is not between 1 and 9007199254740991"),
        (ChangeSet(shapes=(box(1), box(1, 2))), "id 1 comes twice"),
        (ChangeSet(shapes=(box(1),), delete=frozenset({1})), "both put and deleted"),
        (ChangeSet(shapes=(box(1, label="bus"),)), "'bus', which the task does not have"),
        (ChangeSet(shapes=(box(1, -1),)), "on frame -1"),
        (ChangeSet(shapes=(box(1, at=math.nan),)), "not a finite number"),
        (ChangeSet(shapes=(msgspec.structs.replace(box(1), type="blob"),)), "type 'blob'"),
        (ChangeSet(shapes=(msgspec.structs.replace(box(1), rotation=361.0),)), "rotation 361.0"),
        (ChangeSet(shapes=(msgspec.structs.replace(box(1), points=(1.0,)),)), "has 1 numbers in points"),
        (
            ChangeSet(
                shapes=(
                    Shape(
                        frame=0,
                        id=1,
                        type="skeleton",
                        label="body",
                        elements=(Element(id=1, type="points", label="knee", points=(0.0, 0.0)),),
                    ),
                )
            ),
            "id 1 comes twice",
        ),
        (
            ChangeSet(
                shapes=(
                    Shape(
                        frame=0,
                        id=1,
                        type="skeleton",
                        label="body",
                        elements=(Element(id=2, type="points", label="elbow", points=(0.0, 0.0)),),
                    ),
                )
            ),
            "'elbow'",
        ),
        (ChangeSet(tracks=(Track(id=5, label="car", frame=-1),)), "Track 5 starts on frame -1"),
        (ChangeSet(tracks=(Track(id=5, label="car", keyframes=(key(6, 0),)),)), "a keyframe of track 6"),
        (ChangeSet(tracks=(Track(id=5, label="car", keyframes=(key(5, 3), key(5, 3))),)), "two keyframes on frame 3"),
        (
            ChangeSet(tracks=(Track(id=5, label="body", elements=(Track(id=6, label="car"),)),)),
            "Object 6 has the label 'car'",
        ),
    ],
)
def test_a_change_that_no_reader_could_use_is_refused(change: ChangeSet, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_change(change, labels=LABELS)
