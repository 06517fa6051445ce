from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.tracks import TrackTable, track_shapes
from kit.moving import moving_tracks

LAST = 24


@st.composite
def documents(draw: st.DrawFn) -> list[Track]:
    return [draw(moving_tracks(number=number * 10)) for number in range(1, draw(st.integers(0, 5)) + 1)]


@given(documents(), st.booleans())
def test_a_frame_of_the_table_is_that_frame_of_every_track(tracks: list[Track], outside: bool) -> None:
    table = TrackTable(tracks)
    expected: dict[int, list[Shape]] = {}
    for track in tracks:
        for item in track_shapes(track, stop=LAST, outside="all" if outside else "none"):
            expected.setdefault(item.shape.frame, []).append(item.shape)
    for frame in (*range(LAST + 1), 3, 0):
        assert table.on(frame, outside=outside) == expected.get(frame, [])


def test_frames_before_and_long_after_the_tracks() -> None:
    keyframe = Keyframe(frame=2, track=1, type="rectangle", points=(0.0, 0.0, 5.0, 5.0))
    table = TrackTable([Track(id=1, label="car", frame=2, keyframes=(keyframe,))])
    assert table.on(-5) == []
    assert [shape.frame for shape in table.on(10_000_000)] == [10_000_000]
    assert TrackTable([]).on(3) == []
