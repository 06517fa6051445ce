"""Cutting polygons and masks along a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvatcore.geometry.mask import Mask, mask_of_pixels, mask_pixels
from cvatcore.geometry.outline import ring_of
from cvatcore.geometry.polygon import areas_in, polygons_of, region_of
from cvatcore.geometry.raster import rasterize

if TYPE_CHECKING:
    from cvatcore.geometry.outline import Ring


def slice_polygon(points: Sequence[float], line: Sequence[float]) -> list[tuple[float, ...]]:
    """The parts into which a polyline cuts a polygon; the polygon alone when it does not cut it.

    The line may have any number of corners, cross the polygon several times, and cross itself: every part that it and
    the border enclose is one. Each part runs in the polygon's direction.
    """
    import shapely

    ring = ring_of(points)
    cut = ring_of(line)
    if len(ring) < 3 or len(cut) < 2:
        return [tuple(float(number) for number in points)]
    region = region_of(ring)
    borders = shapely.union_all([shapely.boundary(region), shapely.LineString(cut)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    # The point furthest from a face's border tells where the face is. Any other may, by rounding, lie on the polygon's
    # border, and cutting faces that only touch the polygon is where libraries of geometry go wrong.
    middles = shapely.get_point(shapely.maximum_inscribed_circle(faces), 0)
    inside = faces[shapely.contains(region, middles)]
    parts = [part for face in inside for part in polygons_of(face, like=points)]
    whole = len(shapely.get_parts(areas_in(region)))
    return parts if len(parts) > whole else [tuple(float(number) for number in points)]


def slice_mask(mask: Mask, line: Sequence[float]) -> list[Mask]:
    """The parts into which a polyline cuts a mask; every pixel is in exactly one.

    The ends of the line are prolonged until they leave the mask's box. A part is what is on one side of the line, even
    when it is in several pieces.
    """
    import numpy as np

    cut = _prolonged(ring_of(line) - (mask.left, mask.top), reach=2.0 * (mask.width + mask.height))
    if not len(cut):
        return [mask]
    # One pixel around the box: a line along its border does not cut.
    width, height = mask.width + 2, mask.height + 2
    sides = slice_polygon((0, 0, width, 0, width, height, 0, height), tuple((cut + 1).ravel().tolist()))
    parts: list[Mask] = []
    for side in sides:
        drawn = rasterize("polygon", side, width=width, height=height)
        if drawn is None:
            continue
        inside = mask_pixels(drawn, width=width, height=height)[1:-1, 1:-1]
        part = mask_of_pixels(np.logical_and(mask.bitmap, inside), left=mask.left, top=mask.top)
        if part is not None:
            parts.append(part)
    return parts


def _prolonged(line: Ring, *, reach: float) -> Ring:
    """A line with its ends moved on straight by `reach`; empty when all its points are one."""
    import numpy as np

    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    moving = np.flatnonzero(lengths)
    if not len(moving):
        return line[:0]
    first, last = moving[0], moving[-1]
    before = line[0] - steps[first] / lengths[first] * reach
    after = line[-1] + steps[last] / lengths[last] * reach
    return np.concatenate(([before], line, [after]))
