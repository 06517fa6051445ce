"""Checksums of media."""

from __future__ import annotations

from pathlib import Path


def checksum(path: Path, *, member: str = "") -> str:
    """`sha256:<hex>` of a file, or of a member of the zip archive at `path`, read in pieces.

    Errors: NotFound when it does not exist, InvalidMedia when it cannot be read.
    """
    raise NotImplementedError
