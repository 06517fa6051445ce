"""New frames at the end of a task: those it has keep their numbers, and none comes in twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.media.identity import inner_name, source_path
from cvatcore.media.scanning import Scan
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource

_IN_ARCHIVE = "\0"
"""Between an archive's path and that within it: no path has it."""


class AppendedFrames(msgspec.Struct, frozen=True):
    """A task's media after frames were added at the end."""

    data: DataSpec
    manifest: Manifest
    known: int
    """How many of the frames found the task had already."""


def append_frames(data: DataSpec, manifest: Manifest, found: Scan, *, root: Path) -> AppendedFrames:
    """Put what was found behind a task's frames, in its order.

    What lies in a folder that the task has already belongs to that source, under its path there; all else is a source
    of its own, whose frames have the folder's or archive's name before theirs. What the task has already, from the same
    place, is passed over.

    Args:
        data: the task's sources, as its document has them.
        manifest: its frames.
        found: what is to be added.
        root: the workspace.

    Errors: InvalidInput when one side is a video, or pictures and point clouds would mix.
    """
    if manifest.video or found.manifest.video:
        raise InvalidInput(
            "Frames can be added to a task of pictures or of point clouds, not to or from a video.",
            hint="Make a task of its own for each video: cvat task create.",
        )
    if manifest.images and found.manifest.images and manifest.dimension != found.manifest.dimension:
        raise InvalidInput("A task cannot have both pictures and point clouds.", hint="Make a task for each.")
    placing = Placing(data.sources, manifest.images, root=root)
    bases = [base_of(source, root=root) for source in found.sources]
    added = []
    for image in found.manifest.images:
        source = found.sources[image.source]
        if frame := placing.place(image, source, base=bases[image.source]):
            added.append(frame)
    return AppendedFrames(
        data=msgspec.structs.replace(data, sources=tuple(placing.sources)),
        manifest=msgspec.structs.replace(manifest, images=manifest.images + tuple(added)),
        known=len(found.manifest.images) - len(added),
    )


class Placing:
    """Gives new frames their source and their name; adds sources to the task's where there is none for them.

    Args:
        sources: the task's.
        images: its frames that stay where they are.
        root: the workspace.
    """

    def __init__(self, sources: Sequence[MediaSource], images: Sequence[ImageFrame], *, root: Path) -> None:
        self.sources = list(sources)
        """The task's and, behind them, those that were added."""
        self._root = root
        self._bases = [base_of(source, root=root) for source in sources]
        self._names = {image.path for image in images}
        self._places = {
            self._bases[image.source] + inner_name(sources[image.source], image)
            for image in images
            if image.source < len(sources)
        }
        self._made: dict[str, int] = {}
        """The sources made here, by their base."""

    def place(self, image: ImageFrame, source: MediaSource, *, base: str) -> ImageFrame | None:
        """A frame that was found as one of the task; None where the task has it already."""
        place = base + inner_name(source, image)
        if place in self._places:
            return None
        self._places.add(place)
        number = self._home(source, place)
        frame = self._moved(image, source, base=base, number=number)
        if frame.path in self._names:
            # A frame of another source has this name, and a name is one frame's.
            frame = self._moved(image, source, base=base, number=self._new(source, base=base))
        self._names.add(frame.path)
        return frame

    def _home(self, source: MediaSource, place: str) -> int:
        """The task's source that a file lies in, the innermost; else a new one. An archive in a folder is its own."""
        inside = [
            number
            for number, base in enumerate(self._bases)
            if place.startswith(base) and _IN_ARCHIVE not in place[len(base) :]
        ]
        if inside:
            return max(inside, key=lambda number: len(self._bases[number]))
        return self._new(source, base=base_of(source, root=self._root))

    def _new(self, source: MediaSource, *, base: str) -> int:
        if base not in self._made:
            self._made[base] = len(self.sources)
            self.sources.append(msgspec.structs.replace(source, prefix=self._free_prefix(source)))
            self._bases.append(base)
        return self._made[base]

    def _free_prefix(self, source: MediaSource) -> str:
        if not self.sources:
            return ""
        taken = {name.partition("/")[0].casefold() for name in self._names}
        taken |= {known.prefix.casefold() for known in self.sources}
        wanted = source_path(source, root=self._root).name or "media"
        number = 1
        while (free := wanted if number == 1 else f"{wanted}-{number}").casefold() in taken:
            number += 1
        return free

    def _moved(self, image: ImageFrame, source: MediaSource, *, base: str, number: int) -> ImageFrame:
        """A frame as one of the source of that number, with the names that it and its context images have there."""
        home = self.sources[number]
        given = f"{source.prefix}/" if source.prefix else ""
        # The new source's folder may lie in the old one, or around it.
        place = base + image.name.removeprefix(given)
        before = f"{home.prefix}/" if home.prefix else ""
        own = self._bases[number]
        meta = image.meta
        if image.related:
            related = [before + (base + path.removeprefix(given)).removeprefix(own) for path in image.related]
            meta = meta | {"related_images": related}
        return msgspec.structs.replace(image, name=before + place.removeprefix(own), source=number, meta=meta)


def base_of(source: MediaSource, *, root: Path) -> str:
    """What the places of a source's files begin with: they are equal where the files are."""
    path = os.path.abspath(source_path(source, root=root)).replace(os.sep, "/").rstrip("/")
    return path + (_IN_ARCHIVE if source.kind == "archive" else "/")
