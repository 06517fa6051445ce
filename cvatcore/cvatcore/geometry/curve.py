"""How one polyline goes over into another of a different number of points.

Each point of a curve stands at a share of its length. A point of the earlier curve goes to the point of the later one
whose share is nearest; points of the later curve that none goes to are reached from their nearest one. Where several
points fall together, those that come too close to each other on the way are left out, so that a shape has no more
points between two keyframes than it needs. Source: CVAT's interpolation of polygons and polylines, whose results
these functions reproduce.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


Points = Sequence[float]

MAX_TABLE = 1 << 22
"""Distances that are compared at a time: 32 MB of them."""


class CurveMatch(msgspec.Struct, frozen=True):
    """The pairs of points between which an earlier curve moves to a later one.

    A closed curve has its first point once more at its end.
    """

    start: Floats
    """`pairs x 2`: where the points come from, in pixels."""
    travel: Floats
    """`pairs x 2`: the way to where they go."""
    stretches: tuple[tuple[int, int, float], ...]
    """Runs of pairs that fall together at one end: first pair, number of pairs, the distance that points must keep."""
    closed: bool


class Ragged(msgspec.Struct, frozen=True):
    """Lists of numbers of different lengths: the i-th is `values[ends[i]:ends[i + 1]]`."""

    values: Floats
    ends: Integers


def match_curves(pairs: Sequence[tuple[Points, Points]], *, closed: bool) -> list[CurveMatch]:
    """Match the points of two curves, for many pairs of an earlier and a later one.

    Args:
        pairs: curves as flat `x y …`, one point or more each.
        closed: whether the last point is joined to the first (polygons).
    """
    sizes: dict[tuple[int, int], list[int]] = {}
    for index, (before, after) in enumerate(pairs):
        sizes.setdefault((len(before), len(after)), []).append(index)
    found: dict[int, CurveMatch] = {}
    for (left, right), group in sizes.items():
        # All pairs of one size in one step; the table of distances is what needs room.
        step = max(1, MAX_TABLE // ((left // 2 + 1) * (right // 2 + 1)))
        for start in range(0, len(group), step):
            chunk = group[start : start + step]
            found.update(zip(chunk, _match_alike([pairs[index] for index in chunk], closed=closed), strict=True))
    return [found[index] for index in range(len(pairs))]


def _match_alike(pairs: Sequence[tuple[Points, Points]], *, closed: bool) -> Iterator[CurveMatch]:
    """Match pairs that all have as many points as each other."""
    import numpy as np

    lefts, rights = _curves([pair[0] for pair in pairs], closed), _curves([pair[1] for pair in pairs], closed)
    left_lengths, right_lengths = _lengths(lefts), _lengths(rights)
    distances = np.abs(_shares(left_lengths)[:, :, None] - _shares(right_lengths)[:, None, :])
    # The first of equals, both ways: which one it is decides about the result.
    there, back = distances.argmin(axis=2), distances.argmin(axis=1)
    straight = lefts.shape == rights.shape and (there == np.arange(lefts.shape[1])).all(axis=1)
    columns = zip(lefts, rights, left_lengths, right_lengths, there, back, strict=True)
    for index, (left, right, left_length, right_length, to_right, to_left) in enumerate(columns):
        if straight is not False and straight[index]:
            yield CurveMatch(start=left, travel=right - left, stretches=(), closed=closed)
            continue
        matches = [[number] for number in to_right.tolist()]
        missed = set(range(len(right))).difference(to_right.tolist())
        for number in missed:
            matches[to_left[number]].append(number)
        if missed:
            for match in matches:
                match.sort()
        start = left[np.repeat(np.arange(len(left)), [len(match) for match in matches])]
        end = right[[number for match in matches for number in match]]
        stretches = tuple(_stretches(matches, left_length.tolist(), right_length.tolist()))
        yield CurveMatch(start=start, travel=end - start, stretches=stretches, closed=closed)


def match_points(before: Points, after: Points) -> CurveMatch:
    """Match points one to one: both have the same number of them."""
    left, right = _curves([before, after], closed=False)
    return CurveMatch(start=left, travel=right - left, stretches=(), closed=False)


def blend_curves(matches: Sequence[CurveMatch], which: Integers, shares: Floats) -> Ragged:
    """The curves on the way, all at once.

    Args:
        matches: pairs of curves, one or more.
        which: for each curve that is wanted, the index of its match.
        shares: and how far on the way it is: 0 at the earlier curve, 1 at the later one.

    Returns:
        Flat `x y …` for each that is wanted.
    """
    import numpy as np

    sizes = np.array([len(match.start) for match in matches], dtype=np.int64)
    rows = sizes[which]
    first = np.cumsum(rows) - rows
    within = np.arange(int(rows.sum())) - np.repeat(first, rows)
    pair = within + np.repeat((np.cumsum(sizes) - sizes)[which], rows)
    start = np.concatenate([match.start for match in matches])
    travel = np.concatenate([match.travel for match in matches])
    points = start[pair] + travel[pair] * np.repeat(shares, rows)[:, None]
    kept = np.ones(len(points), dtype=np.bool_)
    if any(match.stretches for match in matches):
        _thin(points, kept, matches, which, first)
    counts = np.add.reduceat(kept, first, dtype=np.int64)
    closed = np.array([match.closed for match in matches], dtype=np.bool_)[which] & (counts > 1)
    if closed.any():
        last = np.flatnonzero(kept)[np.cumsum(counts) - 1]
        kept[last[closed]] = False
        counts = counts - closed
    ends = np.concatenate([[0], np.cumsum(counts * 2)])
    return Ragged(values=points[kept].ravel(), ends=ends)


def _thin(
    points: Floats, kept: NDArray[np.bool_], matches: Sequence[CurveMatch], which: Integers, first: Integers
) -> None:
    """Leave out points of stretches that are too close to the one before; all curves go forward together."""
    import numpy as np

    counts = np.array([len(match.stretches) for match in matches], dtype=np.int64)
    table = np.array([stretch for match in matches for stretch in match.stretches], dtype=np.float64)
    rows = counts[which]
    offset = np.arange(int(rows.sum())) - np.repeat(np.cumsum(rows) - rows, rows)
    chosen = table[offset + np.repeat((np.cumsum(counts) - counts)[which], rows)]
    head = chosen[:, 0].astype(np.int64) + np.repeat(first, rows)
    length, nearest = chosen[:, 1].astype(np.int64), chosen[:, 2]
    last = head.copy()
    for step in range(1, int(length.max(initial=0)) - 1):
        here = np.flatnonzero(length > step + 1)
        at = head[here] + step
        far = _distance(points[last[here]], points[at]) >= nearest[here]
        kept[at] = far
        last[here] = np.where(far, at, last[here])
    tail = head + length - 1
    # Nothing was kept between the ends, and the ends are close: one point is left, in their middle.
    merged = np.flatnonzero((last == head) & (_distance(points[head], points[tail]) < nearest))
    points[head[merged]] = (points[head[merged]] + points[tail[merged]]) / 2
    kept[tail[merged]] = False


def _stretches(matches: list[list[int]], left: list[float], right: list[float]) -> Iterator[tuple[int, int, float]]:
    """The runs of pairs that fall together; `left` and `right` are the lengths of the curves' edges."""
    opened: int | None = None
    opened_pair = pair = 0
    for index, match in enumerate([*matches, []]):
        if opened is not None and match != matches[opened]:
            # The points `opened` to `index - 1` all go to one point.
            if (count := index - opened) > 1:
                yield opened_pair, count, sum(left[opened : index - 1]) / (2 * count)
            opened = None
        if opened is None and len(match) == 1:
            opened, opened_pair = index, pair
        elif len(match) > 1:
            span = match[-1] - match[0] + 1
            yield pair, len(match), sum(right[match[0] : match[-1]]) / (2 * span)
        pair += len(match)


def _curves(points: Sequence[Points], closed: bool) -> Floats:
    """`curves x points x 2`; all have the same number of points."""
    import numpy as np

    curves = np.array(points, dtype=np.float64).reshape(len(points), -1, 2)
    return np.concatenate([curves, curves[:, :1]], axis=1) if closed else curves


def _lengths(curves: Floats) -> Floats:
    """The lengths of edges, curve by curve."""
    return _distance(curves[:, 1:], curves[:, :-1])


def _shares(lengths: Floats) -> Floats:
    """Where the points of each curve stand, from 0 to 1; all at 0 where it has no length."""
    import numpy as np

    way = np.zeros((len(lengths), lengths.shape[1] + 1))
    np.cumsum(lengths, axis=1, out=way[:, 1:])
    whole = way[:, -1:]
    found: Floats = way / np.where(whole > 0, whole, 1.0)
    return found


def _distance(one: Floats, other: Floats) -> Floats:
    import numpy as np

    way = one - other
    # Not hypot: the last bit decides between points that are equally near.
    found: Floats = np.sqrt(way[..., 0] ** 2 + way[..., 1] ** 2)
    return found
