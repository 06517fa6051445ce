"""What is left of a run of frames without others."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cvatsync.merge.repeated_jobs import runs_left

runs = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: (min(ends), max(ends)))


@given(runs, st.lists(runs, max_size=6))
def test_just_what_is_in_no_other(run: tuple[int, int], taken: list[tuple[int, int]]) -> None:
    left = runs_left(run, taken)
    frames = [frame for start, stop in left for frame in range(start, stop + 1)]
    others = {frame for start, stop in taken for frame in range(start, stop + 1)}
    assert frames == [frame for frame in range(run[0], run[1] + 1) if frame not in others]
    assert all(stop + 1 < start for (_, stop), (start, _) in pairwise(left))
