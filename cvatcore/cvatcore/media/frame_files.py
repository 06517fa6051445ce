"""Frames that lie in files and archives, one by one or as pages: what readers of pictures and of clouds share."""

from __future__ import annotations

from pathlib import Path

from cvatcore.media.frames import FrameCache, check_number
from cvatcore.media.identity import Place, file_identity, place_of
from cvatcore.media.source_files import SourceFiles
from cvatcore.schema import DataSpec, Manifest


class FrameFiles:
    """The part of a FrameReader that does not depend on what the files hold."""

    def __init__(
        self, data: DataSpec, manifest: Manifest, *, root: Path, cache: FrameCache, files: SourceFiles | None = None
    ) -> None:
        self._data = data
        self._manifest = manifest
        self._root = root
        self._cache = cache
        self._files = files or SourceFiles(root)

    def source_file(self, number: int) -> Path:
        """The file or archive that a frame is read from."""
        return self._place(number).path

    def checksum(self, number: int) -> str:
        """`sha256:<hex>` of a frame's file or archive member, as it lies there."""
        return self._files.checksum(self._place(number))

    def close(self) -> None:
        """Close what is open."""
        self._files.close()

    def _place(self, number: int) -> Place:
        check_number(number, self._manifest)
        return place_of(self._data, self._manifest.images[number], root=self._root)


def identity_of(place: Place) -> str:
    """A text that changes when the file of a frame does, and that no other frame has.

    Errors: as `file_identity`.
    """
    page = f"\0page {place.page}" if place.page else ""
    return f"{file_identity(place.path)}\0{place.member}{page}"
