"""How much of a picture is decoded at most."""

from __future__ import annotations

MAX_PIXELS = 1_000_000_000
"""Larger pictures are refused: decoded, one takes 3 GB."""

MAX_PAGES = 100_000
"""Frames of one file: a document, an animation, a TIFF of several pages."""

LONGEST_WEBP = 16_383
"""In pixels: the longest side of a WebP picture; the format has no room for more."""
