"""What a folder holds, at a glance."""

from __future__ import annotations

from pathlib import Path

import msgspec

from cvatcore.errors import NotFound
from cvatcore.media.walking import walk


class Found(msgspec.Struct, frozen=True):
    """How many pictures and which videos a folder holds."""

    pictures: int
    """Or point clouds, where there are no pictures."""
    videos: tuple[str, ...]
    """Paths relative to the folder, with forward slashes, sorted."""


def classify(folder: Path) -> Found:
    """Count the pictures and list the videos under a folder, by their names alone; hidden ones are left out.

    Errors: NotFound when there is no such folder; InvalidMedia when it cannot be read.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.")
    pictures = clouds = 0
    videos: list[str] = []
    for name, kind in walk(folder):
        if kind == "picture":
            pictures += 1
        elif kind == "cloud":
            clouds += 1
        elif kind == "video":
            videos.append(name)
    return Found(pictures=pictures or clouds, videos=tuple(sorted(videos)))
