import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.geometry.curve import blend_curves, match_curves

numbers = st.integers(-50, 50).map(float)
curves = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=9).map(
    lambda pairs: [value for pair in pairs for value in pair]
)


def _blend(before: list[float], after: list[float], share: float, *, closed: bool = False) -> list[float]:
    blended = blend_curves(
        match_curves([(before, after)], closed=closed), np.zeros(1, dtype=np.int64), np.array([share])
    )
    found: list[float] = blended.values.tolist()
    return found


@given(curves, st.booleans(), st.floats(0, 1))
def test_a_curve_that_stays_is_what_it_was(curve: list[float], closed: bool, share: float) -> None:
    assert _blend(curve, curve, share, closed=closed)[:2] == curve[:2]


@given(curves, curves, st.booleans(), st.floats(0, 1))
def test_blended_points_lie_between_points_of_both(
    before: list[float], after: list[float], closed: bool, share: float
) -> None:
    found = np.array(_blend(before, after, share, closed=closed)).reshape(-1, 2)
    assert len(found)
    assert len(found) <= len(before) // 2 + len(after) // 2
    for axis in (0, 1):
        low = min(before[axis::2]) * (1 - share) + min(after[axis::2]) * share
        high = max(before[axis::2]) * (1 - share) + max(after[axis::2]) * share
        assert found[:, axis].min() >= low - 1e-9
        assert found[:, axis].max() <= high + 1e-9


@given(st.lists(st.tuples(curves, curves, st.booleans(), st.floats(0, 1)), min_size=1, max_size=6))
def test_many_at_once_are_each_alone(cases: list[tuple[list[float], list[float], bool, float]]) -> None:
    pairs = {closed: [(case[0], case[1]) for case in cases if case[2] == closed] for closed in (False, True)}
    found = {closed: iter(match_curves(pairs[closed], closed=closed)) for closed in pairs}
    matches = [next(found[case[2]]) for case in cases]
    which = np.array([*range(len(cases)), 0], dtype=np.int64)
    shares = np.array([*(case[3] for case in cases), 0.25])
    blended = blend_curves(matches, which, shares)
    parts = [blended.values[start:end].tolist() for start, end in zip(blended.ends, blended.ends[1:], strict=False)]
    alone = [_blend(before, after, share, closed=closed) for before, after, closed, share in cases]
    before, after, closed, _ = cases[0]
    assert parts == [*alone, _blend(before, after, 0.25, closed=closed)]


def test_points_that_fall_together_become_fewer() -> None:
    line = [0.0, 0.0, 100.0, 0.0]
    dense = [0.0, 5.0, 1.0, 5.0, 2.0, 5.0, 99.0, 5.0, 100.0, 5.0]
    # Three of the five are within a few pixels of each other, two of them at the other end.
    assert _blend(line, dense, 0.5) == pytest.approx([0.0, 2.5, 0.5, 2.5, 1.0, 2.5, 99.5, 2.5, 100.0, 2.5])
    assert len(_blend(line, dense, 0.1)) < len(dense)


def test_a_curve_without_length_is_no_division_by_zero() -> None:
    assert _blend([3.0, 3.0, 3.0, 3.0], [0.0, 0.0, 8.0, 0.0], 0.5, closed=True)
