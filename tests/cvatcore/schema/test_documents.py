import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.schema import Job, Label, cut_segments, find_label, job_status, parse_label_names


@given(st.integers(1, 500), st.integers(0, 100), st.integers(0, 100))
def test_segments_cover_every_frame_in_order(size: int, segment_size: int, overlap: int) -> None:
    runs = cut_segments(size, segment_size=segment_size, overlap=overlap)
    assert runs[0][0] == 0
    assert runs[-1][1] == size - 1
    assert {frame for start, stop in runs for frame in range(start, stop + 1)} == set(range(size))
    assert all(stop - start < segment_size for start, stop in runs) or len(runs) == 1
    shared = min(overlap, segment_size // 2)
    starts = [start for start, _ in runs]
    assert all(later - earlier == segment_size - shared for earlier, later in itertools.pairwise(starts))


def test_a_short_last_segment_is_kept() -> None:
    assert cut_segments(10, segment_size=5, overlap=2) == [(0, 4), (3, 7), (6, 9), (9, 9)]


def test_label_names() -> None:
    assert parse_label_names(" car, person ,Zebra crossing") == ["car", "person", "Zebra crossing"]


@pytest.mark.parametrize("text", ["", "car,", "car,car", "x" * 65, "a\x00b", "a\x7f", "\ud800"])
def test_label_names_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_label_names(text)


def test_a_former_name_finds_its_label_unless_another_has_it_now() -> None:
    car = Label(id=1, name="car", color="#000000", aliases=("auto", "van"))
    van = Label(id=2, name="van", color="#000001")
    assert find_label((car, van), "auto") == car
    assert find_label((car, van), "van") == van
    assert find_label((car, van), "bus") is None


@pytest.mark.parametrize(
    ("stage", "state", "status"),
    [
        ("annotation", "completed", "annotation"),
        ("validation", "new", "validation"),
        ("acceptance", "new", "validation"),
        ("acceptance", "completed", "completed"),
    ],
)
def test_status(stage: str, state: str, status: str) -> None:
    assert job_status(Job(id=1, start=0, stop=9, stage=stage, state=state)) == status  # type: ignore[arg-type]  # pytest's tuples hold str
