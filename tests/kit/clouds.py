"""Point clouds made for a test, and files of them in every kind."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Column = tuple[str, str, npt.NDArray[Any]]
"""A field's name, numpy's type (`<f4`), and its values: one a point, or points x count."""


def columns_of(count: int = 100, *, seed: int = 1, at: float = 0, kind: str = "<f4") -> list[Column]:
    """x, y, z of random points around a place, and their intensity."""
    random = np.random.default_rng(seed)
    places = random.normal(at, 10, (3, count)).astype(kind)
    strength = random.random(count).astype("<f4")
    return [*((axis, kind, places[row]) for row, axis in enumerate("xyz")), ("intensity", "<f4", strength)]


def points_of(columns: Sequence[Column]) -> npt.NDArray[Any]:
    """The points of such columns: N x 3."""
    found = {name: values for name, _, values in columns}
    return np.stack([found[axis] for axis in "xyz"], axis=1)


def pcd(
    columns: Sequence[Column],
    coding: Literal["ascii", "binary", "binary_compressed"] = "binary",
    *,
    version: str = ".7",
    height: int = 1,
) -> bytes:
    """A PCD file of columns."""
    values = [column[2][:, None] if column[2].ndim == 1 else column[2] for column in columns]
    points = len(values[0])
    kinds = [np.dtype(code) for _, code, _ in columns]
    lines = [
        "# .PCD v.7 - Point Cloud Data file format",
        f"VERSION {version}",
        f"{'COLUMNS' if version == '.5' else 'FIELDS'} {' '.join(name for name, _, _ in columns)}",
        f"SIZE {' '.join(str(kind.itemsize) for kind in kinds)}",
        f"TYPE {' '.join(kind.kind.upper() for kind in kinds)}",
        f"COUNT {' '.join(str(value.shape[1]) for value in values)}",
    ]
    if version != ".5":
        lines += [f"WIDTH {points // height}", f"HEIGHT {height}"]
    if version == ".7":
        lines += ["VIEWPOINT 0 0 0 1 0 0 0"]
    lines += [f"POINTS {points}", f"DATA {coding}", ""]
    head = "\n".join(lines).encode()
    if coding == "ascii":
        rows = ([_text(number) for value in values for number in value[row].tolist()] for row in range(points))
        return head + "".join(f"{' '.join(row)}\n" for row in rows).encode()
    plain = [value.astype(kind) for value, kind in zip(values, kinds, strict=True)]
    if coding == "binary":
        return head + b"".join(value[row].tobytes() for row in range(points) for value in plain)
    content = b"".join(value.tobytes() for value in plain)
    packed = pack_lzf(content)
    return head + struct.pack("<II", len(packed), len(content)) + packed


def ply(
    columns: Sequence[Column],
    coding: Literal["ascii", "binary_little_endian", "binary_big_endian"] = "binary_little_endian",
    *,
    faces: int = 2,
) -> bytes:
    """A PLY file of columns as its vertices, and some faces after them."""
    names = {"f4": "float", "f8": "double", "u1": "uchar", "i4": "int", "u2": "ushort"}
    points = len(columns[0][2])
    lines = ["ply", f"format {coding} 1.0", "comment made for a test", f"element vertex {points}"]
    lines += [f"property {names[np.dtype(code).str[1:]]} {name}" for name, code, _ in columns]
    lines += [f"element face {faces}", "property list uchar int vertex_indices", "end_header", ""]
    head = "\n".join(lines).encode()
    if coding == "ascii":
        rows = (" ".join(_text(values[row].item()) for _, _, values in columns) for row in range(points))
        return head + "".join(f"{row}\n" for row in rows).encode() + b"3 0 1 2\n" * faces
    order: Literal["<", ">"] = "<" if coding == "binary_little_endian" else ">"
    # A slice keeps its byte order, a single number would lose it.
    stored = [values.astype(np.dtype(code).newbyteorder(order)) for _, code, values in columns]
    body = b"".join(values[row : row + 1].tobytes() for row in range(points) for values in stored)
    return head + body + struct.pack(order + "B3i", 3, 0, 1, 2) * faces


def velodyne(points: npt.NDArray[Any], intensity: npt.NDArray[Any]) -> bytes:
    """A .bin file as KITTI has them."""
    return np.column_stack([points, intensity]).astype("<f4").tobytes()


def pack_lzf(data: bytes) -> bytes:
    """A stream of LZF, with all its kinds of tokens; written from the format's description."""
    out = bytearray()
    waiting = bytearray()
    last: dict[bytes, int] = {}

    def flush() -> None:
        for start in range(0, len(waiting), 32):
            run = waiting[start : start + 32]
            out.append(len(run) - 1)
            out.extend(run)
        waiting.clear()

    at = 0
    while at < len(data):
        key = data[at : at + 3]
        known = last.get(key)
        last[key] = at
        if len(key) < 3 or known is None or at - known > 8192:
            waiting.append(data[at])
            at += 1
            continue
        length = 3
        while length < min(264, len(data) - at) and data[known + length] == data[at + length]:
            length += 1
        flush()
        distance = at - known - 1
        if length < 9:
            out.append((length - 2) << 5 | distance >> 8)
        else:
            out += bytes([7 << 5 | distance >> 8, length - 9])
        out.append(distance & 0xFF)
        at += length
    flush()
    return bytes(out)


def _text(number: Any) -> str:
    return f"{number:.9g}" if isinstance(number, float) else str(number)
