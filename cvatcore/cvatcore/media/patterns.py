"""Patterns in place of paths, like `photos/**/*.jpg`: whether or not a shell has expanded them."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Sequence
from pathlib import Path

from cvatcore.media.walking import entries_below

ANY_DEPTH = "**"
"""The part of a pattern that stands for any number of folders."""


def is_pattern(path: Path) -> bool:
    """Whether a path is a pattern: no file or folder is called just so."""
    return glob.has_magic(str(path)) and not os.path.lexists(path)


def matches(pattern: Path) -> list[Path]:
    """The files and folders that a pattern matches, sorted.

    `**` is any depth of folders. It follows links, but no circles of them: those would give a file 40 names.

    Errors: InvalidMedia when a folder cannot be read.
    """
    parts = pattern.parts
    if ANY_DEPTH not in parts:
        return sorted(Path(name) for name in glob.iglob(str(pattern)))
    at = parts.index(ANY_DEPTH)
    above, below = Path(*parts[:at]), parts[at:]
    return sorted(
        folder / name
        for folder in (matches(above) if is_pattern(above) else [above])
        if folder.is_dir()
        for name, _ in entries_below(folder)
        if _fits(name.split("/"), below)
    )


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == ANY_DEPTH:
        if len(parts) == 1:
            return bool(names)  # all that is below, and not the folder itself
        return _fits(names, parts[1:]) or (bool(names) and _fits(names[1:], parts))
    # As glob compares: in a letter's own case where the system does.
    return bool(names) and fnmatch.fnmatch(names[0], parts[0]) and _fits(names[1:], parts[1:])
