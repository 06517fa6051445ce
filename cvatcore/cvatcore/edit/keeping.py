"""What is seen stays: keyframes that a changed line needs so that it looks as before where nothing was to change."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.lines import Line, line_from, with_keyframe
from cvatcore.geometry.curve import Ragged
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Keyframe
from cvatcore.tracks import TrackRows, settle, state_at, track_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SAME = 1e-6
"""Pixels and degrees that make no difference: far below what is drawn, far above what floats lose."""


def keep_seen(
    line: Sequence[Keyframe], old: Sequence[Keyframe], *, start: int, stop: int, dimension: Dimension = "2d"
) -> Line:
    """`line` with the keyframes that it takes to be where `old` is on the frames `start` to `stop` that show `old`.

    Both frames are included. Most lines take one or none; polygons whose numbers of points change take more, since a
    way between them that is cut in two is another way.
    """
    new = tuple(line)
    settled = settle(old)
    wanted = track_rows(settled, start=start, stop=stop, outside="none", dimension=dimension)
    if not len(wanted):
        return new
    first = int(wanted.frames[0])
    if not new or new[0].frame > first:
        new = line_from(settled, first, dimension=dimension)[:1] + new
    for attempt in count():
        now = track_rows(settle(new), start=first, stop=int(wanted.frames[-1]), outside="all", dimension=dimension)
        wrong = wanted.frames[differing(wanted, _on(now, wanted))].tolist()
        if not wrong:
            return new
        for frame in _most_telling(new, wrong, halving=attempt > 0):
            state = state_at(settled, frame, dimension=dimension)
            assert state is not None
            new = with_keyframe(new, state)
    raise AssertionError("no gap can be halved for ever")


def differing(one: TrackRows, other: TrackRows, *, tolerance: float = SAME) -> Flags:
    """By row: whether two states on one frame are at different places. Both have the same frames."""
    import numpy as np

    turn = np.abs(np.remainder(one.rotation - other.rotation + 180, 360) - 180) > tolerance
    left, right = ragged_points(one), ragged_points(other)
    left_sizes, right_sizes = np.diff(left.ends), np.diff(right.ends)
    alike = left_sizes == right_sizes
    far = np.abs(left.values[np.repeat(alike, left_sizes)] - right.values[np.repeat(alike, right_sizes)]) > tolerance
    row = np.repeat(np.flatnonzero(alike), left_sizes[alike])
    moved = np.bincount(row[far], minlength=len(one)) > 0
    differ: Flags = turn | ~alike | moved
    return differ


def ragged_points(rows: TrackRows) -> Ragged:
    """The points of rows, those of held shapes too."""
    import numpy as np

    if rows.points is not None:
        return rows.points
    numbers = [np.array(keyframe.points, dtype=np.float64) for keyframe in rows.keyframes]
    keys = rows.key.tolist()
    ends = np.concatenate([[0], np.cumsum([len(numbers[key]) for key in keys], dtype=np.int64)])
    return Ragged(np.concatenate([numbers[key] for key in keys]) if keys else np.zeros(0), ends)


def _on(rows: TrackRows, wanted: TrackRows) -> TrackRows:
    """The rows of the frames that `wanted` has."""
    import numpy as np

    if len(rows) == len(wanted):
        return rows
    index = np.searchsorted(rows.frames, wanted.frames)
    points = rows.points
    if points is not None:
        sizes = np.diff(points.ends)[index]
        starts = np.repeat(points.ends[index] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        points = Ragged(points.values[np.arange(int(sizes.sum())) + starts], np.concatenate([[0], np.cumsum(sizes)]))
    return msgspec.structs.replace(
        rows,
        frames=rows.frames[index],
        key=rows.key[index],
        exact=rows.exact[index],
        rotation=rows.rotation[index],
        points=points,
    )


def _most_telling(line: Line, wrong: list[int], *, halving: bool) -> list[int]:
    """Of the frames between two keyframes that are wrong, one each that is to be a keyframe.

    The last one mends whatever goes straight: there the old way was left. Else the gap is halved.
    """
    at = [keyframe.frame for keyframe in line]
    gaps: dict[int, list[int]] = {}
    following = 0
    for frame in wrong:
        while following < len(at) and at[following] <= frame:
            following += 1
        gaps.setdefault(following, []).append(frame)
    if not halving:
        return [frames[-1] for frames in gaps.values()]
    chosen: list[int] = []
    for index, frames in gaps.items():
        middle = (at[index - 1] + (at[index] if index < len(at) else frames[-1])) / 2
        chosen.append(min(frames, key=lambda frame: abs(frame - middle)))
    return chosen
