"""The members of a tar archive, by its headers alone: what data lie where.

The standard library's reader follows sizes and extended headers wherever they lead: some versions of it loop for ever
or take quadratic time on archives made for that. This one only ever moves forward, and refuses what it would have to
guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, NamedTuple

BLOCK = 512
"""Bytes of a header; data are padded to whole ones."""

_LONGEST_EXTENSION = 1 << 20
"""In bytes, of an extended header: it holds a name and a few numbers."""

_REGULAR = frozenset([b"0", b"\0", b"7"])
_DIRECTORY = b"5"
_KINDS = {b"1": "a link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe", b"S": "a sparse file"}
_IGNORED = frozenset([b"V", b"D", b"N", b"A", b"I", b"X"])
"""Labels, lists of directories, and what old programs wrote of owners: no members."""


class TarFault(ValueError):
    """What is no sound tar archive."""


class TarMember(NamedTuple):
    """One regular file, or what is none."""

    name: str
    offset: int
    """Of its data, in bytes from the start of the archive."""
    size: int
    odd: str = ""
    """What it is where it is no regular file: "a link", "a device"."""


def is_tar_header(block: bytes) -> bool:
    """Whether a block is the header of a member: its checksum is right."""
    if len(block) != BLOCK or not block[0]:
        return False
    try:
        stored = _number(block[148:156])
    except TarFault:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    total = sum(rest)
    # Some old programs added signed characters.
    return stored == total or stored == total - 256 * sum(byte > 127 for byte in rest)


def read_members(file: IO[bytes], *, length: int) -> Iterator[TarMember]:
    """The members of an archive, without its folders, in their order.

    Args:
        file: the archive; it is read from the start.
        length: its length in bytes.

    Errors: TarFault with a reason; OSError.
    """
    at = 0
    shared: dict[str, bytes] = {}
    own: dict[str, bytes] = {}
    while at + BLOCK <= length:
        file.seek(at)
        block = file.read(BLOCK)
        if not any(block):
            return  # Two empty blocks end it; what follows the first is padding.
        if not is_tar_header(block):
            raise TarFault("a header is damaged")
        kind = block[156:157]
        size = _number(block[124:136])
        if kind not in b"LKxg" and "size" in (merged := shared | own):
            size = _decimal(merged["size"])
        data = at + BLOCK
        at = data + (size + BLOCK - 1) // BLOCK * BLOCK
        if size < 0 or data + size > length:
            raise TarFault("it is cut off")
        if kind in b"LKxg":
            if size > _LONGEST_EXTENSION:
                raise TarFault("a header is too long")
            content = file.read(size)
            if kind == b"L":
                own["path"] = content.split(b"\0", 1)[0]
            elif kind == b"x":
                own |= _records(content)
            elif kind == b"g":
                shared |= _records(content)
            continue
        if kind not in _IGNORED and kind != _DIRECTORY:
            extended = shared | own
            name = extended.get("path") or _name(block)
            if any(key.startswith("GNU.sparse.") for key in extended):
                kind = b"S"
            if kind not in _REGULAR or not name.endswith(b"/"):
                yield TarMember(name.decode("utf-8", "surrogateescape"), data, size, _KINDS.get(kind, ""))
        own = {}
    if not at:
        raise TarFault("it is cut off")


def _name(block: bytes) -> bytes:
    name = block[:100].split(b"\0", 1)[0]
    # GNU's own headers have two spaces after the magic word, and other things than a prefix at its place.
    prefix = block[345:500].split(b"\0", 1)[0] if block[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _number(field: bytes) -> int:
    """A number of a header: octal digits, or, where it is large, binary."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0", 1)[0].strip()
    if text.strip(b"01234567"):
        raise TarFault("a number is damaged")
    return int(text, 8) if text else 0


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > 18:
        raise TarFault("a number is damaged")
    return int(text)


def _records(content: bytes) -> dict[str, bytes]:
    """The records of an extended header: `length key=value`, the length counting itself."""
    found: dict[str, bytes] = {}
    at = 0
    while at < len(content) and content[at]:
        space = content.find(b" ", at, at + 10)
        length = _decimal(content[at:space]) if space > 0 else 0
        record = content[space + 1 : at + length]
        key, equals, value = record.partition(b"=")
        if length <= space - at or at + length > len(content) or not equals or not value.endswith(b"\n"):
            raise TarFault("an extended header is damaged")
        found[key.decode("utf-8", "replace")] = value[:-1]
        at += length
    return found
