"""Point clouds by their files: PCD, PLY and the .bin files of KITTI and Velodyne."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Final

from cvatcore.errors import InvalidMedia
from cvatcore.media.cloud.pcd_header import MAX_POINTS, read_pcd_header
from cvatcore.media.cloud.ply_header import read_ply_header

if TYPE_CHECKING:
    from cvatcore.media.cloud.points import Cloud

BIN_POINT: Final = 16
"""Bytes of a point in a .bin file: x, y, z and intensity, four bytes each."""


def read_cloud(data: bytes, *, name: str) -> Cloud:
    """A cloud of the bytes of its file; `name` says by its extension what it is, and is what messages call it.

    Points that have no place (NaN) are left out.

    Errors: InvalidMedia.
    """
    suffix = _suffix(name)
    if suffix == ".bin":
        return _read_bin(data, name=name)
    if suffix == ".ply":
        from cvatcore.media.cloud.ply import read_ply

        return read_ply(data, name=name)
    from cvatcore.media.cloud.pcd import read_pcd

    return read_pcd(data, name=name)


def read_cloud_size(file: IO[bytes], *, name: str, size: int | None = None) -> int:
    """The number of points of a cloud, from its header and its length alone.

    Points without a place, which are dropped when the cloud is read, count.

    Args:
        file: at its beginning. It need not be all of it, if `size` is given: 64 KiB are enough.
        name: says by its extension what it is, and is what messages call it.
        size: the length of the whole file in bytes; looked up in `file` where it is not given.

    Errors: InvalidMedia when it is no point cloud, does not agree with itself, or is shorter than it says.
    """
    if size is None:
        at = file.tell()
        size = file.seek(0, os.SEEK_END) - at
        file.seek(at)
    suffix = _suffix(name)
    if suffix == ".bin":
        return _bin_points(size, name=name)
    if suffix == ".ply":
        ply = read_ply_header(file, name=name)
        vertices = ply.vertices
        least = sum(element.stride * element.count for element in (*ply.before, vertices))
        if ply.coding == "ascii":
            least = 2 * len(vertices.properties) * vertices.count - 1  # a digit and a gap
        _check_length(size - ply.length, least, points=vertices.count, name=name)
        return vertices.count
    pcd = read_pcd_header(file, name=name)
    if pcd.coding == "binary":
        _check_length(size - pcd.length, pcd.points * pcd.stride, points=pcd.points, name=name)
    elif pcd.coding == "ascii":
        numbers = sum(field.count for field in pcd.fields)
        _check_length(size - pcd.length, 2 * numbers * pcd.points - 1, points=pcd.points, name=name)
    else:
        # LZF shrinks 264 bytes to three at best: whatever claims more is cut off.
        _check_length(size - pcd.length, pcd.points * pcd.stride // 88, points=pcd.points, name=name)
    return pcd.points


def _read_bin(data: bytes, *, name: str) -> Cloud:
    import numpy as np

    from cvatcore.media.cloud.points import cloud_of

    numbers = np.frombuffer(data, "<f4", count=4 * _bin_points(len(data), name=name)).reshape(-1, 4)
    return cloud_of({title: numbers[:, column] for column, title in enumerate(("x", "y", "z", "intensity"))})


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _bin_points(size: int, *, name: str) -> int:
    if not size or size % BIN_POINT:
        raise InvalidMedia(
            f"{name} has {size} bytes, which are no whole points of {BIN_POINT} bytes (x, y, z and intensity).",
            hint="Only the .bin files of KITTI and Velodyne are read; convert others to PCD.",
        )
    if size // BIN_POINT > MAX_POINTS:
        raise InvalidMedia(f"{name} holds {size // BIN_POINT} points, more than {MAX_POINTS}.", hint="Cut it.")
    return size // BIN_POINT


def _check_length(size: int, least: int, *, points: int, name: str) -> None:
    if size < least:
        raise InvalidMedia(
            f"{name} is cut off: its header says {points} points, which take at least {least} bytes, and {size} are "
            "there.",
            hint="Fetch or write it anew.",
        )
