"""How a page plays a task's video."""

from __future__ import annotations

import msgspec


class VideoRead(msgspec.Struct, frozen=True):
    """`GET /cvatd/tasks/{id}/video`.

    Frames are counted in the whole video; `start`, `stop` and `step` say which of them the task has.
    """

    codec: str
    """Of segments as the video is coded, as WebCodecs calls it (`avc1.64001f`); empty where those are not offered."""
    width: int
    """Of a coded frame in pixels, before it is turned upright."""
    height: int
    quarter_turns: int
    """How often a decoded frame is turned by 90 degrees counterclockwise to stand upright: 0 to 3."""
    length: int
    """Frames of the video."""
    start: int
    """The video's frame that is frame 0 of the task."""
    stop: int
    """The last frame that the task has."""
    step: int
    """From one frame of the task to the next."""
    fps: float
    """Frames a second, on average; 0 when unknown."""
    key_frames: list[int]
    """Of each segment, the number of its keyframe."""
    first_frames: list[int]
    """Of each segment, its lowest frame. Those below its keyframe need the segment before to be decoded first."""
    transcoded_run: int
    """Frames of a segment of H.264 made on the fly: segment k holds those from k * run on."""
    transcoded_codec: str
    """Of such segments; empty where this machine has no encoder."""
    transcoded_width: int
    """In pixels, before turning."""
    transcoded_height: int
