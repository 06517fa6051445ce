"""Long videos made cheaply: a short encoded clip, whose packets are written again and again with later times."""

from pathlib import Path
from typing import Any

import av
import numpy as np

FULL_HD = (1920, 1080)


def write_clip(
    path: Path, length: int = 240, *, size: tuple[int, int] = FULL_HD, gop: int = 60, codec: str = "libx264"
) -> Path:
    """A clip of moving stripes and noise that stands still, 30 frames a second."""
    width, height = size
    noise = np.random.default_rng(1).integers(0, 60, (height, width * 2, 3), dtype=np.uint8)
    noise[:, ::64] = 200
    options = {"g": str(gop), "bf": "2", "preset": "ultrafast", "crf": "26"} if codec == "libx264" else {"g": str(gop)}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(length):
            shift = number * 8 % width
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, shift : shift + width]), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_repeated(path: Path, clip: Path, times: int) -> Path:
    """The clip again and again; only its packets are copied."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size]
        length = stream.duration or 0
        for packet in packets:
            packet.stream = copy
        begins = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        for round_ in range(times):
            for packet, (pts, dts) in zip(packets, begins, strict=True):
                packet.pts, packet.dts = pts + round_ * length, dts + round_ * length
                packet.time_base = stream.time_base  # type: ignore[assignment]  # it has one
                target.mux(packet)
    return path
