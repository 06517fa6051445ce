"""What a folder holds, at a glance."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Found(msgspec.Struct, frozen=True):
    """How many pictures and which videos a folder holds."""

    pictures: int
    videos: tuple[str, ...]
    """Paths relative to the folder, with forward slashes, sorted."""


def classify(folder: Path) -> Found:
    """Count the pictures and list the videos under a folder, by their names alone; hidden ones are skipped.

    Errors: NotFound when there is no such folder.
    """
    raise NotImplementedError
