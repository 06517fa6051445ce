from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, ids_above, merge_objects, split_track
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from kit.documents import LABELS, STOP, looks, seen
from kit.moving import moving_tracks


def split(track: Track, frame: int) -> tuple[Track, Track] | None:
    document = Annotations(tracks=(track,))
    try:
        first, second = split_track(document, track.id, frame=frame, ids=ids_above(document)).tracks
    except InvalidInput:
        shown = seen(track, stop=2 * STOP)
        assert not any(at < frame for at in shown) or not any(at >= frame for at in shown)
        return None
    return first, second


@given(moving_tracks(), st.integers(0, STOP))
def test_nothing_that_is_seen_changes(track: Track, frame: int) -> None:
    parts = split(track, frame)
    if parts is None:
        return
    first, second = seen(parts[0]), seen(parts[1])
    assert all(at < frame for at in first)
    assert all(at >= frame for at in second)
    assert {at: looks(shape) for at, shape in (first | second).items()} == {
        at: looks(shape) for at, shape in seen(track).items()
    }


@given(moving_tracks(), st.integers(0, STOP))
def test_merging_the_parts_gives_the_same_states(track: Track, frame: int) -> None:
    parts = split(track, frame)
    if parts is None:
        return
    change = merge_objects(Annotations(tracks=parts), [part.id for part in parts], labels=LABELS, stop=STOP)
    (merged,) = apply_change(Annotations(tracks=parts), change).tracks
    assert merged.id == track.id
    assert {at: looks(shape) for at, shape in seen(merged).items()} == {
        at: looks(shape) for at, shape in seen(track).items()
    }


def key(frame: int, x: float, **given: object) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0.0, x + 10, 10.0), **given)  # type: ignore[arg-type]  # any field


CAR = Track(
    id=1, label="car", group=4, attributes={"c": "y"}, keyframes=(key(0, 0, attributes={"a": "y"}), key(20, 40))
)


def test_the_second_part_begins_with_the_state_there_and_the_first_ends_outside() -> None:
    parts = split(CAR, 5)
    assert parts is not None
    first, second = parts
    assert [(k.frame, k.points[0], k.outside, k.attributes) for k in first.keyframes] == [
        (0, 0.0, False, {"a": "y"}),
        (5, 10.0, True, {}),
    ]
    assert [(k.frame, k.points[0], k.outside, k.attributes) for k in second.keyframes] == [
        (5, 10.0, False, {"a": "y"}),
        (20, 40.0, False, {}),
    ]
    assert (second.id, second.frame, second.label, second.group, second.attributes) == (2, 5, "car", 4, {"c": "y"})


@pytest.mark.parametrize(("frame", "words"), [(0, "before frame 0"), (-3, "before frame -3"), (21, "on frame 21 or")])
def test_a_side_without_anything_is_refused(frame: int, words: str) -> None:
    ended = Track(id=1, label="car", keyframes=(key(0, 0), key(20, 0, outside=True)))
    document = Annotations(tracks=(ended,))
    with pytest.raises(InvalidInput, match=words):
        split_track(document, 1, frame=frame, ids=ids_above(document))


def test_a_shape_is_not_split() -> None:
    document = Annotations(shapes=(Shape(frame=3, id=1, type="tag", label="car"),))
    with pytest.raises(InvalidInput, match="is no track"):
        split_track(document, 1, frame=4, ids=ids_above(document))
