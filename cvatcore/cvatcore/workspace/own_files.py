"""The files of the format that lie in the folder of a task or project; what else lies there is somebody else's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cvatcore.store.layout import place_of


def own_files(root: Path, folder: str) -> Iterator[str]:
    """The paths of the format's files in a folder and below, as they are on the disk.

    `root` is the workspace; the folder, and what is found, are relative to it, with forward slashes.
    """
    for inner, _, names in os.walk(root / folder):
        inside = os.path.relpath(inner, root).replace(os.sep, "/")
        for path in (f"{inside}/{name}" for name in names):
            if place_of(path) is not None or path == f"{folder}/guide.md":
                yield path
