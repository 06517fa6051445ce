"""The frames of a task whose files lie in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.identity import inner_file, place_of, source_path
from cvatcore.schema import DataSpec, ImageFrame, Manifest


class KnownFrames(msgspec.Struct, frozen=True):
    """Frames by their files' paths in a folder, with forward slashes."""

    first: dict[str, int]
    """The frame of a file; of a file of several pages the first."""
    pages: dict[str, list[int]]
    """All frames of files that have several."""

    @property
    def count(self) -> int:
        """How many frames they are."""
        return len(self.first) + sum(len(frames) - 1 for frames in self.pages.values())

    def frames_of(self, name: str) -> list[int]:
        """The frames of a file."""
        return self.pages.get(name) or [self.first[name]]


def known_in(folder: str, data: DataSpec, manifest: Manifest, *, root: Path) -> KnownFrames:
    """Find the frames whose files lie in a folder.

    Args:
        folder: an absolute path.
        data: the task's sources, where they lie on this machine.
        manifest: its frames.
        root: the workspace.
    """
    places = {number: place for number, place in enumerate(_places(folder, data, root=root)) if place is not None}
    first: dict[str, int] = {}
    pages: dict[str, list[int]] = {}
    for number, image in enumerate(manifest.images):
        place = places.get(image.source)
        if place is None:
            continue
        above, below = place
        name = inner_file(data.sources[image.source], image)
        if below:
            if not name.startswith(below):
                continue
            name = name[len(below) :]
        name = above + name
        if (other := first.setdefault(name, number)) != number:
            pages.setdefault(name, [other]).append(number)
    return KnownFrames(first=first, pages=pages)


def _places(folder: str, data: DataSpec, *, root: Path) -> list[tuple[str, str] | None]:
    """Of each source, what is before its files' paths in the folder, and what they begin with that is above it."""
    found: list[tuple[str, str] | None] = []
    outer = folder.rstrip(os.sep) + os.sep
    for source in data.sources:
        base = os.path.abspath(source_path(source, root=root)).rstrip(os.sep) + os.sep
        if source.kind != "folder":
            found.append(None)
        elif base.startswith(outer):
            found.append((base[len(outer) :].replace(os.sep, "/"), ""))
        elif outer.startswith(base):
            found.append(("", outer[len(base) :].replace(os.sep, "/")))
        else:
            found.append(None)
    return found


def presence(image: ImageFrame, data: DataSpec, *, root: Path) -> Literal["here", "missing", "elsewhere"]:
    """Where a frame's file is: in its place; gone from its source's folder; or that folder is not on this machine.

    What cannot be told counts as here.
    """
    try:
        place = place_of(data, image, root=root)
    except InvalidMedia:
        return "here"
    if place.member:
        return "here"
    try:
        os.stat(place.path)
    except (FileNotFoundError, NotADirectoryError):
        return "missing" if os.path.isdir(source_path(data.sources[image.source], root=root)) else "elsewhere"
    except OSError:
        return "here"
    return "here"
