from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.schema import Keyframe, ShapeType
from cvatcore.tracks import row_states, settle, state_at, track_rows
from kit.moving import MOVING, lines

kinds = st.sampled_from(MOVING)
LAST = 24


@given(kinds.flatmap(lines))
def test_it_hits_its_keyframes(keyframes: tuple[Keyframe, ...]) -> None:
    settled = settle(keyframes)
    states = {state.frame: state for state in row_states(track_rows(settled, stop=LAST, outside="all"))}
    for keyframe in settled:
        assert states[keyframe.frame] == keyframe


@given(kinds.flatmap(lines))
def test_there_is_a_state_on_every_frame_from_the_first_keyframe_on(keyframes: tuple[Keyframe, ...]) -> None:
    rows = track_rows(settle(keyframes), stop=LAST, outside="all")
    assert rows.frames.tolist() == list(range(keyframes[0].frame, LAST + 1))
    assert len(rows) == LAST + 1 - keyframes[0].frame


@given(kinds.flatmap(lines), st.integers(0, LAST), st.integers(0, LAST))
def test_a_run_of_frames_is_that_part_of_the_whole(keyframes: tuple[Keyframe, ...], start: int, stop: int) -> None:
    settled = settle(keyframes)
    for outside in ("none", "keyframes", "all"):
        whole = row_states(track_rows(settled, stop=LAST, outside=outside))
        part = row_states(track_rows(settled, start=start, stop=stop, outside=outside))
        assert part == [state for state in whole if start <= state.frame <= stop]


@given(kinds.flatmap(lines))
def test_what_is_outside_is_left_out_unless_asked_for(keyframes: tuple[Keyframe, ...]) -> None:
    settled = settle(keyframes)
    everything = row_states(track_rows(settled, stop=LAST, outside="all"))
    ends = {keyframe.frame for keyframe in settled}
    seen = row_states(track_rows(settled, stop=LAST))
    assert seen == [state for state in everything if not state.outside]
    marked = row_states(track_rows(settled, stop=LAST, outside="keyframes"))
    assert marked == [state for state in everything if not state.outside or state.frame in ends]


@given(kinds.flatmap(lines))
def test_one_frame_is_that_frame_of_all(keyframes: tuple[Keyframe, ...]) -> None:
    settled = settle(keyframes)
    states = {state.frame: state for state in row_states(track_rows(settled, stop=LAST, outside="all"))}
    for frame in range(LAST + 1):
        assert state_at(settled, frame) == states.get(frame)


@given(lines("rectangle"))
def test_a_box_between_two_is_between_them(keyframes: tuple[Keyframe, ...]) -> None:
    states = {state.frame: state for state in row_states(track_rows(settle(keyframes), stop=LAST, outside="all"))}
    for before, after in pairwise(keyframes):
        for frame in range(before.frame, after.frame + 1):
            for value, one, other in zip(states[frame].points, before.points, after.points, strict=True):
                assert min(one, other) - 1e-6 <= value <= max(one, other) + 1e-6


@pytest.mark.parametrize("kind", ["polygon", "polyline"])
@given(data=st.data())
def test_curves_between_two_stay_in_the_box_around_both_and_are_whole(kind: ShapeType, data: st.DataObject) -> None:
    keyframes = data.draw(lines(kind))
    for state in row_states(track_rows(settle(keyframes), stop=LAST, outside="all")):
        assert len(state.points) % 2 == 0
        assert len(state.points) >= 2
        assert all(-1000 - 1e-6 <= value <= 1000 + 1e-6 for value in state.points)


def test_masks_and_several_points_are_held() -> None:
    for kind, first, second in (
        ("mask", (2.0, 4.0, 3.0, 0.0, 0.0, 2.0, 2.0), (9.0, 0.0, 0.0, 2.0, 2.0)),
        ("points", (1.0, 1.0, 2.0, 2.0), (5.0, 5.0, 9.0, 9.0)),
    ):
        keyframes = [
            Keyframe(frame=0, track=1, type=kind, points=first),  # type: ignore[arg-type]  # a literal in a tuple
            Keyframe(frame=4, track=1, type=kind, points=second),  # type: ignore[arg-type]  # a literal in a tuple
        ]
        found = [state.points for state in row_states(track_rows(keyframes, stop=5))]
        assert found == [first] * 4 + [second] * 2


def test_angles_go_the_shorter_way_round() -> None:
    box = (0.0, 0.0, 10.0, 10.0)
    keyframes = [
        Keyframe(frame=0, track=1, type="rectangle", points=box, rotation=350.0),
        Keyframe(frame=4, track=1, type="rectangle", points=box, rotation=30.0),
    ]
    found = [state.rotation for state in row_states(track_rows(keyframes, stop=4))]
    assert found == pytest.approx([350, 0, 10, 20, 30])


def test_angles_of_a_cuboid_in_3d_go_the_shorter_way_round() -> None:
    def cuboid(frame: int, turn: float) -> Keyframe:
        numbers = (float(frame), 0.0, 0.0, 0.0, 0.0, turn, 1.0, 1.0, 1.0, *([0.0] * 7))
        return Keyframe(frame=frame, track=1, type="cuboid", points=numbers)

    rows = track_rows([cuboid(0, 3.0), cuboid(4, -3.0)], stop=4, dimension="3d")
    found = [state.points for state in row_states(rows)]
    assert [points[0] for points in found] == pytest.approx([0, 1, 2, 3, 4])
    assert found[2][5] == pytest.approx(3.141592653589793)
    assert found[3][5] == pytest.approx(-3.0707963, abs=1e-6)
    assert found[4][5] == -3.0


def test_no_keyframes_no_rows() -> None:
    assert row_states(track_rows((), stop=10)) == []
