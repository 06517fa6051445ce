"""Which keyframes a line does without.

A keyframe may go where the way between its neighbours passes near enough (Ramer, Douglas and Peucker's method, in space
and time): from the two ends of a stretch, the keyframe that the straight way misses furthest is kept, and both halves
are looked at again.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from cvatcore.edit.keeping import SAME, ragged_points
from cvatcore.edit.lines import Line
from cvatcore.geometry.interpolation import CURVES, LINEAR_NUMBERS, Dimension
from cvatcore.schema import Keyframe
from cvatcore.tracks import settle, track_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class _Way(Protocol):
    """A line of keyframes that can tell how far other ways pass from it."""

    def misses(self, first: int, last: int, *, held: bool = False) -> tuple[float, int]:
        """How far the way from one keyframe to another is off, in pixels, and at which keyframe between them.

        With `held` the line stays at `first` up to `last`, which counts too.
        """


def thinned(line: Line, *, tolerance: float, dimension: Dimension = "2d") -> Line:
    """A line without the keyframes that it does without; it is nowhere off by more than `tolerance` pixels.

    Keyframes stay where another flag or attribute begins to hold.
    """
    settled = settle(line)
    if len(settled) < 2:
        return line
    starts = [index for index in range(1, len(settled)) if not is_alike(settled[index - 1], settled[index])]
    bounds = [0, *starts, len(settled) - 1]
    way = _way(settled, dimension)
    limit = max(tolerance, SAME)
    kept = {0, *starts, len(settled) - 1}
    waiting = [(first, last) for first, last in pairwise(bounds) if last > first + 1]
    while waiting:
        first, last = waiting.pop()
        if settled[first].outside:
            continue  # Nobody sees where it is.
        miss, at = way.misses(first, last)
        if miss > limit:
            kept.add(at)
            waiting += ((a, b) for a, b in ((first, at), (at, last)) if b > a + 1)
    order = sorted(kept)
    # A line rests at its last keyframe: those before it that are in the same place say as much.
    while len(order) > 1 and order[-1] not in starts:
        if not settled[order[-2]].outside and way.misses(order[-2], order[-1], held=True)[0] > limit:
            break
        order.pop()
    by_frame = {keyframe.frame: keyframe for keyframe in line}
    return tuple(by_frame[settled[index].frame] for index in order)


def is_alike(one: Keyframe, other: Keyframe) -> bool:
    """Whether two settled keyframes differ in their place only."""
    return (one.type, one.outside, one.occluded, one.z_order, one.attributes) == (
        other.type,
        other.outside,
        other.occluded,
        other.z_order,
        other.attributes,
    )


def _way(settled: Sequence[Keyframe], dimension: Dimension) -> _Way:
    kinds = {(keyframe.type, len(keyframe.points)) for keyframe in settled}
    ((kind, count), *others) = kinds
    is_straight = not others and LINEAR_NUMBERS.get(kind) == count
    return _StraightWay(settled) if is_straight and dimension == "2d" else _AnyWay(settled, dimension)


class _StraightWay:
    """Numbers that move one by one: two ways are furthest apart where one of them bends, at a keyframe."""

    def __init__(self, settled: Sequence[Keyframe]) -> None:
        import numpy as np

        self._at = np.array([keyframe.frame for keyframe in settled], dtype=np.float64)
        self._numbers = np.array([keyframe.points for keyframe in settled], dtype=np.float64).reshape(len(settled), -1)
        self._rotation = np.array([keyframe.rotation for keyframe in settled])
        self._reach = np.array([_reach(keyframe) for keyframe in settled])

    def misses(self, first: int, last: int, *, held: bool = False) -> tuple[float, int]:
        import numpy as np

        stop = last + held
        share = (self._at[first + 1 : stop] - self._at[first]) / (self._at[last] - self._at[first])
        if held:
            share = np.zeros_like(share)
        numbers = self._numbers[first] + (self._numbers[last] - self._numbers[first]) * share[:, None]
        off = np.abs(numbers - self._numbers[first + 1 : stop]).max(axis=1, initial=0)
        turn = _short(self._rotation[last] - self._rotation[first])
        angle = np.abs(_short(self._rotation[first] + turn * share - self._rotation[first + 1 : stop]))
        off = np.maximum(off, np.radians(angle) * self._reach[first : last + 1].max())
        worst = int(off.argmax())
        return float(off[worst]), first + 1 + worst


class _AnyWay:
    """Curves, shapes that are held, and lines of several kinds: looked at frame by frame."""

    def __init__(self, settled: Sequence[Keyframe], dimension: Dimension) -> None:
        import numpy as np

        self._settled = settled
        self._dimension: Dimension = dimension
        self._start = settled[0].frame
        rows = track_rows(settled, start=self._start, stop=settled[-1].frame, outside="all", dimension=dimension)
        points = ragged_points(rows)
        self._values, self._ends, self._rotation = points.values, points.ends, rows.rotation
        self._sizes = np.diff(points.ends)
        self._at = [keyframe.frame for keyframe in settled]

    def misses(self, first: int, last: int, *, held: bool = False) -> tuple[float, int]:
        import numpy as np

        one, other = self._settled[first], self._settled[last]
        start, stop = one.frame + 1, other.frame if held else other.frame - 1
        rows = track_rows(
            (one,) if held else (one, other), start=start, stop=stop, outside="all", dimension=self._dimension
        )
        points = ragged_points(rows)
        low, high = start - self._start, stop + 1 - self._start
        sizes = np.diff(points.ends)
        alike = sizes == self._sizes[low:high]
        off = np.where(alike, 0.0, math.inf)
        old = self._values[self._ends[low] : self._ends[high]]
        apart = np.abs(points.values[np.repeat(alike, sizes)] - old[np.repeat(alike, self._sizes[low:high])])
        if one.type == "mask":
            # Run lengths are no places: masks are the same or not.
            apart = np.where(apart > 0, math.inf, 0.0)
        np.maximum.at(off, np.repeat(np.flatnonzero(alike), sizes[alike]), apart)
        turn = np.abs(_short(rows.rotation - self._rotation[low:high]))
        off = np.maximum(off, np.radians(turn) * max(_reach(one), _reach(other)))
        # Of frames that are equally far off the first: there a held shape changes. A curve that never fits is halved.
        worst = np.flatnonzero(off == off.max())
        frame = start + int(worst[len(worst) // 2 if one.type in CURVES else 0])
        at = bisect_right(self._at, frame) - 1
        return float(off.max()), min(max(at, first + 1), last - (not held))


def _reach(keyframe: Keyframe) -> float:
    """How far a corner is from the middle that a shape turns around; a pixel at the least."""
    points = keyframe.points
    if keyframe.type == "mask" or len(points) < 2:
        return 1.0
    if keyframe.type == "ellipse" and len(points) == 4:
        return max(abs(points[2] - points[0]), abs(points[3] - points[1]), 1.0)
    xs, ys = points[0::2], points[1::2]
    return max(math.hypot(max(xs) - min(xs), max(ys) - min(ys)) / 2, 1.0)


def _short(angle: Floats) -> Floats:
    """A turn in degrees, the shorter way round."""
    import numpy as np

    turn: Floats = np.remainder(angle + 180, 360) - 180
    return turn
