"""Which of two lists belong together: pairs that can be alike at all, and the best one-to-one choice of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_ROUNDS = 4
"""How often pairs without a doubt are looked for before the rest is weighed."""

_AT_ONCE = 1 << 21
"""Pairs of boxes that are looked at in one step: some 100 MB."""


class Pairs(msgspec.Struct, frozen=True):
    """Pairs of an item of one list and an item of another, as columns."""

    left: Integers
    right: Integers
    similarity: Floats
    """From 0 to 1."""

    def __len__(self) -> int:
        return len(self.left)


def no_pairs() -> Pairs:
    """None at all."""
    import numpy as np

    none = np.zeros(0, dtype=np.int64)
    return Pairs(none, none, np.zeros(0))


def pairs_of(rows: Sequence[tuple[int, int, float]]) -> Pairs:
    """Rows as columns."""
    import numpy as np

    if not rows:
        return no_pairs()
    left, right, similarity = zip(*rows, strict=True)
    return Pairs(np.array(left, dtype=np.int64), np.array(right, dtype=np.int64), np.array(similarity))


def joined_pairs(found: list[Pairs]) -> Pairs:
    """Several lists of pairs as one."""
    import numpy as np

    if not found:
        return no_pairs()
    return Pairs(
        np.concatenate([pairs.left for pairs in found]),
        np.concatenate([pairs.right for pairs in found]),
        np.concatenate([pairs.similarity for pairs in found]),
    )


def meeting_boxes(
    left_keys: Integers, left_boxes: Floats, right_keys: Integers, right_boxes: Floats
) -> tuple[Integers, Integers]:
    """The pairs of boxes of one key whose insides meet: indexes on the left, and on the right.

    Keys say what can be compared at all: the frame and the label, say. Boxes are `n x 4`: `x1 y1 x2 y2`, ordered.
    Boxes far apart in x are never looked at together, so the work follows the pairs that there are.
    """
    import numpy as np

    found: list[tuple[Integers, Integers]] = []
    if not len(left_keys) or not len(right_keys):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    order = np.lexsort((right_boxes[:, 0], right_keys))
    begin, end = _reach(left_keys, left_boxes, right_keys[order], right_boxes[order])
    for part in _portions(end - begin):
        counts = (end - begin)[part]
        one = np.repeat(np.arange(part.start, part.stop), counts)
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        other = order[within + np.repeat(begin[part], counts)]
        here, there = left_boxes[one], right_boxes[other]
        meet = (np.minimum(here[:, 2:], there[:, 2:]) > np.maximum(here[:, :2], there[:, :2])).all(axis=1)
        found.append((one[meet], other[meet]))
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def _reach(left_keys: Integers, left_boxes: Floats, keys: Integers, boxes: Floats) -> tuple[Integers, Integers]:
    """By box of the left: the run of the right ones (by key and x1) that reach its columns, and some more."""
    import numpy as np

    numbers = np.unique(keys)
    starts = np.searchsorted(keys, numbers)
    widest = np.maximum.reduceat(boxes[:, 2] - boxes[:, 0], starts)
    place = np.minimum(np.searchsorted(numbers, left_keys), len(numbers) - 1)
    known = numbers[place] == left_keys
    # Numbers of places in place of coordinates, so that key and coordinate are one integer to search for.
    values = np.concatenate([boxes[:, 0], left_boxes[:, 0] - widest[place], left_boxes[:, 2]])
    ranks = np.unique(values, return_inverse=True)[1].astype(np.int64)
    count = len(boxes)
    span = int(ranks.max()) + 1
    right = np.searchsorted(numbers, keys) * span + ranks[:count]
    begin = np.searchsorted(right, place * span + ranks[count : count + len(left_keys)], side="left")
    end = np.searchsorted(right, place * span + ranks[count + len(left_keys) :], side="left")
    return np.where(known, begin, 0), np.where(known, np.maximum(begin, end), 0)


def _portions(counts: Integers) -> Iterator[slice]:
    """Runs of rows that together have about `_AT_ONCE` pairs."""
    import numpy as np

    done = np.cumsum(counts)
    start, before = 0, 0
    while start < len(counts):
        stop = max(start + 1, int(np.searchsorted(done, before + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start, before = stop, int(done[stop - 1])


def best_pairs(pairs: Pairs, *, least: float) -> Pairs:
    """The one-to-one choice of pairs that are most alike in sum (Hungarian); those below `least` are then left out.

    Each pair comes once; what is not in the list is not alike at all. Source: CVAT's merging of jobs: a pair that
    is chosen and too unlike is left out, and gives nobody else a chance.
    """
    import numpy as np

    if not len(pairs):
        return pairs
    lefts, left = np.unique(pairs.left, return_inverse=True)
    rights, right = np.unique(pairs.right, return_inverse=True)
    chosen = np.zeros(len(pairs), dtype=np.bool_)
    open_pairs = np.arange(len(pairs))
    # Most pairs leave no doubt. What they take away may leave others without a doubt.
    for _ in range(_ROUNDS):
        certain = open_pairs[_certain(left[open_pairs], right[open_pairs], pairs.similarity[open_pairs])]
        if not len(certain):
            break
        chosen[certain] = True
        gone = np.isin(left[open_pairs], left[certain]) | np.isin(right[open_pairs], right[certain])
        open_pairs = open_pairs[~gone]
    if len(open_pairs):
        for group in _groups(left[open_pairs], right[open_pairs], len(lefts), len(rights)):
            index = open_pairs[group]
            chosen[index[_assign(left[index], right[index], pairs.similarity[index])]] = True
    chosen &= pairs.similarity >= least
    return Pairs(pairs.left[chosen], pairs.right[chosen], pairs.similarity[chosen])


def _certain(left: Integers, right: Integers, similarity: Floats) -> NDArray[np.bool_]:
    """The pairs that are in a best choice for sure: more alike than the next best of both together."""
    import numpy as np

    sure = np.ones(len(left), dtype=np.bool_)
    others = np.zeros(len(left))
    for side in (left, right):
        order = np.lexsort((-similarity, side))
        first = np.flatnonzero(np.diff(side[order], prepend=-1))
        following = np.minimum(first + 1, len(order) - 1)
        has_more = (following > first) & (side[order[following]] == side[order[first]])
        best = np.zeros(len(left), dtype=np.bool_)
        best[order[first]] = True
        sure &= best
        others[order[first]] += np.where(has_more, similarity[order[following]], 0.0)
    return sure & (similarity >= others)


def _groups(left: Integers, right: Integers, lefts: int, rights: int) -> list[Integers]:
    """Indexes of pairs that hang together by what they share."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = lefts + rights
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right + lefts)), shape=(count, count))
    part = connected_components(graph, directed=False)[1][left]
    order = np.argsort(part, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(part[order])) + 1)


def _assign(left: Integers, right: Integers, similarity: Floats) -> Integers:
    """The indexes of the pairs that are chosen among those of one group."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    lefts, row = np.unique(left, return_inverse=True)
    rights, column = np.unique(right, return_inverse=True)
    cost = np.ones((len(lefts), len(rights)))
    cost[row, column] = 1 - similarity
    number = np.full(cost.shape, -1, dtype=np.int64)
    number[row, column] = np.arange(len(row))
    found: Integers = number[linear_sum_assignment(cost)]
    return found[found >= 0]
