"""Sizes out of the first bytes: whatever they say, Pillow says too."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cvatcore.errors import InvalidMedia
from cvatcore.media.headers import read_size
from cvatcore.media.quick_sizes import quick_size
from kit import samples
from kit.pictures import oriented_exif, picture_bytes

Made = tuple[str, dict[str, Any]]

MODES = {"JPEG": ("RGB", "L", "CMYK"), "PNG": ("RGB", "L", "RGBA", "LA", "P", "1", "I;16"), "WEBP": ("RGB", "RGBA")}


def quick(data: bytes, *, head: int = 4096) -> tuple[int, int] | None:
    return quick_size(data[:head], length=len(data))


@pytest.mark.parametrize("file_format", MODES)
def test_plain_pictures_need_no_pillow(file_format: str) -> None:
    for mode in MODES[file_format]:
        data = picture_bytes((70, 30), file_format=file_format, mode=mode, color=0)
        assert quick(data) == (70, 30), mode
    assert quick(picture_bytes((1, 1), file_format=file_format)) == (1, 1)


@pytest.mark.parametrize("orientation", range(9))
def test_jpeg_files_are_turned(orientation: int) -> None:
    data = picture_bytes((70, 30), file_format="JPEG", exif=oriented_exif(orientation))
    assert quick(data) == read_size(io.BytesIO(data), name="a.jpg")


def test_real_photos() -> None:
    seen = 0
    for path in samples.photos():
        data = path.read_bytes()
        found = quick(data, head=1 << 16)
        if found is not None:
            seen += 1
            assert found == read_size(io.BytesIO(data), name=path.name)
    assert seen > 20


def test_what_is_left_to_pillow() -> None:
    turned = picture_bytes((70, 30), exif=oriented_exif(6))
    assert quick(turned) is None
    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "blue")]
    for file_format in ("PNG", "WEBP", "GIF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, file_format, save_all=True, append_images=frames[1:])
        assert quick(buffer.getvalue()) is None
    png = picture_bytes((70, 30))
    assert quick(png[:30]) is None
    assert quick(png.replace(b"\0\0\0\x46", b"\0\0\0\x47")) is None  # its checksum is wrong
    assert quick(picture_bytes(file_format="JPEG"), head=100) is None
    webp = picture_bytes((70, 30), file_format="WEBP")
    assert quick_size(webp, length=len(webp) - 10) is None  # cut off
    assert quick(b"") is None


def test_sizes_beyond_all_bounds_are_left_to_pillow() -> None:
    body = b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + b"\0\0\0\0IDAT"
    assert quick(png) is None
    assert quick(png.replace(struct.pack(">II", 40_000, 40_000), struct.pack(">II", 0, 10))) is None


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    file_format = draw(st.sampled_from(sorted(MODES)))
    size = draw(st.tuples(st.integers(1, 300), st.integers(1, 300)))
    options: dict[str, Any] = {}
    if draw(st.booleans()):
        options["exif"] = oriented_exif(draw(st.integers(0, 9)))
    if draw(st.booleans()):
        options["icc_profile"] = draw(st.binary(min_size=1, max_size=9000))
    if file_format == "JPEG":
        options |= {"progressive": draw(st.booleans()), "comment": draw(st.binary(max_size=200))}
    return picture_bytes(
        size, file_format=file_format, mode=draw(st.sampled_from(MODES[file_format])), color=0, **options
    )


@settings(max_examples=150, deadline=None)
@given(data=pictures(), head=st.sampled_from([64, 4096, 1 << 16]))
def test_whatever_is_said_is_what_pillow_says(data: bytes, head: int) -> None:
    found = quick(data, head=head)
    assert found is None or found == read_size(io.BytesIO(data), name="a")


@settings(max_examples=400, deadline=None)
@given(data=pictures(), spoil=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), min_size=1, max_size=3))
@pytest.mark.filterwarnings("ignore")  # Pillow warns of some of them, and reads them
def test_whatever_is_said_of_a_spoilt_picture_is_what_pillow_says(data: bytes, spoil: list[tuple[int, int]]) -> None:
    spoilt = bytearray(data)
    for position, value in spoil:
        spoilt[position % len(spoilt)] = value
    found = quick(bytes(spoilt))
    try:
        expected = read_size(io.BytesIO(bytes(spoilt)), name="a")
    except InvalidMedia:
        return  # told when the frame is read: both look at the header only, Pillow at more of it
    assert found is None or found == expected
