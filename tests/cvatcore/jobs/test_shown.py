from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.jobs.shown import first_shown, next_left, shown
from cvatcore.schema import Annotations, Keyframe, Track
from cvatcore.tracks import track_shapes
from kit.annotated import box
from kit.moving import moving_tracks

LAST = 20
frames = st.sets(st.integers(0, LAST)).map(sorted)


def car(*places: tuple[int, bool]) -> Track:
    keyframes = tuple(
        Keyframe(frame=frame, track=1, type="rectangle", points=(0, 0, 9, 9), outside=outside)
        for frame, outside in places
    )
    return Track(id=1, label="car", frame=places[0][0], keyframes=keyframes)


def test_a_track_that_begins_on_a_deleted_frame_is_seen_from_the_next_one() -> None:
    track = car((3, False), (6, True), (8, False))
    assert first_shown(track, deleted=[3, 4], stop=9) == 5
    assert first_shown(track, deleted=[3, 4, 5], stop=9) == 8
    assert first_shown(track, deleted=[3, 4, 5, 8], stop=9) == 9
    assert first_shown(track, deleted=[3, 4, 5, 8, 9], stop=9) is None


def test_shapes_on_deleted_frames_do_not_count() -> None:
    objects = Annotations(shapes=(box(1, 3), box(2, 4)), tracks=(car((3, False), (4, True)),))
    left = shown(objects, deleted=(3,), stop=9)
    assert ([shape.id for shape in left.shapes], left.tracks) == ([2], ())
    assert shown(objects, deleted=(), stop=9) is objects


@given(moving_tracks(last=LAST), frames)
def test_it_is_the_first_frame_that_shows_it(track: Track, deleted: list[int]) -> None:
    seen = [item.shape.frame for item in track_shapes(track, stop=LAST) if item.shape.frame not in deleted]
    assert first_shown(track, deleted=deleted, stop=LAST) == next(iter(seen), None)


@given(st.integers(0, LAST), frames)
def test_frames_that_are_left(start: int, deleted: list[int]) -> None:
    assert next_left(start, deleted=deleted) == min(set(range(start, LAST + 2)) - set(deleted))
