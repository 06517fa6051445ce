"""The points of PCD files, and clouds as PCD files."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, Final

from cvatcore.errors import InvalidMedia
from cvatcore.media.cloud.lzf import BrokenStream, unpack_lzf
from cvatcore.media.cloud.pcd_header import PcdField, PcdHeader, read_pcd_header
from cvatcore.media.cloud.points import WANTED, Cloud, cloud_of, recentred
from cvatcore.media.cloud.text import read_numbers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Columns = dict[str, npt.NDArray[Any]]

_LENGTHS: Final = struct.Struct("<II")
"""What comes before compressed points: their lengths packed and unpacked."""

MAX_UNPACKED: Final = 1 << 30
"""In bytes: compressed points that take more are refused, because a small file can claim as much."""


def read_pcd(data: bytes, *, name: str) -> Cloud:
    """A cloud of the bytes of a PCD file.

    Errors: InvalidMedia with `name`.
    """
    header = read_pcd_header(io.BytesIO(data), name=name)
    if header.coding == "ascii":
        columns = _ascii(data, header, name=name)
    elif header.coding == "binary":
        columns = _binary(data, header, name=name)
    else:
        columns = _compressed(data, header, name=name)
    return cloud_of(columns)


def encode_pcd(cloud: Cloud) -> bytes:
    """A cloud as a binary PCD file: places in its own precision, intensity and packed colours where it has them."""
    import numpy as np

    wide = cloud.points.dtype.itemsize == 8
    fields: list[tuple[str, str, int]] = [(axis, "F", 8 if wide else 4) for axis in "xyz"]
    if cloud.intensity is not None:
        fields.append(("intensity", "F", 4))
    if cloud.rgb is not None:
        fields.append(("rgb", "U", 4))
    # Colours are a float by custom; as a whole number of four bytes every reader takes them too, and none makes NaN of
    # them.
    rows = np.empty(cloud.size, [(title, f"<{kind.lower()}{size}") for title, kind, size in fields])
    for axis, title in enumerate("xyz"):
        rows[title] = cloud.points[:, axis]
    if cloud.intensity is not None:
        rows["intensity"] = cloud.intensity
    if cloud.rgb is not None:
        red, green, blue = (cloud.rgb[:, channel].astype(np.uint32) for channel in range(3))
        rows["rgb"] = red << 16 | green << 8 | blue
    head = (
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\n"
        f"FIELDS {' '.join(title for title, _, _ in fields)}\n"
        f"SIZE {' '.join(str(size) for _, _, size in fields)}\n"
        f"TYPE {' '.join(kind for _, kind, _ in fields)}\n"
        f"COUNT {' '.join('1' for _ in fields)}\n"
        f"WIDTH {cloud.size}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {cloud.size}\nDATA binary\n"
    )
    return head.encode() + rows.tobytes()


def recentred_pcd(data: bytes, *, name: str) -> tuple[bytes, tuple[float, float, float]]:
    """The cloud of a PCD file as a binary one in float32, brought to the origin where it lies far from it.

    Returns:
        The file, and what has to be added to its points to have them where they were.

    Errors: InvalidMedia with `name`.
    """
    cloud, origin = recentred(read_pcd(data, name=name))
    return encode_pcd(cloud), origin


def _ascii(data: bytes, header: PcdHeader, *, name: str) -> Columns:
    try:
        numbers = read_numbers(
            data, at=header.length, rows=header.points, columns=sum(field.count for field in header.fields)
        )
    except ValueError as error:
        raise _broken(name, str(error)) from None
    columns: Columns = {}
    at = 0
    for field in header.fields:
        if field.name in WANTED:
            column = numbers[:, at]
            # Places keep all digits that the text has; colours are the bits of what they are said to be.
            columns.setdefault(field.name, column if field.name in "xyz" or field.kind == "F" else _whole(column))
        at += field.count
    return columns


def _whole(column: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    import numpy as np

    return np.clip(np.nan_to_num(column), -(2.0**62), 2.0**62).astype(np.int64)


def _binary(data: bytes, header: PcdHeader, *, name: str) -> Columns:
    import numpy as np

    _check_length(len(data) - header.length, header, name=name)
    wanted = list(_wanted(header))
    layout = np.dtype(
        {
            "names": [field.name for field, _ in wanted],
            "formats": [_code(field) for field, _ in wanted],
            "offsets": [offset for _, offset in wanted],
            "itemsize": header.stride,
        }
    )
    rows = np.frombuffer(data, layout, count=header.points, offset=header.length)
    return {field.name: rows[field.name] for field, _ in wanted}


def _compressed(data: bytes, header: PcdHeader, *, name: str) -> Columns:
    """Points are stored field by field: all x, then all y …; of a field with several numbers point by point."""
    import numpy as np

    begin = header.length + _LENGTHS.size
    if len(data) < begin:
        raise _broken(name, "it ends too early")
    packed, unpacked = _LENGTHS.unpack_from(data, header.length)
    if unpacked != header.points * header.stride:
        raise _broken(name, f"its {header.points} points take {header.points * header.stride} bytes, not {unpacked}")
    if unpacked > MAX_UNPACKED:
        raise InvalidMedia(
            f"{name} would unpack to {unpacked} bytes, more than {MAX_UNPACKED >> 30} GiB.",
            hint="If you trust it, write its points uncompressed (DATA binary).",
        )
    if packed > len(data) - begin:
        raise _broken(name, "it ends too early")
    wanted = _wanted(header)
    # Unpacking is what takes long, and what other fields hold usually comes last.
    needed = max(offset + field.bytes for field, offset in wanted) * header.points
    try:
        plain = unpack_lzf(data[begin : begin + packed], unpacked, first=needed)
    except BrokenStream as error:
        raise _broken(name, f"its compressed points are broken: {error}") from None
    columns: Columns = {}
    for field, offset in wanted:
        column = np.frombuffer(
            plain, _code(field), count=header.points * field.count, offset=offset * header.points
        ).reshape(header.points, field.count)
        columns[field.name] = column[:, 0]
    return columns


def _wanted(header: PcdHeader) -> list[tuple[PcdField, int]]:
    """The fields that make a cloud, each with its place in a point; the first where two are called alike."""
    found: dict[str, tuple[PcdField, int]] = {}
    offset = 0
    for field in header.fields:
        if field.name in WANTED:
            found.setdefault(field.name, (field, offset))
        offset += field.bytes
    return list(found.values())


def _code(field: PcdField) -> str:
    return f"<{field.kind.lower()}{field.size}"


def _check_length(size: int, header: PcdHeader, *, name: str) -> None:
    if size < header.points * header.stride:
        raise _broken(name, "it ends too early")


def _broken(name: str, reason: str) -> InvalidMedia:
    return InvalidMedia(f"{name} cannot be read as a PCD file: {reason}.", hint="Fetch or write it anew.")
