"""Pages of files of several, out of files that are kept open: an animation is decoded from its first frame on."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Final, Protocol

from cvatcore.media.headers import picture_errors, read_header
from cvatcore.media.identity import Place, file_identity
from cvatcore.media.kinds import kind_of_name
from cvatcore.media.page.documents import Document
from cvatcore.media.source_files import SourceFiles

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

_OPEN: Final = 3


class PageFiles:
    """Decodes single pages. Stepping on through an animation decodes each frame once.

    Safe to use from several threads, one at a time.
    """

    def __init__(self, files: SourceFiles) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], _Pages] = {}

    def page(self, place: Place) -> Image:
        """The decoded page at a place; it is the caller's.

        Errors: MissingMedia, InvalidMedia.
        """
        key = file_identity(place.path), place.member
        with self._lock:
            opened = self._open.pop(key, None)
            if opened is None:
                while len(self._open) >= _OPEN:
                    self._open.pop(next(iter(self._open))).close()
                opened = self._opened(place)
            try:
                page = opened.render(place.page)
            except BaseException:
                # Where it stands now nobody knows, and other pages may be whole.
                opened.close()
                raise
            self._open[key] = opened  # the last one used is the last to go
            return page

    def close(self) -> None:
        """Let go of the files; they are opened again when they are needed."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def _opened(self, place: Place) -> _Pages:
        name = f"{place.path}/{place.member}" if place.member else str(place.path)
        source = self._files.read(place) if place.member else place.path
        if kind_of_name(name) == "document":
            return Document(source, name=name)
        return _PagesOfPicture(source, name=name)


class _Pages(Protocol):
    """An open file of several pages."""

    def render(self, number: int) -> Image:
        """The page of a number from 1, decoded."""

    def close(self) -> None:
        """Let go of the file."""


class _PagesOfPicture:
    def __init__(self, source: Path | bytes, *, name: str) -> None:
        self._source = source
        self._name = name
        with picture_errors(name):
            self._image = self._read()

    def render(self, number: int) -> Image:
        from cvatcore.media.encoding import turn_upright

        with picture_errors(f"{self._name}, page {number},"):
            if self._image.format == "PNG" and number - 1 < self._image.tell():
                # Pillow goes back in an APNG to the first page, and finds none of the others from there.
                self._image.close()
                self._image = self._read()
            self._image.seek(number - 1)
            self._image.load()
            upright = turn_upright(self._image)
            # The file goes on to its next page in the same memory.
            return upright.copy() if upright is self._image else upright

    def close(self) -> None:
        self._image.close()

    def _read(self) -> Image:
        return read_header(
            io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source, name=self._name
        )
