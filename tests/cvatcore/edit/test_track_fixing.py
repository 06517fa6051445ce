"""Tracks that begin elsewhere than they say, put right as CVAT's server does."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import fix_track
from cvatcore.schema import Keyframe, ShapeType, Track
from cvatcore.tracks import track_shapes


def key(
    frame: int, *, track: int = 1, type: ShapeType = "rectangle", outside: bool = False, at: float = 0.0
) -> Keyframe:
    points = () if type == "skeleton" else (at, at, at + 5, at + 5)[: 2 if type == "points" else 4]
    return Keyframe(frame=frame, track=track, type=type, points=points, outside=outside, attributes={"a": str(frame)})


def frames(track: Track) -> list[tuple[int, bool]]:
    return [(keyframe.frame, keyframe.outside) for keyframe in track.keyframes]


def test_a_track_that_is_right_is_left_alone() -> None:
    for track in (
        Track(id=1, label="car", frame=3, keyframes=(key(3), key(5))),
        Track(id=1, label="car", frame=3),
        Track(
            id=1, label="body", frame=3, elements=(Track(id=2, label="knee", frame=3, keyframes=(key(3, track=2),)),)
        ),
    ):
        assert fix_track(track) is track


def test_before_its_first_keyframe_a_track_is_outside() -> None:
    fixed = fix_track(Track(id=1, label="car", frame=2, keyframes=(key(4, at=7.0), key(6))))
    assert (fixed.frame, frames(fixed)) == (2, [(2, True), (4, False), (6, False)])
    assert fixed.keyframes[0] == msgspec.structs.replace(fixed.keyframes[1], frame=2, outside=True)


def test_an_earlier_keyframe_lowers_the_track() -> None:
    fixed = fix_track(Track(id=1, label="car", frame=9, keyframes=(key(4), key(6))))
    assert (fixed.frame, frames(fixed)) == (4, [(4, False), (6, False)])


def test_a_skeletons_own_keyframe_is_moved() -> None:
    own = (key(5, type="skeleton"),)
    knee = Track(id=2, label="knee", frame=3, keyframes=(key(3, track=2, type="points"),))
    fixed = fix_track(Track(id=1, label="body", frame=3, keyframes=own, elements=(knee,)))
    assert (fixed.frame, frames(fixed)) == (3, [(3, False)])
    assert fixed.elements == (knee,)


def test_a_skeleton_begins_with_its_earliest_joint_and_its_joints_with_it() -> None:
    own = (key(6, type="skeleton"),)
    joints = (
        Track(id=2, label="knee", frame=6, keyframes=(key(2, track=2, type="points"),)),
        Track(id=3, label="hip", frame=8, keyframes=(key(8, track=3, type="points"), key(9, track=3, type="points"))),
        Track(id=4, label="toe", frame=7),
    )
    fixed = fix_track(Track(id=1, label="body", frame=6, keyframes=own, elements=joints))
    assert (fixed.frame, frames(fixed)) == (2, [(2, False)])
    knee, hip, toe = fixed.elements
    assert (knee.frame, frames(knee)) == (2, [(2, False)])
    assert (hip.frame, frames(hip)) == (2, [(2, True), (8, False), (9, False)])
    assert (toe.frame, frames(toe)) == (2, [])


types: st.SearchStrategy[ShapeType] = st.sampled_from(["rectangle", "polygon", "mask"])


@st.composite
def lines(draw: st.DrawFn, number: int) -> tuple[Keyframe, ...]:
    kind = draw(types)
    numbers = sorted(draw(st.sets(st.integers(0, 20), max_size=4)))
    return tuple(key(frame, track=number, type=kind, outside=draw(st.booleans())) for frame in numbers)


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    count = draw(st.integers(0, 3))
    elements = tuple(
        Track(id=n, label=f"joint {n}", frame=draw(st.integers(0, 20)), keyframes=draw(lines(n)))
        for n in range(2, 2 + count)
    )
    own = draw(lines(1))
    if count and own:
        own = (key(own[0].frame, type="skeleton"),)
    return Track(id=1, label="car", frame=draw(st.integers(0, 20)), keyframes=own, elements=elements)


@given(tracks())
def test_fixed_tracks_begin_with_a_keyframe_and_stay_as_they_are(track: Track) -> None:
    fixed = fix_track(track)
    assert fix_track(fixed) is fixed
    for one in (fixed, *fixed.elements):
        assert not one.keyframes or one.keyframes[0].frame == one.frame
        assert list(one.keyframes) == sorted(one.keyframes, key=lambda keyframe: keyframe.frame)
    assert all(element.frame == fixed.frame for element in fixed.elements)
    assert fixed.frame == min(
        [track.frame]
        + [one.frame for one in track.elements]
        + [one.keyframes[0].frame for one in (track, *track.elements) if one.keyframes]
    )


@given(tracks())
def test_no_keyframe_is_lost_and_nothing_more_is_seen(track: Track) -> None:
    fixed = fix_track(track)
    for before, after in zip((track, *track.elements), (fixed, *fixed.elements), strict=True):
        added = len(after.keyframes) - len(before.keyframes)
        assert added in (0, 1)
        if not track.elements:
            assert after.keyframes[added:] == before.keyframes
    if not track.elements:
        assert [item.shape for item in track_shapes(fixed, stop=25)] == [
            item.shape for item in track_shapes(track, stop=25)
        ]


@pytest.mark.parametrize("frame", [0, 5])
def test_attributes_are_carried(frame: int) -> None:
    fixed = fix_track(Track(id=1, label="car", frame=frame, keyframes=(key(5),)))
    assert fixed.keyframes[0].attributes == {"a": "5"}
