"""A point cloud in memory, and how it is put together from the columns of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FAR: Final = 1e4
"""In units of the cloud, usually metres: farther from the origin four bytes a number are too few for millimetres."""

NOWHERE: Final = 1e30
"""Coordinates beyond it are no places: some scanners write such numbers where no echo came back."""

PLACE: Final = ("x", "y", "z")

INTENSITY: Final = ("intensity", "i", "intensities", "reflectance", "reflectivity", "scalar_intensity")
"""What the strength of the echo is called, the commonest first."""

PACKED: Final = ("rgb", "rgba")
"""Colours packed into four bytes: alpha, red, green, blue from the highest to the lowest."""

CHANNELS: Final = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))

WANTED: Final = frozenset([*PLACE, *INTENSITY, *PACKED, *(channel for three in CHANNELS for channel in three)])
"""The columns that make a cloud; all others are skipped."""


class Cloud(msgspec.Struct, frozen=True, eq=False):
    """Points in the sensor's or the world's coordinates, each with a place."""

    points: npt.NDArray[np.float32] | npt.NDArray[np.float64]
    """N x 3: x, y, z; finite."""
    intensity: npt.NDArray[np.float32] | None = None
    """N numbers, in whatever scale the sensor has."""
    rgb: npt.NDArray[np.uint8] | None = None
    """N x 3."""

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.points)


def cloud_of(columns: Mapping[str, npt.NDArray[Any]]) -> Cloud:
    """A cloud of columns of the same length, by their names in lower case: x, y, z and those of `WANTED`.

    Points whose place is not finite, or beyond `NOWHERE`, are left out. Places have eight bytes a number where the
    columns have more than float32 holds.
    """
    import numpy as np

    # Any bytes are numbers, also such as do not fit another type; those are told below.
    with np.errstate(all="ignore"):
        points = _places(columns)
        intensity = next((columns[title] for title in INTENSITY if title in columns), None)
        if intensity is not None:
            intensity = intensity.astype(np.float32)
            if not np.isfinite(intensity).all():
                intensity = np.nan_to_num(intensity)
        rgb = _colours(columns)
        # NaN is neither less nor more, and is the least and the most of any numbers with it: usually this says it all.
        if points.size and not (points.min() > -NOWHERE and points.max() < NOWHERE):
            kept = (np.abs(points) < NOWHERE).all(axis=1)
            points = points[kept]
            intensity = None if intensity is None else intensity[kept]
            rgb = None if rgb is None else rgb[kept]
    return Cloud(points=points, intensity=intensity, rgb=rgb)


def recentred(cloud: Cloud) -> tuple[Cloud, tuple[float, float, float]]:
    """The cloud with its middle at the origin, in float32, where it lies far from it; else the same in float32.

    Returns:
        The cloud, and what has to be added to its points to have them where they were: whole numbers, or zeros.
    """
    import numpy as np

    origin = np.zeros(3)
    if cloud.size:
        middle = np.array([np.median(cloud.points[:, axis]) for axis in range(3)], np.float64)
        if np.abs(middle).max() > FAR:
            origin = np.round(middle)
    points = cloud.points
    if origin.any():
        points = points.astype(np.float64) - origin
    narrow = msgspec.structs.replace(cloud, points=points.astype(np.float32, copy=False))
    return narrow, (float(origin[0]), float(origin[1]), float(origin[2]))


def narrowed(cloud: Cloud) -> Cloud:
    """The cloud in float32 where that keeps its places to less than a millimetre or so; else as it is."""
    import numpy as np

    if cloud.points.dtype == np.float32 or (cloud.size and np.abs(cloud.points).max() > FAR):
        return cloud
    return msgspec.structs.replace(cloud, points=cloud.points.astype(np.float32))


def _places(columns: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[Any]:
    import numpy as np

    places = [columns[axis] for axis in PLACE]
    is_wide = any(column.itemsize > 4 or (column.dtype.kind in "iu" and column.itemsize > 2) for column in places)
    points = np.empty((len(places[0]), 3), np.float64 if is_wide else np.float32)
    for axis, column in enumerate(places):
        points[:, axis] = column
    return points


def _colours(columns: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint8] | None:
    import numpy as np

    packed = next((columns[title] for title in PACKED if title in columns), None)
    if packed is not None:
        bits = _bits(packed)
        rgb = np.empty((len(bits), 3), np.uint8)
        for channel, shift in enumerate((16, 8, 0)):
            rgb[:, channel] = bits >> shift & 0xFF
        return rgb
    three = next((names for names in CHANNELS if all(name in columns for name in names)), None)
    if three is None:
        return None
    return np.stack([_channel(columns[name]) for name in three], axis=1)


def _bits(packed: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """The four bytes of packed colours, which are stored as a number of four bytes of any kind."""
    import numpy as np

    if packed.dtype.kind == "f":
        return np.ascontiguousarray(packed, dtype=np.float32).view(np.uint32)
    return packed.astype(np.uint32)


def _channel(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """One colour channel in eight bits: floats are fractions of one, 16 bits are scaled down."""
    import numpy as np

    if values.dtype.kind == "f":
        numbers = np.nan_to_num(values.astype(np.float64))
        if not numbers.size or numbers.max() <= 1:
            numbers = numbers * 255
        return np.clip(numbers, 0, 255).astype(np.uint8)
    if values.dtype.itemsize > 1 and values.size and values.max() > 255:
        values = values >> 8
    eight: npt.NDArray[np.uint8] = np.clip(values, 0, 255).astype(np.uint8)
    return eight
