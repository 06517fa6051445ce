"""Which names are taken, by patterns that a person gave."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable


def name_filter(pattern: str, exclude: Iterable[str]) -> Callable[[str], bool]:
    """A function that says whether a name is taken; see `ScanOptions`."""
    wanted = re.compile(fnmatch.translate(pattern)).match if pattern else None
    paths: set[str] = set()
    folders: list[str] = []
    patterns: list[str] = []
    for entry in exclude:
        plain = entry.removeprefix("./").removeprefix("/")
        paths.add(plain)
        if plain.endswith("/"):
            folders.append(plain)
        elif any(sign in plain for sign in "*?["):
            patterns.append(fnmatch.translate(plain))
    refused = re.compile("|".join(patterns)).match if patterns else None
    below = tuple(folders)

    def is_taken(name: str) -> bool:
        if wanted and not wanted(name):
            return False
        return name not in paths and not (below and name.startswith(below)) and not (refused and refused(name))

    return is_taken
