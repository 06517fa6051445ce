"""An hour of film whose every frame shows its number, made without encoding an hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np

from kit.pictures import BLOCK, COLUMNS, Pixels, numbered_frame

SIDE = (COLUMNS * BLOCK, 4 * BLOCK)
"""Width and height of a number, in pixels: sixteen bits."""
GROUP = 60
"""Frames of a group of pictures: two seconds."""


def write_numbered_film(path: Path, groups: int, *, size: tuple[int, int] = (1920, 1080), rate: int = 30) -> Path:
    """A film of moving stripes with the number of its group in the top left corner, and that of the frame below it.

    The groups differ in their keyframes only, which are encoded; all other packets are those of the first group.
    They leave the group's number as their keyframe has it.
    """
    background = _background(size)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"preset": "ultrafast", "tune": "film", "crf": "24", "g": "9999", "bf": "2", "forced-idr": "1"}
        stream.options |= {"x264-params": "scenecut=0:bframes=2:weightp=0"}
        packets: list[Any] = []
        for number in range(GROUP + groups):
            inside = min(number, GROUP)
            group = 0 if number < GROUP else number - GROUP
            frame = av.VideoFrame.from_ndarray(_frame(background, group, inside % GROUP), format="rgb24")
            frame.pts = number
            frame.pict_type = av.video.frame.PictureType.I if number == 0 or number >= GROUP else 0
            packets.extend(stream.encode(frame))
        packets.extend(stream.encode(None))
        template = [packet for packet in packets if packet.pts < GROUP]
        keys = [packet for packet in packets if packet.pts >= GROUP]
        assert len(template) == GROUP
        assert all(packet.is_keyframe for packet in keys)
        begins = [(packet.pts, packet.dts) for packet in template]
        data = [bytes(packet) for packet in template]
        for group, key in enumerate(keys):
            for place, (pts, dts) in enumerate(begins):
                packet = av.Packet(bytes(key) if place == 0 else data[place])
                packet.stream = stream
                packet.time_base = template[place].time_base
                packet.pts, packet.dts = pts + group * GROUP, dts + group * GROUP
                packet.is_keyframe = place == 0
                container.mux(packet)
    return path


def _background(size: tuple[int, int]) -> Pixels:
    width, height = size
    pixels = np.random.default_rng(1).integers(0, 60, (height, width * 2, 3), dtype=np.uint8)
    pixels[:, ::64] = 200
    return pixels


def _frame(background: Pixels, group: int, inside: int) -> Pixels:
    width = background.shape[1] // 2
    shift = inside * 8 % width
    pixels = np.ascontiguousarray(background[:, shift : shift + width])
    # Still and plain around the numbers, so that nothing of them moves elsewhere.
    across, down = SIDE
    pixels[: 2 * down + 64, : across + 64] = 40
    pixels[:down, :across] = numbered_frame(group, size=SIDE)
    pixels[down : 2 * down, :across] = numbered_frame(inside, size=SIDE)
    return pixels
