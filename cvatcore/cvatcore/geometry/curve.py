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


def match_curves(before: Sequence[float], after: Sequence[float], *, closed: bool) -> CurveMatch:
    """Match the points of two curves, given as flat `x y …`.

    Args:
        before: the curve of the earlier keyframe, one point or more.
        after: the curve of the later one.
        closed: whether the last point is joined to the first (a polygon).
    """
    import numpy as np

    left, right = _curve(before, closed=closed), _curve(after, closed=closed)
    left_lengths, right_lengths = _lengths(left), _lengths(right)
    distances = np.abs(_shares(left_lengths)[:, None] - _shares(right_lengths)[None, :])
    # The first of equals, as everywhere below: which one it is decides about the result.
    nearest: list[int] = distances.argmin(axis=1).tolist()
    if len(left) == len(right) and nearest == list(range(len(left))):
        return CurveMatch(start=left, travel=right - left, stretches=(), closed=closed)
    matches = [[index] for index in nearest]
    if missed := set(range(len(right))).difference(nearest):
        back: list[int] = distances.argmin(axis=0).tolist()
        for index in missed:
            matches[back[index]].append(index)
        for match in matches:
            match.sort()
    start = left[np.repeat(np.arange(len(left)), [len(match) for match in matches])]
    end = right[[index for match in matches for index in match]]
    stretches = tuple(_stretches(matches, left_lengths.tolist(), right_lengths.tolist()))
    return CurveMatch(start=start, travel=end - start, stretches=stretches, closed=closed)


def match_points(before: Sequence[float], after: Sequence[float]) -> CurveMatch:
    """Match points one to one: both have the same number of them."""
    left = _curve(before, closed=False)
    return CurveMatch(start=left, travel=_curve(after, closed=False) - left, stretches=(), closed=False)


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


def _curve(points: Sequence[float], *, closed: bool) -> Floats:
    import numpy as np

    curve = np.array(points, dtype=np.float64).reshape(-1, 2)
    return np.concatenate([curve, curve[:1]]) if closed else curve


def _lengths(curve: Floats) -> Floats:
    """The lengths of a curve's edges."""
    return _distance(curve[1:], curve[:-1])


def _shares(lengths: Floats) -> Floats:
    """Where the points of a curve stand, from 0 to 1; all at 0 where it has no length."""
    import numpy as np

    way = np.concatenate([[0.0], np.cumsum(lengths)])
    return way / way[-1] if way[-1] else way


def _distance(one: Floats, other: Floats) -> Floats:
    import numpy as np

    way = one - other
    # Not hypot: the last bit decides between points that are equally near.
    found: Floats = np.sqrt(way[:, 0] ** 2 + way[:, 1] ** 2)
    return found
