from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Track
from cvatformats.tracks import Tracked, cut_track, settle, state_at, track_shapes


def key(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0, x + 10, 10), **fields)


def seen(track: Track, start: int, stop: int) -> dict[int, tuple[float, ...]]:
    """Where the track is on each frame."""
    items = track_shapes(track, start=start, stop=stop, number=0)
    return {item.shape.frame: item.shape.points for item in items if isinstance(item, Tracked)}


def test_between_two_keyframes() -> None:
    keyframes = (key(0, 0), key(4, 8, occluded=True))
    state = state_at(keyframes, 1)
    assert state is not None
    assert (state.points[0], state.occluded) == (2, False)
    assert state_at(keyframes[1:], 3) is None


@pytest.mark.parametrize(("before", "after", "middle"), [(10, 30, 20), (350, 10, 0), (10, 350, 0), (0, 0, 0)])
def test_rotation_takes_the_shorter_way(before: float, after: float, middle: float) -> None:
    state = state_at((key(0, 0, rotation=before), key(2, 0, rotation=after)), 1)
    assert state is not None
    assert state.rotation == middle


def test_mutable_attributes_last() -> None:
    settled = settle((key(3, 0, attributes={"a": "2"}), key(0, 0, attributes={"a": "1", "b": "1"})))
    assert [keyframe.attributes for keyframe in settled] == [{"a": "1", "b": "1"}, {"a": "2", "b": "1"}]


def test_a_track_is_cut_where_it_moves_and_where_it_is_gone() -> None:
    track = Track(id=1, label="car", keyframes=(key(0, 0), key(10, 100), key(12, 120, outside=True)))
    middle = cut_track(track, start=3, stop=6)
    assert middle is not None
    assert [(k.frame, k.points[0]) for k in middle.keyframes] == [(3, 30), (6, 60)]
    assert middle.frame == 3
    assert cut_track(track, start=12, stop=20) is None


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    frames = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=6)))
    keyframes = tuple(key(frame, draw(st.integers(0, 50)), outside=draw(st.booleans())) for frame in frames)
    return Track(id=1, label="car", frame=frames[0], keyframes=keyframes)


@given(tracks(), st.lists(st.integers(1, 30), max_size=4, unique=True))
def test_cutting_changes_nothing_that_is_seen(track: Track, cuts: list[int]) -> None:
    bounds = [0, *sorted(cuts), 31]
    parts: dict[int, tuple[float, ...]] = {}
    for start, end in pairwise(bounds):
        part = cut_track(track, start=start, stop=end - 1)
        if part is not None:
            assert not part.keyframes[0].outside
            parts |= seen(part, start, end - 1)
    whole = seen(track, 0, 30)
    assert parts.keys() == whole.keys()
    for frame, points in whole.items():
        assert parts[frame] == pytest.approx(points)
