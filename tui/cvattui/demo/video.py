"""A painted scene as a video file."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from cvattui.demo.painting import StreetPainter, TrueBox

FRAME_RATE = 25
"""Frames a second."""

_KEYFRAME_EVERY = 50
"""Frames: a seek decodes two seconds at the most."""


def write_video(
    path: Path, painter: StreetPainter, *, frames: int, on_frame: Callable[[], None] = lambda: None
) -> list[list[TrueBox]]:
    """Encode the first frames of a scene, and return the boxes of each."""
    import av
    import numpy as np

    boxes: list[list[TrueBox]] = []
    with av.open(str(path), "w") as container:
        stream = container.add_stream(_codec(), rate=FRAME_RATE)
        assert isinstance(stream, av.VideoStream), "both codecs are of video"
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = painter.size
        stream.time_base = Fraction(1, FRAME_RATE)
        stream.codec_context.gop_size = _KEYFRAME_EVERY
        stream.options = {"preset": "veryfast"}  # H.264's own; others ignore it
        stream.bit_rate = 3_000_000
        for number in range(frames):
            picture, found = painter.paint(number / FRAME_RATE)
            boxes.append(found)
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
            on_frame()
        container.mux(stream.encode(None))
    return boxes


def _codec() -> str:
    """H.264 where this FFmpeg can write it (the wheels can), else what every FFmpeg writes."""
    import av.codec

    return "libx264" if "libx264" in av.codec.codecs_available else "mpeg4"
