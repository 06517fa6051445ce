"""Polygons: how large they are, whether they cross themselves, and what they are as areas.

A ring that crosses itself has the area that drawing it gives: what it goes round an even number of times is outside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.contours import HoledPolygon, bridged
from cvatcore.geometry.outline import ring_of

if TYPE_CHECKING:
    import shapely

    from cvatcore.geometry.outline import Ring

_SLIVER = 1e-6
"""Smaller parts, in square pixels, are errors of rounding."""


def polygon_area(points: Sequence[float]) -> float:
    """The area inside a ring, in square pixels, by the shoelace formula: loops that run backwards are subtracted."""
    xs, ys = points[0::2], points[1::2]
    if not xs:
        return 0.0
    # From the first corner on: far from the origin, large products would swallow the difference.
    x0, y0 = xs[0], ys[0]
    twice = 0.0
    for index in range(1, len(xs) - 1):
        twice += (xs[index] - x0) * (ys[index + 1] - y0) - (xs[index + 1] - x0) * (ys[index] - y0)
    return abs(twice) / 2


def polygon_perimeter(points: Sequence[float]) -> float:
    """The length of a ring, in pixels, its closing side included."""
    return polyline_length((*points, *points[:2]))


def polyline_length(points: Sequence[float]) -> float:
    """The length of a line of corners, in pixels."""
    pairs = list(zip(points[0::2], points[1::2], strict=True))
    return math.fsum(map(math.dist, pairs, pairs[1:]))


def is_simple(points: Sequence[float]) -> bool:
    """Whether a ring has an area and neither crosses nor touches itself."""
    import shapely

    ring = ring_of(points)
    return len(ring) >= 3 and bool(shapely.is_valid(shapely.Polygon(ring)))


def region_of(ring: Ring) -> shapely.Geometry:
    """A ring as an area of shapely, sound even when the ring crosses itself; empty when it has no area."""
    import shapely

    if len(ring) < 3:
        return shapely.Polygon()
    polygon = shapely.Polygon(ring)
    return polygon if shapely.is_valid(polygon) else areas_in(shapely.make_valid(polygon))


def areas_in(geometry: shapely.Geometry) -> shapely.Geometry:
    """What of a geometry has an area: lines and points go."""
    import shapely

    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon" and not part.is_empty])


def polygons_of(geometry: shapely.Geometry, *, like: Sequence[float] = ()) -> list[tuple[float, ...]]:
    """The polygons of an area, each a single ring: a seam leads to each hole.

    Each runs in the direction of the ring `like`, and starts with the first of its corners that it still has.
    """
    import shapely

    found = [part for part in shapely.get_parts(areas_in(geometry)) if shapely.area(part) > _SLIVER]
    model = ring_of(like)
    return [tuple(_aligned(_single_ring(part), model).ravel().tolist()) for part in found]


def _single_ring(part: shapely.Geometry) -> Ring:
    import shapely

    rings = [tuple(shapely.get_coordinates(ring)[:-1].ravel().tolist()) for ring in shapely.get_rings(part)]
    return ring_of(bridged(HoledPolygon(rings[0], tuple(rings[1:]))))


def _aligned(ring: Ring, model: Ring) -> Ring:
    import numpy as np

    if not len(model):
        return ring
    if _turns_right(ring) != _turns_right(model):
        ring = ring[::-1]
    places = {tuple(corner): index for index, corner in reversed(list(enumerate(ring.tolist())))}
    first = next((places[tuple(corner)] for corner in model.tolist() if tuple(corner) in places), 0)
    return np.roll(ring, -first, axis=0)


def _turns_right(ring: Ring) -> bool:
    import numpy as np

    x, y = (ring - ring[0]).T
    return bool(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) >= 0)
