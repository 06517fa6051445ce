"""Shapes turned into shapes of another kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from cvatcore.errors import InvalidInput
from cvatcore.geometry.box import bounding_box
from cvatcore.geometry.contours import bridged, mask_polygons
from cvatcore.geometry.ellipse_fit import ellipse_of_mask, ellipse_of_polygon
from cvatcore.geometry.figure import Figure
from cvatcore.geometry.mask import crop_mask, mask_points, read_mask
from cvatcore.geometry.outline import cuboid_ring, ellipse_corners, ellipse_ring, rectangle_ring
from cvatcore.geometry.raster import rasterize

AreaKind = Literal["rectangle", "polygon", "ellipse", "mask"]
"""What shapes can be turned into."""

CONVERTIBLE = frozenset(["rectangle", "polygon", "ellipse", "mask", "cuboid", "polyline"])
"""What can be turned into another kind: a cuboid is the hull of its corners, a polyline its closed ring."""


def convert_shape(
    kind: str,
    points: Sequence[float],
    *,
    rotation: float = 0.0,
    to: AreaKind,
    width: int,
    height: int,
    tolerance: float = 0.0,
    holes: bool = True,
) -> list[Figure]:
    """A shape as one of another kind, in a picture of `width x height`; a mask in several pieces is several polygons.

    Nothing comes back when nothing is left, as of a polygon without a pixel in the picture. What is lost:

    * to a mask, what is finer than pixels or out of the picture;
    * from a mask to polygons nothing, unless a `tolerance` (in pixels) simplifies them. Holes are joined to the border
      by a seam without a width, or, without `holes`, filled;
    * to a rectangle everything but the box around it; an ellipse keeps its rotation;
    * to an ellipse everything but middle and spread (see `ellipse_fit`); a rectangle gets the one inscribed in it;
    * from an ellipse to a polygon, up to a quarter of a pixel at the border.

    Errors: InvalidInput for kinds that have no area, and for run lengths that contradict themselves.
    """
    if kind not in CONVERTIBLE:
        raise InvalidInput(
            f"A {kind} cannot be turned into a {to}.", hint=f"That goes from: {', '.join(sorted(CONVERTIBLE))}."
        )
    if kind == to:
        return [Figure(kind, tuple(float(number) for number in points), rotation)]
    if to == "mask":
        closed = "polygon" if kind == "polyline" else kind
        mask = rasterize(closed, points, rotation=rotation, width=width, height=height)
        found = None if mask is None else mask_points(mask)
        return [] if found is None else [Figure(to, found)]
    if to == "polygon":
        return _polygons(kind, points, rotation=rotation, tolerance=tolerance, holes=holes)
    found_figure = (
        _rectangle(kind, points, rotation=rotation) if to == "rectangle" else _ellipse(kind, points, rotation=rotation)
    )
    return [] if found_figure is None else [found_figure]


def _polygons(kind: str, points: Sequence[float], *, rotation: float, tolerance: float, holes: bool) -> list[Figure]:
    if kind == "mask":
        parts = mask_polygons(read_mask(points), tolerance=tolerance)
        return [Figure("polygon", bridged(part) if holes else part.outer) for part in parts]
    if kind == "rectangle":
        ring = rectangle_ring(points, rotation=rotation)
    elif kind == "ellipse":
        ring = ellipse_ring(points, rotation=rotation, corners=ellipse_corners(points), same_area=True)
    elif kind == "cuboid":
        ring = cuboid_ring(points)
    else:
        return [Figure("polygon", tuple(float(number) for number in points))] if len(points) >= 6 else []
    return [Figure("polygon", tuple(ring.ravel().tolist()))] if len(ring) >= 3 else []


def _rectangle(kind: str, points: Sequence[float], *, rotation: float) -> Figure | None:
    if kind == "ellipse":
        cx, cy, right, top = points
        rx, ry = abs(right - cx), abs(cy - top)
        return Figure("rectangle", (cx - rx, cy - ry, cx + rx, cy + ry), rotation)
    if kind == "mask":
        mask = crop_mask(read_mask(points))
        if mask is None:
            return None
        left, top = float(mask.left), float(mask.top)
        return Figure("rectangle", (left, top, left + mask.width, top + mask.height))
    box = bounding_box(kind, points)
    return None if box is None else Figure("rectangle", box)


def _ellipse(kind: str, points: Sequence[float], *, rotation: float) -> Figure | None:
    if kind == "rectangle":
        x1, y1, x2, y2 = points
        cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
        return Figure("ellipse", (cx, cy, max(x1, x2), min(y1, y2)), rotation)
    if kind == "mask":
        mask = crop_mask(read_mask(points))
        return None if mask is None else ellipse_of_mask(mask)
    ring = cuboid_ring(points).ravel().tolist() if kind == "cuboid" else points
    return ellipse_of_polygon(ring) if len(ring) >= 6 else None
