"""Git LFS pointers: the small texts that stand in git, and in a clone that did not fetch, in place of media."""

from __future__ import annotations

from pathlib import Path

LONGEST = 1024
"""In bytes; pointers are shorter. Source: the specification of Git LFS."""

_HEADS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")


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
