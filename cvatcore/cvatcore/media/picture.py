"""One encoded picture."""

from __future__ import annotations

import msgspec


class Picture(msgspec.Struct, frozen=True):
    """An encoded, upright picture."""

    data: bytes
    media_type: str
    """`image/jpeg`, `image/png`, …"""
    width: int
    """In pixels, of the encoded picture."""
    height: int
    missing: str = ""
    """The name of a frame whose picture is not on this machine, where this only stands in for it; else empty."""
