import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit.frames import delete_frames, parse_frames, restore_frames, runs_text, step_over
from cvatcore.errors import InvalidInput

SIZE = 20
some_frames = st.sets(st.integers(0, SIZE - 1))


@given(some_frames)
def test_frames_as_text_and_back(frames: set[int]) -> None:
    if frames:
        assert parse_frames(runs_text(frames), size=SIZE) == tuple(sorted(frames))
    assert (runs_text(frames) == "") == (not frames)


def test_runs_are_written_short() -> None:
    assert runs_text([9, 3, 4, 5, 7]) == "3-5,7,9"
    assert parse_frames(" 3 , 7-9,8", size=SIZE) == (3, 7, 8, 9)


@pytest.mark.parametrize("text", ["", "x", "3,", "3-", "-3", "3--5", "9-3", "20", "0-20", "3;4", "9" * 5000, "٣"])
def test_what_names_no_frames_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_frames(text, size=SIZE)


@given(some_frames, some_frames)
def test_restoring_undoes_deleting(deleted: set[int], more: set[int]) -> None:
    gone = delete_frames(deleted, more, size=SIZE)
    assert set(gone) == deleted | more
    assert list(gone) == sorted(gone)
    assert set(restore_frames(gone, more - deleted, size=SIZE)) == deleted


@given(some_frames, st.integers(0, SIZE - 1), st.integers(-6, 6))
def test_steps_count_only_frames_that_are_left(deleted: set[int], frame: int, step: int) -> None:
    left = [number for number in range(SIZE) if number not in deleted]
    ahead = [number for number in left if number > frame] if step > 0 else [n for n in reversed(left) if n < frame]
    expected = frame if not step else ahead[abs(step) - 1] if len(ahead) >= abs(step) else None
    assert step_over(frame, step=step, deleted=deleted, start=0, stop=SIZE - 1) == expected
