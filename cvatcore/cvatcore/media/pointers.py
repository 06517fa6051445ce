"""Git LFS pointers: the small texts that stand in git, and in a clone that did not fetch, in place of media."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

LONGEST = 1024
"""In bytes; pointers are shorter. Source: the specification of Git LFS."""

_HEADS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")

_POINTED = re.compile(rb"^oid sha256:([0-9a-f]{64})\nsize ([0-9]{1,18})$", re.MULTILINE)


def is_pointer_text(data: bytes) -> bool:
    """Whether bytes are a pointer."""
    return len(data) < LONGEST and data.startswith(_HEADS)


def is_pointer(path: Path | str, *, size: int) -> bool:
    """Whether a file, `size` bytes long, is a pointer; only short ones are opened, and what cannot be read is none."""
    if size >= LONGEST:
        return False
    try:
        with open(path, "rb") as file:
            return is_pointer_text(file.read(LONGEST))
    except OSError:
        return False


class Pointed(NamedTuple):
    """The contents that a pointer stands for."""

    checksum: str
    """`sha256:<hex>`."""
    size: int
    """In bytes."""


def read_pointer(data: bytes) -> Pointed | None:
    """What a pointer stands for; None for anything else."""
    found = _POINTED.search(data) if is_pointer_text(data) else None
    return Pointed(f"sha256:{found[1].decode()}", int(found[2])) if found else None
