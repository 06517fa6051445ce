"""Pixels of shapes, for screen, export and quality alike.

A pixel is inside a shape when its middle is. For polygons that is decided exactly as pycocotools does it, to the bit:
corners are rounded to a fifth of a pixel, edges are lines on that finer grid, and where they pass the middle of a
column, the column changes between outside and inside. Only these places are computed here, all of them at once; the
lines are never walked. Several rings together follow the even-odd rule, which is how a ring becomes a hole.

The middle of an ellipse's pixels is tested against the ellipse itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.geometry.coco import coco_counts, mask_of_counts
from cvatcore.geometry.mask import Mask, clip_mask, read_mask
from cvatcore.geometry.outline import cuboid_ring, direction, rectangle_ring, ring_of
from cvatcore.geometry.runs import runs_between

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cvatcore.geometry.outline import Ring
    from cvatcore.geometry.runs import Runs

    Numbers = NDArray[np.float64]

_FAR = 2.0**47
"""Coordinates further off, in pixels, are taken as this far: up to here all sums of fifths below are exact."""

_LARGE = 1e9
"""Ellipses that are larger or further off, in pixels, have no pixels: they are no annotation of a picture."""

_THIN = 1e-6
"""Neither have those with a smaller radius."""

_CROSSINGS = 1 << 22
"""So many crossings of edges and columns are held at once: a ring that zigzags over a picture may have any number."""


def rasterize(
    kind: str, points: Sequence[float], *, rotation: float = 0.0, width: int, height: int, thickness: float = 0.0
) -> Mask | None:
    """The pixels of a shape in a picture of `width x height`, in the smallest box; None when there are none.

    `rotation` is in degrees, clockwise on the screen. Polylines and points have no area of their own; they get one from
    a `thickness`, in pixels, with round ends. A cuboid is the hull of its corners in the picture. Tags and skeletons
    have no pixels.

    Errors: InvalidInput for run lengths that contradict themselves, and for shapes of more than `MAX_PIXELS`.
    """
    if kind == "mask":
        return clip_mask(read_mask(points), width=width, height=height)
    counts = raster_counts(kind, points, rotation=rotation, width=width, height=height, thickness=thickness)
    return None if len(counts) < 2 else mask_of_counts(counts, width=width, height=height)


def raster_counts(
    kind: str, points: Sequence[float], *, rotation: float = 0.0, width: int, height: int, thickness: float = 0.0
) -> Runs:
    """The same as COCO's counts: run lengths by columns of the whole picture; a single one when nothing is inside."""
    if kind == "mask":
        return coco_counts(read_mask(points), width=width, height=height)
    if kind == "ellipse":
        return ellipse_counts(points, rotation=rotation, width=width, height=height)
    if kind in {"polyline", "points"}:
        rings = _thick_rings(kind, points, thickness)
    elif kind == "rectangle":
        rings = [rectangle_ring(points, rotation=rotation)]
    elif kind == "cuboid":
        rings = [cuboid_ring(points)]
    else:
        rings = [ring_of(points)] if kind == "polygon" else []
    return polygon_counts(rings, width=width, height=height)


def polygon_counts(rings: Sequence[Ring], *, width: int, height: int) -> Runs:
    """COCO's counts of rings in a picture of `width x height`; where rings overlap, an even number of them is outside.

    Of one ring they are those of `pycocotools.mask.frPyObjects`.
    """
    import numpy as np

    edges = np.empty(0, dtype=np.int64)
    corners = [np.trunc(5.0 * np.minimum(np.maximum(ring, -_FAR), _FAR) + 0.5) for ring in rings if len(ring)]
    if corners and width > 0 and height > 0:
        lines = _Lines.between(
            np.concatenate(corners), np.concatenate([part for ring in corners for part in (ring[1:], ring[:1])])
        )
        for places in _crossings(lines, width=width, height=height):
            edges = _odd(np.concatenate((edges, places)) if len(edges) else places)
    return _counts(edges, width=width, height=height)


def ellipse_counts(points: Sequence[float], *, rotation: float = 0.0, width: int, height: int) -> Runs:
    """COCO's counts of the pixels whose middle is in an ellipse, or on it."""
    import numpy as np

    cx, cy, right, top = points
    rx, ry = abs(right - cx), abs(cy - top)
    sound = min(rx, ry) >= _THIN and max(rx, ry, abs(cx), abs(cy)) <= _LARGE
    if not sound or width <= 0 or height <= 0:
        return _counts(np.empty(0, dtype=np.int64), width=width, height=height)
    cos, sin = direction(rotation)
    reach = math.hypot(rx * cos, ry * sin) + 1
    first, last = max(math.floor(cx - reach), 0), min(math.ceil(cx + reach), width)
    columns = np.arange(first, max(last, first))
    x = columns + 0.5 - cx

    def inside(rows: Numbers) -> NDArray[np.bool_]:
        y = rows + 0.5 - cy
        found: NDArray[np.bool_] = ((x * cos + y * sin) / rx) ** 2 + ((y * cos - x * sin) / ry) ** 2 <= 1
        return found

    # Where the middle line of a column meets the ellipse. Rounding may be off by one pixel: the neighbours are tried.
    square = (sin / rx) ** 2 + (cos / ry) ** 2
    half = x * (sin * cos) * (1 / rx**2 - 1 / ry**2)
    rest = x**2 * ((cos / rx) ** 2 + (sin / ry) ** 2) - 1
    root = np.sqrt(np.maximum(half**2 - square * rest, 0)) / square
    middle = cy - 0.5 - half / square
    upper, lower = np.ceil(middle - root), np.floor(middle + root)
    upper = np.where(inside(upper - 1), upper - 1, np.where(inside(upper), upper, upper + 1))
    lower = np.where(inside(lower + 1), lower + 1, np.where(inside(lower), lower, lower - 1))
    upper, lower = np.maximum(upper, 0), np.minimum(lower, height - 1)
    kept = np.flatnonzero(upper <= lower)
    base = columns[kept] * height
    edges = np.concatenate((base + upper[kept].astype(np.int64), base + lower[kept].astype(np.int64) + 1))
    return _counts(_odd(edges), width=width, height=height)


