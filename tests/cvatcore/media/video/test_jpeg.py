"""Frames packed from their planes have the colours that Pillow gives of their RGB."""

import io

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from PIL import Image

from cvatcore.media.video.jpeg import frame_to_jpeg
from kit import samples
from kit.pictures import Pixels

SIZE = (322, 241)
"""Odd, so that the planes of colour are rounded up."""

BT709, NOT_SAID, BT601 = 1, 2, 5
LIMITED, FULL = 1, 2


def photo() -> Pixels:
    return np.asarray(Image.open(samples.photo("astronaut.png")).convert("RGB").resize(SIZE))


def frame_of(pixel_format: str, matrix: int, levels: int) -> av.VideoFrame:
    source = av.VideoFrame.from_ndarray(photo(), format="rgb24")
    frame = VideoReformatter().reformat(
        source,
        format=pixel_format,
        dst_colorspace=None if matrix == NOT_SAID else matrix,
        dst_color_range=levels if matrix else None,
    )
    frame.colorspace, frame.color_range = matrix, levels
    return frame


def packed_by_pillow(pixels: Pixels) -> Pixels:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90)
    return np.asarray(Image.open(buffer))


def likeness(one: Pixels, other: Pixels) -> float:
    """PSNR in dB."""
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other.astype(float)) ** 2)))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("pixel_format", "matrix", "levels"),
    [
        ("yuv420p", NOT_SAID, LIMITED),
        ("yuv420p", BT601, LIMITED),
        ("yuv420p", BT601, FULL),
        ("yuvj420p", BT601, FULL),
        ("yuv420p", BT709, LIMITED),
        ("yuv422p", BT601, LIMITED),
        ("yuv444p", BT709, LIMITED),
        ("yuv420p10le", BT709, LIMITED),
        ("gray", BT601, FULL),
        ("rgb24", 0, FULL),
    ],
)
def test_colours_are_those_of_pillow(pixel_format: str, matrix: int, levels: int, turns: int) -> None:
    frame = frame_of(pixel_format, matrix, levels)
    seen = np.rot90(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), turns)
    picture = frame_to_jpeg(frame, size=SIZE, quarter_turns=turns, quality=90)
    ours = np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB"))
    assert ours.shape == seen.shape == (picture.height, picture.width, 3)
    theirs = packed_by_pillow(np.ascontiguousarray(seen))
    assert likeness(ours, seen) > likeness(theirs, seen) - 1.5
    # No cast of colour, and nothing brighter or darker: levels of 256.
    assert np.abs(ours.astype(float).mean((0, 1)) - theirs.astype(float).mean((0, 1))).max() < 2


def test_levels_of_a_video_reach_black_and_white() -> None:
    frame = av.VideoFrame(64, 48, "yuv420p")
    for plane, level in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([level]) * plane.buffer_size)
    shown = [_shown(frame)]
    frame.planes[0].update(bytes([235]) * frame.planes[0].buffer_size)
    shown.append(_shown(frame))
    assert shown == [(0, 0), (255, 255)]


def test_a_frame_of_another_size_is_scaled() -> None:
    frame = frame_of("yuv420p", BT601, LIMITED)
    picture = frame_to_jpeg(frame, size=(100, 60), quarter_turns=1, quality=70)
    assert Image.open(io.BytesIO(picture.data)).size == (60, 100) == (picture.width, picture.height)


@pytest.mark.parametrize("quality", [-5, 0, 1, 100, 300])
def test_any_quality(quality: int) -> None:
    picture = frame_to_jpeg(frame_of("yuv420p", BT601, LIMITED), size=SIZE, quarter_turns=0, quality=quality)
    assert Image.open(io.BytesIO(picture.data)).size == SIZE


def _shown(frame: av.VideoFrame) -> tuple[int, int]:
    picture = frame_to_jpeg(frame, size=(64, 48), quarter_turns=0, quality=100)
    levels = np.asarray(Image.open(io.BytesIO(picture.data)).convert("L"))
    return int(levels.min()), int(levels.max())
