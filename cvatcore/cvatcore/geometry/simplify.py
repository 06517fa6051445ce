"""Lines with fewer corners."""

from __future__ import annotations

from collections.abc import Sequence

from cvatcore.geometry.outline import ring_of


def simplify_polygon(points: Sequence[float], *, tolerance: float) -> tuple[float, ...]:
    """A polygon with fewer corners, each one that goes being at most `tolerance` pixels from the new border.

    It stays a ring of three corners or more that are corners of the old one; a ring that did not cross itself still
    does not. With less than three different corners it stays as it is.
    """
    import shapely

    ring = ring_of(points)
    if tolerance <= 0 or len(ring) < 4:
        return tuple(float(number) for number in points)
    found = shapely.get_coordinates(shapely.simplify(shapely.LinearRing(ring), tolerance, preserve_topology=True))[:-1]
    return tuple((found if len(found) >= 3 else ring).ravel().tolist())


def simplify_polyline(points: Sequence[float], *, tolerance: float) -> tuple[float, ...]:
    """A polyline with fewer corners, each one that goes being at most `tolerance` pixels from the new line.

    Its ends stay.
    """
    import shapely

    line = ring_of(points)
    if tolerance <= 0 or len(line) < 3:
        return tuple(float(number) for number in points)
    found = shapely.get_coordinates(shapely.simplify(shapely.LineString(line), tolerance, preserve_topology=False))
    return tuple(found.ravel().tolist())
