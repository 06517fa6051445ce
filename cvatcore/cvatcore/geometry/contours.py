"""Masks as polygons: the cracks between pixels inside and outside are followed, so that nothing is lost.

The corners are whole numbers, pixel corners of the frame. The rings of a mask, drawn by the even-odd rule, give its
very pixels again; so does each polygon with its holes. Rings around pixels run clockwise on the screen, rings around
holes the other way, and start at their topmost corner.

Where two pixels touch at a corner only, they belong together as long as `connectivity` is 8: one part is one polygon,
as in CVAT, and its ring may touch itself there. With 4 they are apart unless they also hang together elsewhere; every
polygon is then valid in the strict sense of geometry libraries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.simplify import simplify_polygon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cvatcore.geometry.mask import Mask
    from cvatcore.geometry.outline import Ring
    from cvatcore.geometry.runs import Pixels

    Numbers = NDArray[np.intp]

Connectivity = Literal[4, 8]


class HoledPolygon(msgspec.Struct, frozen=True, gc=False):
    """One part of a mask."""

    outer: tuple[float, ...]
    """Flat points, as of a polygon in a document."""
    holes: tuple[tuple[float, ...], ...] = ()


def mask_polygons(mask: Mask, *, tolerance: float = 0.0, connectivity: Connectivity = 8) -> list[HoledPolygon]:
    """The parts of a mask, from top to bottom, each with its holes.

    With a `tolerance`, in pixels, rings are simplified: no corner that goes is further from the new ring than that.
    """
    rings, tops, around = _rings(mask.bitmap, connectivity=connectivity)
    outers = [index for index, is_outer in enumerate(around) if is_outer]
    holes: dict[int, list[int]] = {index: [] for index in outers}
    if len(outers) == 1:
        holes[outers[0]] = [index for index, is_outer in enumerate(around) if not is_outer]
    elif len(outers) < len(rings):
        parts = _part_numbers(mask.bitmap, connectivity=connectivity)
        # The pixel below the top edge of a ring around pixels, and above that of a hole, is of the part.
        part_of = [
            int(parts[y, x] if is_outer else parts[y - 1, x]) for (x, y), is_outer in zip(tops, around, strict=True)
        ]
        outer_of = {part_of[index]: index for index in outers}
        for index, is_outer in enumerate(around):
            if not is_outer:
                holes[outer_of[part_of[index]]].append(index)
    flat = [_flat(ring, mask.left, mask.top) for ring in rings]
    if tolerance > 0:
        flat = [simplify_polygon(points, tolerance=tolerance) for points in flat]
    return [HoledPolygon(flat[outer], tuple(flat[hole] for hole in inner)) for outer, inner in holes.items()]


def bridged(polygon: HoledPolygon) -> tuple[float, ...]:
    """A polygon with holes as a single ring, as documents have no other: a seam, there and back, leads to each hole.

    Its pixels are those of the polygon with its holes, as a seam has none.
    """
    import numpy as np

    ring = ring_of(polygon.outer)
    holes = [ring_of(hole) for hole in polygon.holes]
    # From left to right: what a seam that goes left meets is in the ring already.
    for hole in sorted(holes, key=lambda hole: tuple(hole[_leftmost(hole)])):
        first = _leftmost(hole)
        x, y = hole[first]
        at, meeting = _to_the_left(ring, x, y)
        seam = np.concatenate(([meeting], hole[first:], hole[: first + 1], [meeting]))
        ring = np.concatenate((ring[: at + 1], seam, ring[at + 1 :]))
    kept = (ring != np.roll(ring, 1, axis=0)).any(axis=1)
    return tuple(ring[kept].ravel().tolist())


def _flat(ring: NDArray[np.int64], left: int, top: int) -> tuple[float, ...]:
    numbers = ring.astype(float)
    numbers += left, top
    return tuple(numbers.ravel().tolist())


def _leftmost(ring: Ring) -> int:
    import numpy as np

    return int(np.lexsort((ring[:, 1], ring[:, 0]))[0])


def _to_the_left(ring: Ring, x: float, y: float) -> tuple[int, tuple[float, float]]:
    """The edge of a ring that is nearest to the left of a point, and where it is met."""
    import numpy as np

    x1, y1 = ring.T
    x2, y2 = np.roll(ring, -1, axis=0).T
    level = y1 == y2
    share = (y - y1) / np.where(level, 1, y2 - y1)
    met = np.where(level, np.minimum(np.maximum(x1, x2), x), x1 + share * (x2 - x1))
    crossed = (np.minimum(y1, y2) <= y) & (y <= np.maximum(y1, y2)) & (np.minimum(x1, x2) <= x) & (met <= x)
    candidates = np.flatnonzero(crossed)
    if not len(candidates):  # A hole that is not inside, as simplifying may leave it: the nearest corner does.
        nearest = int(np.argmin((x1 - x) ** 2 + (y1 - y) ** 2))
        return nearest, (float(x1[nearest]), float(y1[nearest]))
    at = int(candidates[np.argmax(met[candidates])])
    return at, (float(met[at]), y)


def _rings(
    bitmap: Pixels, *, connectivity: Connectivity
) -> tuple[list[NDArray[np.int64]], list[tuple[int, int]], list[bool]]:
    """Rings in the bitmap's own coordinates, the left end of each one's top edge, and whether it is around pixels."""
    import numpy as np

    height, width = bitmap.shape
    padded = np.zeros((height + 2, width + 2), dtype=np.bool_)
    padded[1:-1, 1:-1] = bitmap
    up_left, up_right = padded[:-1, :-1], padded[:-1, 1:]
    down_left, down_right = padded[1:, :-1], padded[1:, 1:]
    # A crack turns where one or three of the four pixels around a point are inside, or two that touch at it only.
    turning = (up_left ^ up_right) ^ (down_left ^ down_right)
    touching = (up_left == down_right) & (up_left != up_right) & (down_left != down_right)
    points = np.flatnonzero(turning | touching)
    ys, xs = points // (width + 1), points % (width + 1)
    twice = touching[ys, xs]
    nodes = np.repeat(np.arange(len(points)), twice + 1)
    xs, ys = xs[nodes], ys[nodes]
    # Row by row, each corner begins a horizontal crack or ends the one before: neighbours in this order are joined. The
    # same goes for columns. A point where pixels touch is there twice: once to end a crack, once to begin the next.
    columns = np.lexsort((ys, xs))
    firsts = np.flatnonzero(np.append(nodes[1:] == nodes[:-1], False))
    if len(firsts):
        places = np.flatnonzero(np.isin(columns, firsts))
        there = columns[places]
        places = places[_joins_low_left(padded, xs[there], ys[there], connectivity=connectivity)]
        columns[places] += 1
        columns[places + 1] -= 1
    across = np.empty(len(nodes), dtype=np.intp)
    across[columns[0::2]], across[columns[1::2]] = columns[1::2], columns[0::2]
    # Horizontal cracks, numbered as their pairs of corners; they run to the right where the pixel below is inside.
    lefts = np.arange(0, len(nodes), 2)
    inside_below = padded[ys[lefts] + 1, xs[lefts] + 1]
    starts = np.where(inside_below, lefts, lefts + 1)
    stops = starts ^ 1
    order, ends = _cycles((across[stops] >> 1).tolist())
    corners = np.empty((2 * len(order), 2), dtype=np.int64)
    path = np.array(order, dtype=np.intp)
    corners[0::2, 0], corners[0::2, 1] = xs[starts[path]], ys[starts[path]]
    corners[1::2, 0], corners[1::2, 1] = xs[stops[path]], ys[stops[path]]
    begins = [0, *ends][: len(ends)]
    rings = [corners[2 * begin : 2 * end] for begin, end in zip(begins, ends, strict=True)]
    heads = [order[begin] for begin in begins]
    tops = [(int(xs[2 * head]), int(ys[2 * head])) for head in heads]
    return rings, tops, [bool(inside_below[head]) for head in heads]


def _joins_low_left(padded: Pixels, xs: Numbers, ys: Numbers, *, connectivity: Connectivity) -> NDArray[np.bool_]:
    """Of points where pixels touch: whether rings go from the left to below and from the right to above there.

    They go from the left to above otherwise. Either way they turn around the pixels outside when those inside belong
    together, and around those inside when they are apart.
    """
    import numpy as np

    inside: NDArray[np.bool_] = padded[ys, xs]
    if connectivity == 8:
        return inside
    parts = _part_numbers(padded, connectivity=4)
    one = np.where(inside, parts[ys, xs], parts[ys, xs + 1])
    other = np.where(inside, parts[ys + 1, xs + 1], parts[ys + 1, xs])
    joined: NDArray[np.bool_] = inside == (one == other)
    return joined


def _part_numbers(bitmap: Pixels, *, connectivity: Connectivity) -> NDArray[np.int32]:
    """A number for each pixel inside, the same for those that hang together."""
    from scipy import ndimage

    neighbours = ndimage.generate_binary_structure(2, 2 if connectivity == 8 else 1)
    numbers: NDArray[np.int32] = ndimage.label(bitmap, structure=neighbours)[0]
    return numbers


def _cycles(following: Sequence[int]) -> tuple[list[int], list[int]]:
    """The cycles of a permutation one after the other, each from its smallest number on, and where each one ends."""
    order: list[int] = []
    ends: list[int] = []
    seen = bytearray(len(following))
    for start in range(len(following)):
        at = start
        while not seen[at]:
            seen[at] = 1
            order.append(at)
            at = following[at]
        if len(order) > (ends[-1] if ends else 0):
            ends.append(len(order))
    return order, ends
