"""Masks as run lengths: CVAT's by rows within a box, COCO's by columns of the whole picture; ellipses as masks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.bool_]


class ColumnRuns(msgspec.Struct, frozen=True):
    """A mask as COCO has it."""

    counts: list[int]
    """Lengths of runs by columns, outside and inside in turn, outside first."""
    area: int
    """In pixels."""
    box: tuple[int, int, int, int]
    """Left, top, width and height, in pixels."""


def mask_pixels(points: Sequence[float], *, width: int, height: int) -> Pixels | None:
    """The pixels of a picture that are inside a mask of CVAT, cut at its edges; None when it contradicts itself."""
    import numpy as np

    runs = [int(run) for run in points[:-4]]
    left, top, right, bottom = (int(value) for value in points[-4:])
    wide, high = right - left + 1, bottom - top + 1
    if wide <= 0 or high <= 0 or any(run < 0 for run in runs) or sum(runs) != wide * high:
        return None
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(high, wide)
    picture = np.zeros((height, width), dtype=np.bool_)
    to_left, to_top, to_right, to_bottom = max(left, 0), max(top, 0), min(right + 1, width), min(bottom + 1, height)
    if to_left < to_right and to_top < to_bottom:
        picture[to_top:to_bottom, to_left:to_right] = inside[
            to_top - top : to_bottom - top, to_left - left : to_right - left
        ]
    return picture


def ellipse_pixels(points: Sequence[float], *, rotation: float, width: int, height: int) -> Pixels:
    """The pixels of a picture whose middle is inside an ellipse; `rotation` is clockwise, in degrees."""
    import numpy as np

    cx, cy, right, top = points
    rx, ry = abs(right - cx), abs(cy - top)
    if not rx or not ry:
        return np.zeros((height, width), dtype=np.bool_)
    x = np.arange(width)[None, :] + 0.5 - cx
    y = np.arange(height)[:, None] + 0.5 - cy
    cos, sin = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    inside: Pixels = ((x * cos + y * sin) / rx) ** 2 + ((y * cos - x * sin) / ry) ** 2 <= 1
    return inside


def column_runs(pixels: Pixels) -> ColumnRuns | None:
    """Pixels as COCO's runs; None when there are none inside."""
    import numpy as np

    box = _box(pixels)
    if box is None:
        return None
    left, top, right, bottom = box
    return ColumnRuns(
        counts=_runs(pixels.ravel(order="F")),
        area=int(np.count_nonzero(pixels)),
        box=(left, top, right - left + 1, bottom - top + 1),
    )


def mask_points(counts: Sequence[int], *, width: int, height: int) -> tuple[float, ...] | None:
    """The points of a mask of CVAT from COCO's runs; None when there are no pixels inside.

    `sum(counts)` is `width * height`.
    """
    import numpy as np

    pixels = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape((height, width), order="F")
    box = _box(pixels)
    if box is None:
        return None
    left, top, right, bottom = box
    runs = _runs(pixels[top : bottom + 1, left : right + 1].ravel())
    return tuple(float(value) for value in (*runs, left, top, right, bottom))


def decode_counts(text: str) -> list[int]:
    """The run lengths of COCO's compressed form: 5 bits a character, differences to the run before the last.

    Errors: ValueError when it is none.
    """
    counts: list[int] = []
    value = shift = 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64 or shift > 60:
            raise ValueError(f"{character!r} is no part of a compressed mask")
        value |= (code & 0x1F) << shift
        shift += 5
        if code & 0x20:
            continue
        if code & 0x10:
            value -= 1 << shift
        if len(counts) > 2:
            value += counts[-2]
        counts.append(value)
        value = shift = 0
    if shift:
        raise ValueError("it is cut off")
    return counts


def _box(pixels: Pixels) -> tuple[int, int, int, int] | None:
    import numpy as np

    columns, rows = np.flatnonzero(pixels.any(axis=0)), np.flatnonzero(pixels.any(axis=1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def _runs(flat: Pixels) -> list[int]:
    """Run lengths of a row of pixels, starting with those outside."""
    import numpy as np

    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate(([0], edges, [len(flat)]))).tolist()
    found: list[int] = [int(run) for run in runs]
    return [0, *found] if flat[0] else found
