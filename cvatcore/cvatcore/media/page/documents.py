"""The pages of PDF documents, as pictures.

PDFium is not safe to use from several threads, and all documents share its state: everything here is one at a time.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media.limits import MAX_PAGES
from cvatcore.media.page.pages import Page

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

DPI = 200
"""Pixels an inch: small print can be read, and a page of A4 is 1654 × 2339."""

LONGEST_SIDE = 8192
"""In pixels: larger pages (posters, plans) have fewer pixels an inch."""

_POINTS = 72
"""Of an inch; PDF's unit."""

_lock = threading.Lock()


class Document:
    """An open PDF document, from a file or its bytes; safe to use from several threads.

    `name` is how messages call it. Errors: InvalidMedia where it is broken or protected by a password.
    """

    def __init__(self, source: Path | bytes, *, name: str) -> None:
        self._name = name
        with self._checked():
            import pypdfium2

            self._document: PdfDocument = pypdfium2.PdfDocument(source)
        with self._checked():
            self._count = len(self._document)
        if not 0 < self._count <= MAX_PAGES:
            self.close()
            raise InvalidMedia(f"{name} has {self._count} pages.", hint="Give a document of pages, or cut it.")

    def pages(self) -> list[Page]:
        """All pages with their sizes in pixels.

        Errors: InvalidMedia.
        """
        with self._checked():
            sizes = [self._document.get_page_size(index) for index in range(self._count)]
        return [Page(index + 1, *_pixels(width, height)) for index, (width, height) in enumerate(sizes)]

    def render(self, number: int) -> Image:
        """A page as a picture in RGB, on white paper.

        Args:
            number: from 1.

        Errors: InvalidMedia where it is not there or cannot be drawn.
        """
        if not 0 < number <= self._count:
            raise InvalidMedia(
                f"{self._name} has no page {number} any more; it has {self._count}.",
                hint="Put the former document back.",
            )
        with self._checked():
            page = self._document[number - 1]
            try:
                width, height = page.get_size()
                bitmap = page.render(scale=_scale(width, height), rev_byteorder=True)
                try:
                    image: Image = bitmap.to_pil().convert("RGB").copy()  # the bitmap's memory goes
                finally:
                    bitmap.close()
            finally:
                page.close()
        size = _pixels(width, height)
        return image if image.size == size else image.crop((0, 0, *size))

    def close(self) -> None:
        """Let go of the file."""
        with _lock:
            self._document.close()

    @contextmanager
    def _checked(self) -> Iterator[None]:
        import pypdfium2

        with _lock:
            try:
                yield
            except (pypdfium2.PdfiumError, OSError, ValueError, MemoryError) as error:
                if "password" in str(error).lower():
                    raise InvalidMedia(
                        f"{self._name} is protected by a password.", hint="Save it without one."
                    ) from None
                raise InvalidMedia(
                    f"{self._name} cannot be read as a PDF document: it is broken, cut off, or something else.",
                    hint="Print or save it anew; then try again.",
                ) from error


def _scale(width: float, height: float) -> float:
    """Pixels a point."""
    longest = max(width, height, 1e-6)
    return min(DPI / _POINTS, LONGEST_SIDE / longest)


def _pixels(width: float, height: float) -> tuple[int, int]:
    scale = _scale(width, height)
    # As PDFium's binding does; a page without any extent has a pixel.
    return max(1, math.ceil(width * scale)), max(1, math.ceil(height * scale))
