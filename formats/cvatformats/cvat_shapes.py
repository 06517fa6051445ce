"""The geometry of CVAT's XML: which element and attributes stand for a shape's points, in both directions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from cvatcore.schema import ShapeType
from cvatformats.xml_text import number_text

ELEMENTS: Mapping[str, ShapeType] = {
    "box": "rectangle",
    "ellipse": "ellipse",
    "polygon": "polygon",
    "polyline": "polyline",
    "points": "points",
    "mask": "mask",
    "cuboid": "cuboid",
    "skeleton": "skeleton",
    "tag": "tag",
}
"""Element names and what they are."""

NAMES: Mapping[ShapeType, str] = {kind: name for name, kind in ELEMENTS.items()}

_BOX = ("xtl", "ytl", "xbr", "ybr")
_ELLIPSE = ("cx", "cy", "rx", "ry")
_CUBOID = tuple(f"{axis}{corner}{face}" for face in "12" for corner in ("tl", "bl", "tr", "br") for axis in "xy")
_DIGITS = 6
"""An ellipse has radii in XML and corners here; their sums are rounded to so many decimals."""


def geometry_attributes(kind: ShapeType, points: Sequence[float]) -> str:
    """The attributes of an element that say where it is, each with a space before it."""
    if kind == "rectangle":
        return _numbers(_BOX, points)
    if kind == "ellipse":
        cx, cy, right, top = points
        return _numbers(_ELLIPSE, (cx, cy, round(right - cx, _DIGITS), round(cy - top, _DIGITS)))
    if kind == "cuboid":
        return _numbers(_CUBOID, points)
    if kind == "mask":
        runs = ", ".join(str(int(run)) for run in points[:-4])
        left, top, right, bottom = (int(value) for value in points[-4:])
        return f' rle="{runs}" left="{left}" top="{top}" width="{right - left + 1}" height="{bottom - top + 1}"'
    if kind in {"tag", "skeleton"}:
        return ""
    pairs = zip(points[0::2], points[1::2], strict=True)
    return ' points="' + ";".join(f"{number_text(x)},{number_text(y)}" for x, y in pairs) + '"'


def geometry_template(kind: ShapeType, size: int) -> str:
    """The same for shapes of so many numbers that are not masks, to be filled by `%` with two decimals each."""
    if kind in {"tag", "skeleton"}:
        return ""
    names = {"rectangle": _BOX, "ellipse": _ELLIPSE, "cuboid": _CUBOID}.get(kind)
    if names is not None:
        return "".join(f' {name}="%.2f"' for name in names)
    return ' points="' + ";".join(["%.2f,%.2f"] * (size // 2)) + '"'


def points_of(kind: ShapeType, attributes: Mapping[str, str]) -> tuple[float, ...]:
    """The points that an element's attributes say.

    Errors: ValueError as the end of a sentence about the element.
    """
    if kind == "rectangle":
        return tuple(read_number(attributes, name) for name in _BOX)
    if kind == "ellipse":
        cx, cy, rx, ry = (read_number(attributes, name) for name in _ELLIPSE)
        return cx, cy, round(cx + rx, _DIGITS), round(cy - ry, _DIGITS)
    if kind == "cuboid":
        return tuple(read_number(attributes, name) for name in _CUBOID)
    if kind == "mask":
        return _mask_points(attributes)
    if kind in {"tag", "skeleton"}:
        return ()
    text = required(attributes, "points")
    try:
        values = [float(value) for pair in text.split(";") for value in _pair(pair)]
    except ValueError:
        raise ValueError(f"has the points {_short(text)}, where pairs x,y;x,y belong") from None
    if not all(map(math.isfinite, values)):
        raise ValueError(f"has the points {_short(text)}, not all of them finite")
    return tuple(values)


def read_number(attributes: Mapping[str, str], name: str, *, default: float | None = None) -> float:
    """A finite number.

    Errors: ValueError as the end of a sentence.
    """
    return _parsed(attributes, name, float, default)


def read_integer(attributes: Mapping[str, str], name: str, *, default: int | None = None) -> int:
    """A whole number.

    Errors: ValueError as the end of a sentence.
    """
    return int(_parsed(attributes, name, int, default))


def read_flag(attributes: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """`1` or `0`.

    Errors: ValueError as the end of a sentence.
    """
    value = attributes.get(name)
    if value is None:
        return default
    if value not in {"0", "1"}:
        raise ValueError(f"has {name}={_short(value)}, where 0 or 1 belongs")
    return value == "1"


def required(attributes: Mapping[str, str], name: str) -> str:
    """An attribute that has to be there.

    Errors: ValueError as the end of a sentence.
    """
    value = attributes.get(name)
    if value is None:
        raise ValueError(f"has no attribute {name}")
    return value


def _numbers(names: Sequence[str], values: Sequence[float]) -> str:
    return "".join(f' {name}="{number_text(value)}"' for name, value in zip(names, values, strict=True))


def _parsed(attributes: Mapping[str, str], name: str, parse: Callable[[str], float], default: float | None) -> float:
    if default is not None and name not in attributes:
        return default
    text = required(attributes, name)
    try:
        value = parse(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"has {name}={_short(text)}, which is no number")
    return value


def _mask_points(attributes: Mapping[str, str]) -> tuple[float, ...]:
    text = required(attributes, "rle")
    left, top = read_integer(attributes, "left"), read_integer(attributes, "top")
    width, height = read_integer(attributes, "width"), read_integer(attributes, "height")
    try:
        runs = [int(run) for run in text.split(",")]
    except ValueError:
        raise ValueError(f"has rle={_short(text)}, where run lengths belong") from None
    if width < 1 or height < 1 or min(runs) < 0 or sum(runs) != width * height:
        raise ValueError(f"has run lengths for {sum(runs)} pixels in a box of {width}x{height}")
    return tuple(float(value) for value in (*runs, left, top, left + width - 1, top + height - 1))


def _pair(text: str) -> tuple[str, str]:
    x, y = text.split(",")
    return x, y


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