def _thick_rings(kind: str, points: Sequence[float], thickness: float) -> list[Ring]:
    if thickness <= 0:
        return []
    import shapely

    pairs = ring_of(points)
    bare = shapely.LineString(pairs) if kind == "polyline" and len(pairs) > 1 else shapely.MultiPoint(pairs)
    area = shapely.buffer(bare, thickness / 2)
    return [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(shapely.get_parts(area))]


class _Lines(msgspec.Struct, gc=False):
    """Edges as rows of steps along their longer side, in whole fifths of a pixel; an entry of each array is a line."""

    x: Numbers
    """Of the end with which the longer side starts."""
    y: Numbers
    slope: Numbers
    """How much the shorter side grows with a step."""
    flat: NDArray[np.bool_]
    """Whether the longer side is the horizontal one."""
    left: Numbers
    right: Numbers

    @classmethod
    def between(cls, starts: Numbers, stops: Numbers) -> _Lines:
        """Lines from each start to the stop of the same index."""
        import numpy as np

        x1, y1 = starts.T
        x2, y2 = stops.T
        wide, high = x2 - x1, y2 - y1
        flat = np.abs(wide) >= np.abs(high)
        longer, shorter = np.where(flat, (wide, high), (high, wide))
        swapped = longer < 0
        return cls(
            x=np.where(swapped, x2, x1),
            y=np.where(swapped, y2, y1),
            # A line without a length passes no column.
            slope=shorter / np.where(longer == 0, 1, longer),
            flat=flat,
            left=np.minimum(x1, x2),
            right=np.maximum(x1, x2),
        )


def _crossings(lines: _Lines, *, width: int, height: int) -> Iterator[Runs]:
    """Where lines pass the middles of columns, as `column * height + row`."""
    import numpy as np

    # The middle of a column is between the third and the fourth of its five parts.
    first = np.maximum(np.ceil((lines.left - 2) / 5), 0)
    number = np.maximum(np.minimum(np.floor((lines.right - 3) / 5), width - 1) - first + 1, 0).astype(np.int64)
    ends = np.cumsum(number)
    start, done = 0, 0
    while start < len(ends) and done < ends[-1]:
        stop = max(int(np.searchsorted(ends, done + _CROSSINGS, side="right")), start + 1)
        amount = number[start:stop]
        at = np.repeat(np.arange(start, stop), amount)
        # Each line's columns, counted on from its first one.
        column = np.arange(len(at)) + np.repeat(
            first[start:stop].astype(np.int64) - (ends[start:stop] - amount - done), amount
        )
        places: Runs = column * height + _rows(lines, at, column, height=height)
        yield places
        start, done = stop, int(ends[stop - 1])


def _rows(lines: _Lines, at: NDArray[np.intp], column: Runs, *, height: int) -> Runs:
    """The row at which each line `at` passes the middle of its column: the first one below.

    Each expression that is rounded is that of pycocotools, in its order, so that it is rounded alike.
    """
    import numpy as np

    x, y, slope = lines.x[at], lines.y[at], lines.slope[at]
    flat = lines.flat[at]
    border = 5.0 * column + 3
    # Flat lines: the upper one of the two steps on both sides of the border.
    step = border - x
    fifth = np.minimum(np.trunc(y + slope * (step - 1) + 0.5), np.trunc(y + slope * step + 0.5))
    steep = np.flatnonzero(~flat)
    if len(steep):
        # Steep lines: the last step before the border. The quotient is as good as its rounding: one more may be needed.
        x, slope, border = x[steep], slope[steep], border[steep]
        step = np.ceil((border - 0.5 - x) / slope - 0.25)
        step += ((x + slope * step + 0.5) >= border) != (slope > 0)
        fifth[steep] = y[steep] + step - 1
    # Rounded up to whole pixels from their middles.
    whole: Runs = fifth.astype(np.int64)
    rows: Runs = np.minimum(np.maximum((whole + 2) // 5, 0), height)
    return rows


def _odd(places: Runs) -> Runs:
    """The places that are there an odd number of times, sorted: two changes at one place are none."""
    import numpy as np

    places = np.sort(places)
    new = np.empty(len(places), dtype=np.bool_)
    new[:1] = True
    np.not_equal(places[1:], places[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    if len(starts) == len(places):
        return places
    odd: Runs = places[starts[np.diff(np.append(starts, len(places))) % 2 == 1]]
    return odd


def _counts(edges: Runs, *, width: int, height: int) -> Runs:
    size = max(width, 0) * max(height, 0)
    return runs_between(edges[:-1] if len(edges) and edges[-1] == size else edges, size)
