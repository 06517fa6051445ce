from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, ids_above, propagate_objects
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from kit.documents import STOP, all_objects, documents, looks, seen, still_shapes
from kit.moving import moving_tracks

frames = st.integers(0, STOP)


@given(moving_tracks(), frames, frames)
def test_a_track_stays_on_those_frames_and_is_as_before_on_others(track: Track, frame: int, to: int) -> None:
    before = seen(track)
    assume(frame in before and to != frame)
    document = Annotations(tracks=(track,))
    change = propagate_objects(document, [track.id], frame=frame, to=to, ids=ids_above(document), stop=STOP)
    (after,) = apply_change(document, change).tracks
    shown = seen(after)
    held = range(min(frame, to), max(frame, to) + 1)
    assert {at: looks(shape) for at, shape in shown.items() if at not in held} == {
        at: looks(shape) for at, shape in before.items() if at not in held
    }
    assert all(looks(shown[at]) == looks(before[frame]) for at in held)


@given(still_shapes(number=10), frames, st.sets(frames, max_size=4))
def test_shapes_are_copied_to_each_frame_that_is_there(shape: Shape, to: int, deleted: set[int]) -> None:
    assume(to != shape.frame)
    document = Annotations(shapes=(shape,))
    change = propagate_objects(
        document, [10], frame=shape.frame, to=to, ids=ids_above(document), stop=STOP, deleted=deleted
    )
    low, high = sorted((shape.frame, to))
    assert sorted(copy.frame for copy in change.shapes) == [
        at for at in range(low, high + 1) if at != shape.frame and at not in deleted
    ]
    for copy in change.shapes:
        elements = tuple(
            msgspec.structs.replace(element, id=old.id)
            for element, old in zip(copy.elements, shape.elements, strict=True)
        )
        assert msgspec.structs.replace(copy, id=10, frame=shape.frame, elements=elements) == shape


@given(moving_tracks(), frames, frames)
def test_copies_of_a_track_leave_it_as_it_is(track: Track, frame: int, to: int) -> None:
    before = seen(track)
    assume(frame in before and to != frame)
    document = Annotations(tracks=(track,))
    change = propagate_objects(
        document, [track.id], frame=frame, to=to, ids=ids_above(document), stop=STOP, tracks="shapes"
    )
    assert change.tracks == ()
    assert len(change.shapes) == abs(to - frame)
    assert all(looks(copy) == looks(before[frame]) for copy in change.shapes)


def test_backwards_a_track_begins_earlier() -> None:
    document = Annotations(tracks=(_car(8, 12),))
    change = propagate_objects(document, [1], frame=8, to=3, ids=ids_above(document), stop=STOP)
    assert [(key.frame, key.points[0]) for key in change.tracks[0].keyframes] == [
        (3, 8.0),
        (8, 8.0),
        (9, 9.0),
        (12, 12.0),
    ]
    assert change.tracks[0].frame == 3


@given(documents())
def test_what_is_not_seen_on_the_frame_is_refused(document: Annotations) -> None:
    for item in all_objects(document):
        there = {item.frame} if isinstance(item, Shape) else seen(item).keys()
        for frame in set(range(STOP)) - set(there):
            with pytest.raises(InvalidInput, match=f"Object {item.id} is not seen on frame {frame}"):
                propagate_objects(document, [item.id], frame=frame, to=STOP, ids=ids_above(document), stop=STOP)
            break


@pytest.mark.parametrize("to", [-1, 8, STOP + 1])
def test_frames_outside_of_the_job_are_refused(to: int) -> None:
    document = Annotations(tracks=(_car(8, 12),))
    with pytest.raises(InvalidInput, match=f"up to frame {to}"):
        propagate_objects(document, [1], frame=8, to=to, ids=ids_above(document), stop=STOP)


def _car(*frames: int) -> Track:
    keyframes = tuple(
        Keyframe(frame=frame, track=1, type="rectangle", points=(float(frame), 0.0, 50.0, 9.0)) for frame in frames
    )
    return Track(id=1, label="car", frame=frames[0], keyframes=keyframes)
