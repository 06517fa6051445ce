"""The vertices of PLY files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from cvatcore.errors import InvalidMedia
from cvatcore.media.cloud.ply_header import PlyHeader, read_ply_header
from cvatcore.media.cloud.points import WANTED, Cloud, cloud_of
from cvatcore.media.cloud.text import read_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    Columns = dict[str, npt.NDArray[Any]]


def read_ply(data: bytes, *, name: str) -> Cloud:
    """A cloud of the vertices in the bytes of a PLY file; faces and what else it has are ignored.

    Errors: InvalidMedia with `name`.
    """
    header = read_ply_header(io.BytesIO(data), name=name)
    columns = (_ascii if header.coding == "ascii" else _binary)(data, header, name=name)
    return cloud_of(columns)


def _ascii(data: bytes, header: PlyHeader, *, name: str) -> Columns:
    at = header.length
    for element in header.before:  # A line each.
        for _ in range(element.count):
            at = data.find(b"\n", at) + 1
            if not at:
                raise _too_short(name)
    properties = header.vertices.properties
    try:
        numbers = read_numbers(data, at=at, rows=header.vertices.count, columns=len(properties))
    except ValueError as error:
        raise InvalidMedia(f"{name} cannot be read as a PLY file: {error}.", hint="Fetch or write it anew.") from None
    columns: Columns = {}
    for index, (title, code) in enumerate(properties):
        if title in WANTED:
            column = numbers[:, index]
            # A channel's type says whether 1 is all or nearly nothing.
            columns[title] = column.clip(-1e18, 1e18).astype("i8") if code[0] in "iu" and title not in "xyz" else column
    return columns


def _binary(data: bytes, header: PlyHeader, *, name: str) -> Columns:
    import numpy as np

    order = "<" if header.coding == "binary_little_endian" else ">"
    begin = header.length + sum(element.stride * element.count for element in header.before)
    vertices = header.vertices
    if len(data) - begin < vertices.count * vertices.stride:
        raise _too_short(name)
    offsets: list[int] = []
    offset = 0
    for _, code in vertices.properties:
        offsets.append(offset)
        offset += int(code[1:])
    wanted = [
        (title, order + code, at)
        for (title, code), at in zip(vertices.properties, offsets, strict=True)
        if title in WANTED
    ]
    layout = np.dtype(
        {
            "names": [title for title, _, _ in wanted],
            "formats": [code for _, code, _ in wanted],
            "offsets": [at for _, _, at in wanted],
            "itemsize": vertices.stride,
        }
    )
    rows = np.frombuffer(data, layout, count=vertices.count, offset=begin)
    return {title: rows[title] for title, _, _ in wanted}


def _too_short(name: str) -> InvalidMedia:
    return InvalidMedia(f"{name} cannot be read as a PLY file: it ends too early.", hint="Fetch or write it anew.")
