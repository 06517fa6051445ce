"""Small pictures, videos and archives made for a test. A frame of such a video knows its own number."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

BLOCK = 16
COLUMNS = 4
"""Frame numbers are written as COLUMNS x rows black or white blocks of BLOCK pixels, the lowest bit first."""


def picture_bytes(
    size: tuple[int, int] = (8, 6), *, file_format: str = "PNG", mode: str = "RGB", color: Any = 200, **options: Any
) -> bytes:
    """A picture of one colour, or in mode RGB of a gradient, so that JPEG has something to do."""
    if mode == "RGB" and color == 200:
        image = Image.fromarray(gradient(size))
    else:
        image = Image.new(mode, size, color)
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def write_picture(path: Path, size: tuple[int, int] = (8, 6), **options: Any) -> Path:
    """A picture file in the format of its extension; folders are made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file_format = Image.registered_extensions()[path.suffix.lower()]
    path.write_bytes(picture_bytes(size, file_format=file_format, **options))
    return path


def oriented_exif(orientation: int) -> bytes:
    """EXIF that says how a picture is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def gradient(size: tuple[int, int]) -> Pixels:
    """Pixels that differ in every corner: red grows to the right, green downwards."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, :, 0] = np.linspace(0, 255, width)[None, :]
    pixels[:, :, 1] = np.linspace(0, 255, height)[:, None]
    return pixels


def write_archive(path: Path, members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip archive of members by name."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def numbered_frame(number: int, *, size: tuple[int, int] = (64, 48)) -> Pixels:
    """A frame that shows its number in blocks."""
    width, height = size
    pixels = np.full((height, width, 3), 40, np.uint8)
    for bit in range(COLUMNS * (height // BLOCK)):
        row, column = divmod(bit, COLUMNS)
        if number >> bit & 1:
            pixels[row * BLOCK : (row + 1) * BLOCK, column * BLOCK : (column + 1) * BLOCK] = 215
    return pixels


def read_number(pixels: Pixels) -> int:
    """The number that a frame shows."""
    height = pixels.shape[0]
    number = 0
    for bit in range(COLUMNS * (height // BLOCK)):
        row, column = divmod(bit, COLUMNS)
        block = pixels[row * BLOCK + 4 : (row + 1) * BLOCK - 4, column * BLOCK + 4 : (column + 1) * BLOCK - 4]
        number |= int(block.mean() > 128) << bit
    return number


def write_video(
    path: Path,
    length: int = 60,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (64, 48),
    options: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
    times: Sequence[int] | None = None,
    rotation: int = 0,
    pixel_format: str = "yuv420p",
) -> Path:
    """A video whose frames show their numbers, 25 a second or at `times` (in 1/100 s)."""
    with av.open(str(path), "w", options=dict(container_options or {})) as container:
        stream: Any = container.add_stream(codec, rate=25, options=dict(options or {}))
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        if rotation:
            stream.set_display_rotation(rotation)
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 100)
        for number in range(length):
            frame = av.VideoFrame.from_ndarray(numbered_frame(number, size=size))
            frame.pts = number if times is None else times[number]
            frame.time_base = Fraction(1, 25) if times is None else Fraction(1, 100)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
"""What stands in place of a file whose contents Git LFS has not fetched."""
