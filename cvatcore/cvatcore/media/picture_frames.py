"""Frames that are picture files or pages of files, on their own or in archives."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media import encoding
from cvatcore.media.deep_colour import visible
from cvatcore.media.frame_files import FrameFiles, identity_of
from cvatcore.media.frames import FrameCache, Quality, keep_picture, load_picture
from cvatcore.media.headers import open_picture, orientation, picture_errors, upright_size
from cvatcore.media.identity import Place
from cvatcore.media.page.files import PageFiles
from cvatcore.media.picture import Picture
from cvatcore.media.source_files import SourceFiles
from cvatcore.schema import DataSpec, Manifest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.Image import Image

SMALL_ENOUGH = 0.5
"""Bytes a pixel up to which a JPEG is served as it is: packing it again would cost more than it saves."""

ALWAYS_SMALL = 64 << 10
"""In bytes: JPEG files up to this length are served as they are."""

LARGE = 100_000_000
"""In pixels: pictures that are decoded one at a time."""

_one_large = threading.Lock()


class PictureFrames(FrameFiles):
    """See FrameReader."""

    def __init__(
        self, data: DataSpec, manifest: Manifest, *, root: Path, cache: FrameCache, files: SourceFiles | None = None
    ) -> None:
        super().__init__(data, manifest, root=root, cache=cache, files=files)
        self._pages = PageFiles(self._files)

    def frame(self, number: int, *, quality: Quality = "compressed", keep: bool = True) -> Picture:
        """An upright picture of a frame: the file's own bytes, or encoded anew where they are not upright or large."""
        place = self._place(number)
        key = f"{identity_of(place)}\0{quality}"
        if quality == "compressed":
            key += f"\0{self._data.image_quality}"
        stored = load_picture(self._cache, key)
        if stored is not None:
            self._check_size(number, (stored.width, stored.height), place)
            return stored
        if place.page:
            made = self._page(number, place, quality=quality)
            return keep_picture(self._cache, key, made) if keep else made
        content = self._files.read(place)
        with self._opened(number, place, content) as image:
            file_format = image.format or ""
            media_type = encoding.MEDIA_TYPES.get(file_format, "application/octet-stream")
            if orientation(image) == 1 and (quality == "original" or is_small_jpeg(image, len(content))):
                if len(content) != self._manifest.images[number].bytes:
                    image.load()  # changed since the task was made: it must at least not be cut off
                return Picture(data=content, media_type=media_type, width=image.width, height=image.height)
            upright = encoding.turn_upright(image if quality == "original" else visible(image))
            if quality == "original":
                made = encoding.save_again(upright, file_format=file_format)
            else:
                made = encoding.to_jpeg(upright, quality=self._data.image_quality)
        return keep_picture(self._cache, key, made) if keep else made

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """The upright pixels: height x width x 3, RGB."""
        place = self._place(number)
        with self._opened(number, place) as image:
            return encoding.to_array(encoding.turn_upright(visible(image)))

    def preview(self, number: int) -> Picture:
        """A JPEG of at most 256 x 256 pixels, aspect kept."""
        place = self._place(number)
        key = f"{identity_of(place)}\0preview"
        if (stored := load_picture(self._cache, key)) is not None:
            return stored
        with self._opened(number, place) as image:
            made = encoding.to_preview(visible(image))
        return keep_picture(self._cache, key, made)

    def close(self) -> None:
        """Close open archives and files of several pages."""
        self._pages.close()
        super().close()

    def _page(self, number: int, place: Place, *, quality: Quality) -> Picture:
        """A page as PNG, or as JPEG to look at: its file's own bytes are those of all pages."""
        with self._opened(number, place) as image:
            if quality == "original":
                return encoding.save_again(image, file_format="PNG")
            return encoding.to_jpeg(image, quality=self._data.image_quality)

    @contextmanager
    def _opened(self, number: int, place: Place, content: bytes | None = None) -> Iterator[Image]:
        """A frame's picture; very large ones one after the other, because each takes gigabytes."""
        width, height = self._manifest.frame_size(number)
        with _one_large if width * height > LARGE else nullcontext():
            if place.page:
                image = self._pages.page(place)
                self._check_size(number, image.size, place)
                with picture_errors(place.name):
                    yield image
                return
            content = self._files.read(place) if content is None else content
            with open_picture(io.BytesIO(content), name=place.name) as image:
                self._check_size(number, upright_size(image), place)
                yield image

    def _check_size(self, number: int, size: tuple[int, int], place: Place) -> None:
        expected = self._manifest.frame_size(number)
        if size != expected:
            raise InvalidMedia(
                f"{place.name} has changed: it is {size[0]}×{size[1]} now, and was {expected[0]}×{expected[1]}.",
                hint="Put the former picture back, or make a new task of this one.",
            )


def is_small_jpeg(image: Image, size: int) -> bool:
    """Whether an open picture's file of `size` bytes is a JPEG that a browser shows quickly as it is."""
    is_plain = image.mode in ("RGB", "L") and image.format in ("JPEG", "MPO")
    return is_plain and size <= max(ALWAYS_SMALL, SMALL_ENOUGH * image.width * image.height)
