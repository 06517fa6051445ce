"""Context images of frames: pictures next to them that help to see what is on them."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from cvatcore.errors import MissingMedia, NotFound
from cvatcore.media import encoding
from cvatcore.media.deep_colour import visible
from cvatcore.media.frames import FrameCache, check_number, keep_picture, load_picture
from cvatcore.media.headers import open_picture, orientation
from cvatcore.media.identity import Place, file_identity, place_of
from cvatcore.media.picture import Picture
from cvatcore.media.picture_frames import is_small_jpeg
from cvatcore.media.placeholders import draw_placeholder
from cvatcore.schema import DataSpec, ImageFrame, Manifest

if TYPE_CHECKING:
    from pathlib import Path

STAND_IN: Final = (640, 480)
"""The size of a placeholder in pixels: that of the picture is not known."""


class HasContext(Protocol):
    """The part of FrameReader that a zip of context images is made of."""

    def context(self, number: int) -> tuple[str, ...]:
        """As FrameReader.context."""

    def context_image(self, number: int, index: int, *, placeholder: bool = False) -> Picture:
        """As FrameReader.context_image."""


class ContextImages:
    """The context images of one task. Safe to use from several threads.

    Args:
        data: the task's sources, where they lie here.
        manifest: its frames.
        root: the workspace.
        cache: where encoded pictures are kept.
        read: gives all bytes of a file or archive member; raises MissingMedia and InvalidMedia.
    """

    def __init__(
        self, data: DataSpec, manifest: Manifest, *, root: Path, cache: FrameCache, read: Callable[[Place], bytes]
    ) -> None:
        self._data = data
        self._manifest = manifest
        self._root = root
        self._cache = cache
        self._read = read

    def names(self, number: int) -> tuple[str, ...]:
        """The names of a frame's context images, in the order in which they are shown; a video has none.

        Errors: NotFound.
        """
        check_number(number, self._manifest)
        return () if self._manifest.video else self._manifest.images[number].related

    def picture(self, number: int, index: int, *, placeholder: bool = False) -> Picture:
        """A context image as an upright JPEG: its own bytes where it is a small one.

        With `placeholder`, one that is missing is a picture that says so.

        Errors: NotFound when the frame has none of this number, MissingMedia, InvalidMedia.
        """
        names = self.names(number)
        if not 0 <= index < len(names):
            have = f"{len(names)} context image{'s' if len(names) != 1 else ''}"
            raise NotFound(f"Frame {number} has {have}, counted from 0: there is no number {index}.")
        image = context_frame(self._manifest.images[number], names[index])
        place = place_of(self._data, image, root=self._root)
        try:
            return self._jpeg(place)
        except MissingMedia:
            if not placeholder:
                raise
        return draw_placeholder(STAND_IN, name=names[index])

    def _jpeg(self, place: Place) -> Picture:
        key = f"{file_identity(place.path)}\0{place.member}\0context\0{self._data.image_quality}"
        if (stored := load_picture(self._cache, key)) is not None:
            return stored
        content = self._read(place)
        with open_picture(io.BytesIO(content), name=place.name) as image:
            if orientation(image) == 1 and is_small_jpeg(image, len(content)):
                image.load()  # It must not be cut off: nothing is known of it that would tell.
                return Picture(data=content, media_type="image/jpeg", width=image.width, height=image.height)
            made = encoding.to_jpeg(encoding.turn_upright(visible(image)), quality=self._data.image_quality)
        return keep_picture(self._cache, key, made)


def context_frame(frame: ImageFrame, name: str) -> ImageFrame:
    """A context image as if it were a frame, so that its file is found in the same way; its size is not known."""
    stem, extension = os.path.splitext(name)
    return ImageFrame(name=stem, extension=extension, width=0, height=0, source=frame.source)


def context_frames(manifest: Manifest) -> tuple[ImageFrame, ...]:
    """The context images of a task as if they were frames, each once."""
    found = {
        (image.source, name): context_frame(image, name)
        for image in manifest.images
        if image.meta
        for name in image.related
    }
    return tuple(found.values())


def context_archive(reader: HasContext, number: int, *, placeholder: bool = True) -> bytes:
    """A stored zip of a frame's context images, each called `<its name>.jpg`, as CVAT's clients take them.

    With `placeholder`, those that are missing are pictures that say so.

    Errors: NotFound when there is no such frame, or it has none; MissingMedia; InvalidMedia.
    """
    names = reader.context(number)
    if not names:
        raise NotFound(f"Frame {number} has no context images.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for index, name in enumerate(names):
            picture = reader.context_image(number, index, placeholder=placeholder)
            archive.writestr(zipfile.ZipInfo(f"{name}.jpg"), picture.data)
    return buffer.getvalue()
