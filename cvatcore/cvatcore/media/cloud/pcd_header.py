"""Headers of PCD files: the Point Cloud Library's, versions .5 to .7."""

from __future__ import annotations

from typing import IO, Final, Literal, cast

import msgspec

from cvatcore.errors import InvalidMedia

Coding = Literal["ascii", "binary", "binary_compressed"]

MAX_POINTS: Final = 100_000_000
"""Clouds of more are refused: in memory, one takes some GB."""

MAX_HEADER: Final = 1 << 16
"""In bytes. Real headers have 200."""

MAX_STRIDE: Final = 1 << 16
"""Bytes of one point: descriptors of hundreds of numbers fit."""

_SIZES: Final = {"F": frozenset([2, 4, 8]), "I": frozenset([1, 2, 4, 8]), "U": frozenset([1, 2, 4, 8])}
_WORDS: Final = frozenset(
    ["VERSION", "FIELDS", "COLUMNS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "VIEWPOINT", "POINTS", "DATA"]
)


class PcdField(msgspec.Struct, frozen=True):
    """One field of every point."""

    name: str
    """In lower case."""
    kind: str
    """`F`, `I` or `U`."""
    size: int
    """Bytes of one number."""
    count: int = 1
    """Numbers of it in a point."""

    @property
    def bytes(self) -> int:
        """Its length in a point."""
        return self.size * self.count


class PcdHeader(msgspec.Struct, frozen=True):
    """What the header of a PCD file says."""

    fields: tuple[PcdField, ...]
    width: int
    height: int
    points: int
    coding: Coding
    length: int
    """Of the header, in bytes: the points begin there."""

    @property
    def stride(self) -> int:
        """Bytes of one point."""
        return sum(field.bytes for field in self.fields)


def read_pcd_header(file: IO[bytes], *, name: str) -> PcdHeader:
    """Read a header from the beginning of a file, up to the line that begins with DATA.

    Errors: InvalidMedia with `name` when it is none, or does not agree with itself.
    """
    said: dict[str, list[str]] = {}
    length = 0
    while "DATA" not in said:
        line = file.readline(MAX_HEADER)
        length += len(line)
        if not line or length > MAX_HEADER:
            raise _broken(name, "its header has no line DATA")
        words = line.split(b"#", 1)[0].decode("ascii", "replace").split()
        if not words:
            continue
        word = words[0].upper()
        if word not in _WORDS:
            raise _broken(name, f"its header has the line {' '.join(words)[:40]!r}")
        said["FIELDS" if word == "COLUMNS" else word] = words[1:]
    width, height, points = _sizes(said, name=name)
    coding = " ".join(said["DATA"]).lower()
    if coding not in {"ascii", "binary", "binary_compressed"}:
        raise _broken(name, f"its points are stored as {coding[:40]!r}, which is unknown")
    fields = _fields(said, name=name)
    header = PcdHeader(fields, width, height, points, cast("Coding", coding), length)
    if header.stride > MAX_STRIDE:
        raise _broken(name, f"each of its points has {header.stride} bytes")
    if points > MAX_POINTS:
        raise InvalidMedia(
            f"{name} says that it holds {points} points, more than {MAX_POINTS}.", hint="Thin it out, or cut it."
        )
    return header


def _sizes(said: dict[str, list[str]], *, name: str) -> tuple[int, int, int]:
    """Width, height and number of points."""
    if "WIDTH" not in said and "POINTS" not in said:
        raise _broken(name, "its header has neither WIDTH nor POINTS")
    # Version .5 knows only POINTS.
    width = _number(said, "WIDTH", name=name) if "WIDTH" in said else _number(said, "POINTS", name=name)
    height = _number(said, "HEIGHT", name=name) if "HEIGHT" in said else 1
    points = _number(said, "POINTS", name=name) if "POINTS" in said else width * height
    if points != width * height:
        raise InvalidMedia(
            f"{name} does not agree with itself: WIDTH {width} × HEIGHT {height} are {width * height} points, "
            f"and POINTS says {points}.",
            hint="Write it anew, or mend the header.",
        )
    return width, height, points


def _fields(said: dict[str, list[str]], *, name: str) -> tuple[PcdField, ...]:
    titles = [title.lower() for title in said.get("FIELDS", [])]
    if not {"x", "y", "z"} <= set(titles):
        raise _broken(name, "it has no fields x, y and z")
    kinds = [kind.upper() for kind in said.get("TYPE", ["F"] * len(titles))]
    sizes = _numbers(said, "SIZE", [4] * len(titles), name=name)
    counts = _numbers(said, "COUNT", [1] * len(titles), name=name)
    for word, given in (("TYPE", kinds), ("SIZE", sizes), ("COUNT", counts)):
        if len(given) != len(titles):
            raise _broken(name, f"it has {len(titles)} fields, and {len(given)} numbers in {word}")
    fields = tuple(map(PcdField, titles, kinds, sizes, counts))
    for field in fields:
        if field.size not in _SIZES.get(field.kind, ()):
            raise _broken(name, f"its field {field.name!r} has the type {field.kind}{field.size}, which is none")
        if field.count < 1:
            raise _broken(name, f"its field {field.name!r} has the count {field.count}")
    for axis in "xyz":
        if titles.count(axis) > 1 or next(field for field in fields if field.name == axis).count > 1:
            raise _broken(name, f"it has several fields {axis}")
    return fields


def _numbers(said: dict[str, list[str]], word: str, default: list[int], *, name: str) -> list[int]:
    if word not in said:
        return default
    return [_integer(text, word, name=name) for text in said[word]]


def _number(said: dict[str, list[str]], word: str, *, name: str) -> int:
    if len(said[word]) != 1:
        raise _broken(name, f"its header needs one number after {word}")
    return _integer(said[word][0], word, name=name)


def _integer(text: str, word: str, *, name: str) -> int:
    # No int(): it takes underscores and signs, and thousands of digits.
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _broken(name, f"its header has {text[:40]!r} after {word}")
    return int(text)


def _broken(name: str, reason: str) -> InvalidMedia:
    return InvalidMedia(f"{name} cannot be read as a PCD file: {reason}.", hint="Write it anew, or remove it.")
