"""Which frames ground truth has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput
from cvatcore.jobs import named_frames, random_frames, random_frames_per_job


@pytest.mark.parametrize(("size", "frames"), [(10, (3, 5, 7)), (25, (11, 14, 20))])
def test_a_seed_draws_what_cvat_draws(size: int, frames: tuple[int, ...]) -> None:
    assert random_frames(size, 3, seed=42) == frames


@given(size=st.integers(2, 60), data=st.data())
def test_frames_that_are_drawn(size: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, size - 1))
    seed = data.draw(st.none() | st.integers(0, 2**32))
    frames = random_frames(size, count, seed=seed)
    assert len(set(frames)) == count
    assert list(frames) == sorted(frames)
    assert 0 <= frames[0] <= frames[-1] < size - (seed is not None)
    if seed is not None:
        assert frames == random_frames(size, count, seed=seed)


def test_without_a_seed_every_frame_can_be_drawn() -> None:
    assert {random_frames(2, 1) for _ in range(100)} == {(0,), (1,)}


@given(runs=st.lists(st.integers(1, 9), min_size=1, max_size=5), count=st.integers(1, 12), overlap=st.integers(0, 2))
def test_every_job_gets_its_share(runs: list[int], count: int, overlap: int) -> None:
    jobs, start = [], 0
    for length in runs:
        jobs.append((start, start + length - 1))
        start += max(1, length - overlap)
    frames = random_frames_per_job(jobs, count, seed=7)
    assert frames == random_frames_per_job(jobs, count, seed=7)
    for first, last in jobs:
        mine = [frame for frame in frames if first <= frame <= last]
        assert len(mine) >= min(count, last - first + 1)
    assert len(frames) <= count * len(jobs)


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        ([], "The list of frames cannot be empty"),
        ([1, 2, 1], "Frames must not repeat"),
        ([5, 7, -1], "The following frames are not included in the task: -1,5,7"),
    ],
)
def test_frames_that_are_named_wrongly(frames: list[int], sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        named_frames(frames, size=5)
    assert caught.value.message == sentence


def test_frames_that_are_named_are_sorted() -> None:
    assert named_frames([4, 0, 2], size=5) == (0, 2, 4)


@pytest.mark.parametrize("count", [5, 6, 0])
def test_more_frames_than_there_are(count: int) -> None:
    with pytest.raises(InvalidInput):
        random_frames(5, count, seed=1)
