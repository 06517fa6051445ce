"""Shapes as SVG, in pixels of the frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from cvatcore.geometry import bounding_box, mask_polygons, points_problem, read_mask
from cvatcore.schema import Shape
from cvattui.page.frames import Drawing

_FACES = ((0, 1, 3, 2), (2, 3, 5, 4), (4, 5, 7, 6), (6, 7, 1, 0))
"""Of a cuboid in a picture, whose corners come as four upright edges around it, upper end first."""

_DOTS = 90
"""A point is a dot of this part of the longer side of its frame."""


def svg_of(shape: Drawing, *, width: int, height: int) -> str:
    """The inside of a group: nothing for what has no place, or whose points are broken."""
    if isinstance(shape, Shape) and shape.elements:
        return "".join(svg_of(element, width=width, height=height) for element in shape.elements)
    points = shape.points
    if not points or points_problem(shape.type, points):
        return ""
    if shape.type == "rectangle":
        x1, y1, x2, y2 = points
        box = _attributes(x=min(x1, x2), y=min(y1, y2), width=abs(x2 - x1), height=abs(y2 - y1))
        return f"<rect {box}{_turn(shape.rotation, (x1 + x2) / 2, (y1 + y2) / 2)}/>"
    if shape.type == "ellipse":
        cx, cy, right, top = points
        sides = _attributes(cx=cx, cy=cy, rx=abs(right - cx), ry=abs(cy - top))
        return f"<ellipse {sides}{_turn(shape.rotation, cx, cy)}/>"
    if shape.type == "polyline":
        return f'<polyline points="{_pairs(points)}"/>'
    if shape.type == "points":
        radius = max(width, height) / _DOTS
        return "".join(
            f"<circle {_attributes(cx=x, cy=y, r=radius)}/>" for x, y in zip(points[::2], points[1::2], strict=True)
        )
    if shape.type == "cuboid":
        corners = list(zip(points[::2], points[1::2], strict=True))
        faces = (chain.from_iterable(corners[corner] for corner in face) for face in _FACES)
        return "".join(f'<polygon points="{_pairs(list(face))}"/>' for face in faces)
    if shape.type == "mask":
        return _mask(points)
    return f'<polygon points="{_pairs(points)}"/>' if shape.type == "polygon" else ""


def extent(shapes: Iterable[Drawing]) -> tuple[int, int]:
    """The width and height, in pixels, of a frame that holds these shapes, where nothing says how large it is."""
    right = bottom = 1.0
    for shape in shapes:
        parts = shape.elements if isinstance(shape, Shape) and shape.elements else (shape,)
        for part in parts:
            if part.points and not points_problem(part.type, part.points):
                box = bounding_box(part.type, part.points, rotation=part.rotation)
                if box is not None:
                    right, bottom = max(right, box[2]), max(bottom, box[3])
    return int(right) + 1, int(bottom) + 1


def _mask(points: Sequence[float]) -> str:
    rings = [ring for part in mask_polygons(read_mask(points)) for ring in (part.outer, *part.holes)]
    return f'<path fill-rule="evenodd" d="{"".join(f"M{_pairs(ring)}Z" for ring in rings)}"/>' if rings else ""


def _attributes(**numbers: float) -> str:
    return " ".join(f'{name}="{_short(number)}"' for name, number in numbers.items())


def _turn(degrees: float, x: float, y: float) -> str:
    return f' transform="rotate({_short(degrees)} {_short(x)} {_short(y)})"' if degrees else ""


def _pairs(points: Sequence[float]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in zip(points[::2], points[1::2], strict=True))


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
