from __future__ import annotations

from unittest import mock

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import track_shapes
from cvatformats import walking
from cvatformats.walking import TrackWalk
from kit.moving import moving_tracks

LAST = 25


@given(st.lists(moving_tracks(last=LAST), max_size=4), st.integers(1, 40), st.integers(1, 9))
def test_frame_by_frame_it_is_what_the_tracks_show(tracks: list[Track], shapes: int, frames: int) -> None:
    numbered = [msgspec.structs.replace(track, id=number) for number, track in enumerate(tracks, start=1)]
    expected = [item for track in numbered for item in track_shapes(track, stop=LAST)]
    expected.sort(key=lambda item: (item.shape.frame, item.shape.id))
    with mock.patch.multiple(walking, _SHAPES=shapes, _FRAMES=frames):
        walk = TrackWalk(numbered, stop=LAST)
        found = [item for frame in range(LAST + 1) for item in walk.on(frame)]
    assert found == expected


def test_no_more_than_a_run_is_in_memory() -> None:
    tracks = [
        Track(
            id=number, label="car", keyframes=(Keyframe(frame=0, track=number, type="rectangle", points=(0, 0, 1, 1)),)
        )
        for number in range(walking._SHAPES // 4)
    ]
    walk = TrackWalk(tracks, stop=1000)
    for frame in range(12):
        assert len(walk.on(frame)) == len(tracks)
        waiting = sum(len(items) for items in walk._made.values())
        assert waiting <= walking._SHAPES


def test_an_empty_track_is_never_seen() -> None:
    walk = TrackWalk([Track(id=1, label="car")], stop=3)
    assert [len(walk.on(frame)) for frame in range(4)] == [0] * 4
