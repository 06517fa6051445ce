"""Which files that are to be copied a task has already: from elsewhere, under the same name, with the same bytes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import msgspec

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.identity import Place, place_of
from cvatcore.media.scanning import Scan
from cvatcore.media.source_files import SourceFiles
from cvatcore.schema import DataSpec, ImageFrame, Manifest

_Key: TypeAlias = tuple[str, int, int]
"""A file's own name, its length, and a page in it: only where these are equal the bytes are looked at."""


def without_repeats(found: Scan, data: DataSpec, manifest: Manifest, *, root: Path) -> tuple[ImageFrame, ...]:
    """The frames found that a task does not have, wherever its files lie.

    Args:
        found: what is to be added.
        data: the task's sources, where they lie here.
        manifest: its frames. One whose file is not here, nor its checksum known, is none of those found.
        root: the workspace.

    Errors: InvalidMedia, MissingMedia for what was found and cannot be read now.
    """
    known: dict[_Key, list[ImageFrame]] = {}
    for image in manifest.images:
        known.setdefault(_key(image), []).append(image)
    given = DataSpec(sources=found.sources)
    with closing(_Checksums(root)) as checksums:

        def is_known(image: ImageFrame) -> bool:
            alike = known.get(_key(image))
            if not alike:
                return False
            own = checksums.of(place_of(given, image, root=root))
            return any(checksums.known(data, other) == own for other in alike)

        return tuple(image for image in found.manifest.images if not is_known(image))


def _key(image: ImageFrame) -> _Key:
    return image.file.rpartition("/")[2], image.bytes, image.page


class _Checksums:
    """Those of files, each read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files = SourceFiles(root)
        self._known: dict[Place, str] = {}

    def of(self, place: Place) -> str:
        file = msgspec.structs.replace(place, page=0)
        if file not in self._known:
            self._known[file] = self._files.checksum(file)
        return self._known[file]

    def known(self, data: DataSpec, image: ImageFrame) -> str:
        if image.checksum:
            return image.checksum
        try:
            return self.of(place_of(data, image, root=self._root))
        except (MissingMedia, InvalidMedia):
            return ""

    def close(self) -> None:
        self._files.close()
