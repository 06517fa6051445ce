"""The videos among what a person gave, for a task each."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cvatcore.errors import InvalidMedia
from cvatcore.media.found import classify
from cvatcore.media.patterns import ANY_DEPTH, is_pattern, matches


def list_videos(inputs: Iterable[Path]) -> tuple[Path, ...]:
    """The files given, those that patterns match, and the videos in folders; each once, in that order.

    A file that is given by its name counts as one whatever its extension: making its task says what it is.
    Errors: InvalidMedia naming a folder without videos, or a pattern that matches nothing.
    """
    found: dict[Path, None] = {}
    for given in inputs:
        path = Path(os.path.abspath(given.expanduser()))
        for match in _matches(path):
            if not match.is_dir():
                found[match] = None
                continue
            inside = classify(match).videos
            if not inside:
                raise InvalidMedia(f"{match} holds no videos.", hint="A task for each is made of videos only.")
            found |= dict.fromkeys(match / name for name in inside)
    return tuple(found)


def _matches(path: Path) -> list[Path]:
    if not is_pattern(path):
        return [path]
    found = matches(path)
    if path.name == ANY_DEPTH:
        # It has what is in the folders already.
        found = [match for match in found if not match.is_dir()]
    if not found:
        raise InvalidMedia(f"No file matches {path}.", hint="Check its spelling.")
    return found
