"""Headers of PLY files: the Stanford polygon format, of which only the vertices are read."""

from __future__ import annotations

from typing import IO, Final, Literal, cast

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.cloud.pcd_header import MAX_HEADER, MAX_POINTS

PlyCoding = Literal["ascii", "binary_little_endian", "binary_big_endian"]

PLY_TYPES: Final = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
"""Numpy's codes of both sets of names in use."""

_MOST_PROPERTIES: Final = 1000
"""Of one element. Real files have some tens."""


class PlyElement(msgspec.Struct, frozen=True):
    """One kind of thing in a PLY file, as vertices or faces."""

    name: str
    count: int
    properties: tuple[tuple[str, str], ...]
    """Names and numpy's types, without byte order, in their order; a list's type is empty."""

    @property
    def has_lists(self) -> bool:
        """Whether its things have different lengths."""
        return any(not code for _, code in self.properties)

    @property
    def stride(self) -> int:
        """Bytes of one thing in a binary file; meaningless with lists."""
        return sum(int(code[1:]) for _, code in self.properties if code)


class PlyHeader(msgspec.Struct, frozen=True):
    """What the header of a PLY file says."""

    coding: PlyCoding
    before: tuple[PlyElement, ...]
    """Elements that lie before the vertices."""
    vertices: PlyElement
    length: int
    """Of the header, in bytes."""


def read_ply_header(file: IO[bytes], *, name: str) -> PlyHeader:
    """Read a header from the beginning of a file, up to the line `end_header`.

    Errors: InvalidMedia with `name` when it is none.
    """
    magic = file.readline(8)
    if magic.strip() != b"ply":
        raise _broken(name, "it does not begin with the line ply")
    coding = ""
    length = len(magic)
    elements: list[PlyElement] = []
    while True:
        line = file.readline(MAX_HEADER)
        length += len(line)
        if not line or length > MAX_HEADER:
            raise _broken(name, "its header has no end")
        words = line.decode("ascii", "replace").split()
        match words:
            case ["end_header"]:
                break
            case [] | ["comment" | "obj_info", *_]:
                continue
            case ["format", "ascii" | "binary_little_endian" | "binary_big_endian", "1.0"]:
                coding = words[1]
            case ["element", title, count] if count.isascii() and count.isdigit() and len(count) <= 18:
                elements.append(PlyElement(title, int(count), ()))
            case ["property", "list", first, second, title] if elements and {first, second} <= PLY_TYPES.keys():
                elements[-1] = _with(elements[-1], title, "", name=name)
            case ["property", kind, title] if elements and kind in PLY_TYPES:
                elements[-1] = _with(elements[-1], title, PLY_TYPES[kind], name=name)
            case _:
                raise _broken(name, f"its header has the line {' '.join(words)[:60]!r}")
    if not coding:
        raise _broken(name, "its header has no line format")
    at = next((at for at, element in enumerate(elements) if element.name == "vertex"), None)
    if at is None:
        raise _broken(name, "it has no vertices")
    vertices = elements[at]
    titles = [title for title, _ in vertices.properties]
    if vertices.has_lists or not {"x", "y", "z"} <= set(titles) or len(set(titles)) < len(titles):
        raise _broken(name, "its vertices have no plain properties x, y and z")
    if vertices.count > MAX_POINTS:
        raise InvalidMedia(
            f"{name} says that it holds {vertices.count} points, more than {MAX_POINTS}.",
            hint="Thin it out, or cut it.",
        )
    before = tuple(elements[:at])
    if any(element.has_lists for element in before if element.count):
        raise _broken(name, "lists lie before its vertices")
    return PlyHeader(cast("PlyCoding", coding), before, vertices, length)


def _with(element: PlyElement, title: str, code: str, *, name: str) -> PlyElement:
    if len(element.properties) >= _MOST_PROPERTIES:
        raise _broken(name, f"it has more than {_MOST_PROPERTIES} properties")
    return PlyElement(element.name, element.count, (*element.properties, (title.lower(), code)))


def _broken(name: str, reason: str) -> InvalidMedia:
    return InvalidMedia(f"{name} cannot be read as a PLY file: {reason}.", hint="Write it anew, or remove it.")
