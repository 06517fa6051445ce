from __future__ import annotations

import math

import msgspec
import pytest

from cvatcore.edit import ChangeSet, check_change
from cvatcore.errors import InvalidInput
from cvatcore.schema import Keyframe, Label, Shape, Track

LABELS = (Label(id=1, name="car", color="#000000", aliases=("auto",)),)
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
