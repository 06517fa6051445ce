from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cvatcore.jobs import matching
from cvatcore.jobs.matching import Pairs, best_pairs, joined_pairs, meeting_boxes, no_pairs, pairs_of

corners = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 6), st.integers(0, 6))
keyed = st.lists(st.tuples(st.integers(0, 2), corners), max_size=12)


def boxes(found: list[tuple[int, tuple[int, int, int, int]]]) -> tuple[np.ndarray, np.ndarray]:
    keys = np.array([key for key, _ in found], dtype=np.int64)
    numbers = [(x, y, x + wide, y + high) for _, (x, y, wide, high) in found]
    return keys, np.array(numbers, dtype=np.float64).reshape(-1, 4)


@given(keyed, keyed, st.integers(1, 40))
def test_boxes_that_meet_are_found_and_no_others(
    one: list[tuple[int, tuple[int, int, int, int]]], other: list[tuple[int, tuple[int, int, int, int]]], at_once: int
) -> None:
    (left_keys, left), (right_keys, right) = boxes(one), boxes(other)
    with mock.patch.object(matching, "_AT_ONCE", at_once):
        rows, columns = meeting_boxes(left_keys, left, right_keys, right)
    expected = {
        (i, j)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if left_keys[i] == right_keys[j] and min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])
    }
    found = list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_far_boxes_are_never_looked_at_together() -> None:
    count = 20_000
    x = np.arange(count, dtype=np.float64) * 20
    row = np.stack([x, x * 0, x + 10, x * 0 + 10], axis=1)
    keys = np.zeros(count, dtype=np.int64)
    looked_at = []
    whole = matching._portions

    def watched(counts: np.ndarray) -> object:
        looked_at.append(int(counts.sum()))
        return whole(counts)

    with mock.patch.object(matching, "_portions", watched):
        rows, columns = meeting_boxes(keys, row, keys, row)
    assert rows.tolist() == columns.tolist() == list(range(count))
    assert sum(looked_at) <= 2 * count


matrices = st.integers(1, 7).flatmap(
    lambda rows: st.integers(1, 7).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.5, 0.6, 0.6, 0.9, 1.0]), min_size=columns, max_size=columns
            ),
            min_size=rows,
            max_size=rows,
        )
    )
)


@given(matrices)
def test_the_choice_is_the_best_in_sum(rows: list[list[float]]) -> None:
    matrix = np.array(rows)
    left, right = np.nonzero(matrix)
    found = best_pairs(Pairs(left, right, matrix[left, right]), least=0.0)
    assert len(set(found.left.tolist())) == len(set(found.right.tolist())) == len(found)
    assert np.array_equal(matrix[found.left, found.right], found.similarity)
    assert found.similarity.sum() == pytest.approx(matrix[linear_sum_assignment(-matrix)].sum())


def test_a_pair_that_is_too_unlike_gives_nobody_a_chance() -> None:
    # Together 0.9 + 0.1 are more than 0.55, so 0.55 is not chosen even if 0.1 is then left out.
    pairs = pairs_of([(0, 0, 0.9), (0, 1, 0.55), (1, 1, 0.1)])
    assert best_pairs(pairs, least=0.5).left.tolist() == [0]
    tied = pairs_of([(0, 0, 0.8), (0, 1, 0.7), (1, 0, 0.7)])
    chosen = best_pairs(tied, least=0.75)
    assert len(chosen) == 0


def test_no_pairs() -> None:
    assert len(best_pairs(no_pairs(), least=0)) == len(joined_pairs([])) == len(pairs_of([])) == 0
    none, some = boxes([]), boxes([(0, (0, 0, 1, 1))])
    for one, other in ((none, some), (some, none)):
        assert [len(found) for found in meeting_boxes(*one, *other)] == [0, 0]
