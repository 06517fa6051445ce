"""A point cloud seen from above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from cvatcore.media.cloud.points import Cloud

_GROUND: Final = (20, 23, 29)
"""The colour of nothing: nearly black, so that few points are seen."""

_HEIGHTS: Final = (
    (68, 86, 199), (58, 130, 246), (40, 171, 226), (45, 204, 177), (104, 219, 112), (184, 222, 71), (245, 196, 66),
    (252, 141, 60), (240, 84, 64),
)  # fmt: skip
"""Colours from the lowest point to the highest: bright blue to red, none of them dark."""

_MOST: Final = 2_000_000
"""Points that are drawn; of more, every second, third … does as well in a picture."""

_ASKED: Final = 200_000
"""Points that decide how much is shown."""

_AROUND: Final = 0.5
"""Percent of the points on each side that do not decide how much is shown: stray echoes lie kilometres away."""

_DARKEST: Final = 0.55
"""How bright a cell with one point is, against the fullest."""

_SPARSE: Final = 0.08
"""The share of cells with points below which each is drawn larger."""


def draw_from_above(cloud: Cloud, *, side: int) -> npt.NDArray[np.uint8]:
    """The cloud from above, x to the right and y upwards, coloured by height; brighter where there are more points.

    Args:
        cloud: may be empty, and may have all points in one place.
        side: of the picture, in pixels; it is square, and both axes have one scale.

    Returns:
        `side` x `side` x 3, RGB.
    """
    import numpy as np

    picture = np.empty((side, side, 3), np.uint8)
    picture[:] = _GROUND
    points = cloud.points[:: -(-cloud.size // _MOST) or 1]
    if not len(points):
        return picture
    some = points[:: -(-len(points) // _ASKED)]
    low, high = np.percentile(some, (_AROUND, 100 - _AROUND), axis=0).astype(np.float64)
    span = max(high[0] - low[0], high[1] - low[1]) * 1.06 or 1.0
    with np.errstate(all="ignore"):  # What lies far outside is told by its cell.
        # From the middle: far from the origin a corner half a unit away is rounded, with all points outside of it.
        cells = (points[:, :2] - (low / 2 + high / 2)[:2]) * (side / span) + side / 2
    inside = ((cells >= 0) & (cells < side)).all(axis=1)
    column, row = cells[inside].astype(np.int32).T
    index = (side - 1 - row) * side + column
    # The highest point of a cell is what is seen from above.
    highest = np.full(side * side, -np.inf)
    np.maximum.at(highest, index, points[inside, 2].astype(np.float64))
    height = highest.reshape(side, side)
    count = np.bincount(index, minlength=side * side).astype(np.float64).reshape(side, side)
    if np.count_nonzero(count) < _SPARSE * side * side and side >= 64:
        height, count = _grown(height), _grown(count)
    seen = count > 0
    if not seen.any():
        return picture
    level = np.clip((height[seen] - low[2]) / ((high[2] - low[2]) or 1.0), 0, 1)
    fullest = max(2.0, float(np.percentile(count[seen], 95)))
    bright = _DARKEST + (1 - _DARKEST) * np.clip(np.log(count[seen]) / np.log(fullest), 0, 1)
    picture[seen] = _colours(level) * bright[:, None]
    return picture


def _colours(level: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Colours of numbers from 0 to 1: N x 3."""
    import numpy as np

    stops = np.linspace(0, 1, len(_HEIGHTS))
    return np.stack([np.interp(level, stops, channel) for channel in zip(*_HEIGHTS, strict=True)], axis=1)


def _grown(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each cell with the largest of itself and its neighbours below, to the right and between: 2 x 2 cells a point."""
    import numpy as np

    grown = values.copy()
    np.maximum(grown[1:], values[:-1], out=grown[1:])
    np.maximum(grown[:, 1:], grown[:, :-1].copy(), out=grown[:, 1:])
    return grown
