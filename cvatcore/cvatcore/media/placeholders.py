"""What is shown of a frame whose picture is not on this machine: its size, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidInput, MissingMedia
from cvatcore.media.encoding import LONGEST_JPEG, PREVIEW_SIZE, to_jpeg, to_png
from cvatcore.media.limits import MAX_PIXELS
from cvatcore.media.picture import Picture
from cvatcore.schema import DEFAULT_QUALITY

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    from cvatcore.media.cloud.frames import CloudFrames
    from cvatcore.media.context_images import ContextImages
    from cvatcore.media.frames import Quality
    from cvatcore.media.picture_frames import PictureFrames
    from cvatcore.media.video.frames import VideoFrames
    from cvatcore.schema import Manifest

_GROUND = 48
_LINES = 72
_TEXT = 208
"""Grey levels."""

_FONT_SIZES = (10, 64)
"""The smallest that can be read, and the largest; in pixels."""

_ONE_BIT = 1 << 26
"""Pixels from which on a placeholder is black and white: a byte each would be too much memory for so little."""


class FramesWithPlaceholders:
    """See FrameReader: the frames of another reader, and placeholders for those that are missing, where wanted."""

    def __init__(
        self, reader: PictureFrames | VideoFrames | CloudFrames, manifest: Manifest, *, context: ContextImages
    ) -> None:
        self._reader = reader
        self._manifest = manifest
        self._context = context

    def frame(
        self, number: int, *, quality: Quality = "compressed", placeholder: bool = False, keep: bool = True
    ) -> Picture:
        """As FrameReader.frame."""
        try:
            return self._reader.frame(number, quality=quality, keep=keep)
        except MissingMedia:
            if not placeholder:
                raise
        if self._manifest.dimension == "3d":
            from cvatcore.media.cloud.frames import CLOUD_TYPE, empty_pcd

            name = self._manifest.frame_name(number)
            return Picture(data=empty_pcd(), media_type=CLOUD_TYPE, width=0, height=1, missing=name)
        return self._stand_in(number, self._manifest.frame_size(number))

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """As FrameReader.array."""
        return self._reader.array(number)

    def preview(self, number: int, *, placeholder: bool = False) -> Picture:
        """As FrameReader.preview."""
        try:
            return self._reader.preview(number)
        except MissingMedia:
            if not placeholder:
                raise
        if self._manifest.dimension == "3d":
            return self._stand_in(number, PREVIEW_SIZE)
        width, height = self._manifest.frame_size(number)
        scale = min(1, PREVIEW_SIZE[0] / max(1, width), PREVIEW_SIZE[1] / max(1, height))
        return self._stand_in(number, (max(1, round(width * scale)), max(1, round(height * scale))))

    def from_above(self, number: int, *, side: int, placeholder: bool = False) -> Picture:
        """As FrameReader.from_above."""
        from cvatcore.media.cloud.frames import CloudFrames

        if not isinstance(self._reader, CloudFrames):
            self._context.names(number)  # NotFound goes before.
            raise InvalidInput(f"Frame {number} is no point cloud.")
        try:
            return self._reader.from_above(number, side=side)
        except MissingMedia:
            if not placeholder:
                raise
        return self._stand_in(number, (side, side))

    def context(self, number: int) -> tuple[str, ...]:
        """As FrameReader.context."""
        return self._context.names(number)

    def context_image(self, number: int, index: int, *, placeholder: bool = False) -> Picture:
        """As FrameReader.context_image."""
        return self._context.picture(number, index, placeholder=placeholder)

    def clip(self, numbers: Sequence[int], *, quality: Quality = "compressed", placeholder: bool = False) -> Picture:
        """As FrameReader.clip."""
        from cvatcore.media.video.frames import VideoFrames

        if not isinstance(self._reader, VideoFrames):
            raise InvalidInput("Only frames of a video become a film.")
        try:
            return self._reader.clip(numbers, quality=quality)
        except MissingMedia:
            if not placeholder:
                raise
        return self._clip_of_stand_ins(numbers, quality=quality)

    def source_file(self, number: int) -> Path:
        """As FrameReader.source_file."""
        return self._reader.source_file(number)

    def checksum(self, number: int) -> str:
        """As FrameReader.checksum."""
        return self._reader.checksum(number)

    def close(self) -> None:
        """As FrameReader.close."""
        self._reader.close()

    def _clip_of_stand_ins(self, numbers: Sequence[int], *, quality: Quality) -> Picture:
        from av import VideoFrame

        from cvatcore.media.encoding import from_bytes
        from cvatcore.media.video.clips import clip_size, encode_clip

        size = clip_size(self._manifest.frame_size(numbers[0]), compressed=quality == "compressed")
        drawn = self._stand_in(numbers[0], size)
        frame = VideoFrame.from_ndarray(from_bytes(drawn.data), format="rgb24")
        clip = encode_clip((frame for _ in numbers), size=size, quarter_turns=0, quality=DEFAULT_QUALITY)
        return msgspec.structs.replace(clip, missing=drawn.missing)

    def _stand_in(self, number: int, size: tuple[int, int]) -> Picture:
        name = self._manifest.video.name if self._manifest.video else self._manifest.frame_name(number)
        return draw_placeholder(size, name=name)


def draw_placeholder(size: tuple[int, int], *, name: str) -> Picture:
    """A grey picture of a size in pixels that says `missing: name`: JPEG, or PNG where it is very large.

    Errors: MissingMedia for a size that no picture has.
    """
    width, height = size
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        raise MissingMedia(f"{name} is missing, and its size of {width}×{height} pixels is none of a picture.")
    from PIL import Image, ImageDraw

    one_bit = width * height > _ONE_BIT
    image = Image.new("1" if one_bit else "L", size, 0 if one_bit else _GROUND)
    pen = ImageDraw.Draw(image)
    line, text = (1, 1) if one_bit else (_LINES, _TEXT)
    stroke = max(1, min(size) // 200)
    # A cross from corner to corner: nobody takes this for a dark photo.
    pen.line((0, 0, width - 1, height - 1), fill=line, width=stroke)
    pen.line((0, height - 1, width - 1, 0), fill=line, width=stroke)
    pen.rectangle((0, 0, width - 1, height - 1), outline=line, width=stroke)
    # A name may hold line feeds, and what no font can show.
    words = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in f"missing: {name}")
    _write(pen, size, words, ground=0 if one_bit else _GROUND, fill=text)
    fits = not one_bit and max(size) <= LONGEST_JPEG
    made = to_jpeg(image, quality=DEFAULT_QUALITY) if fits else to_png(image)
    return msgspec.structs.replace(made, missing=name)


def _write(pen: ImageDraw, size: tuple[int, int], words: str, *, ground: int, fill: int) -> None:
    """The words in the middle, in a size in which they fit; cut in their middle where even the smallest is too wide."""
    from PIL import ImageFont

    width, height = size
    least, most = _FONT_SIZES
    room = width * 0.9
    font = ImageFont.load_default(min(most, max(least, height // 12)))
    wide = pen.textlength(words, font=font)
    if wide > room:
        font = ImageFont.load_default(max(least, int(_font_size(font) * room / wide)))
    shown = _cut(pen, words, font, room=room)
    box = pen.textbbox((width / 2, height / 2), shown, font=font, anchor="mm")
    if not shown or box[3] - box[1] > height:
        return  # Too small for any words: the cross has to do.
    pad = (box[3] - box[1]) / 2
    pen.rectangle((box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad), fill=ground)
    pen.text((width / 2, height / 2), shown, font=font, fill=fill, anchor="mm")


def _cut(pen: ImageDraw, words: str, font: ImageFont | FreeTypeFont, *, room: float) -> str:
    """Words that fit: their beginning and their end, which tell names apart, with dots between."""
    if pen.textlength(words, font=font) <= room:
        return words
    low, high = 0, len(words)
    while low < high:  # How many letters fit.
        kept = (low + high + 1) // 2
        if pen.textlength(_ends(words, kept), font=font) <= room:
            low = kept
        else:
            high = kept - 1
    return _ends(words, low) if low >= 4 else ""


def _ends(words: str, kept: int) -> str:
    last = kept // 2
    return f"{words[: kept - last]}…{words[len(words) - last :]}"


def _font_size(font: ImageFont | FreeTypeFont) -> float:
    return float(getattr(font, "size", _FONT_SIZES[0]))
