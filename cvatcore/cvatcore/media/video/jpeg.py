"""A decoded frame of a video as JPEG, on the shortest way on which its colours stay right.

A frame in eight bits with halved colour and the matrix of BT.601, which is JPEG's own, is packed from its planes, after
video's range of levels (16 to 235) was spread to JPEG's (0 to 255). All others go through RGB, those of BT.709
among them.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cvatcore.media.jpeg import encode_planes, encode_rgb
from cvatcore.media.picture import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from av.video.frame import VideoFrame
    from av.video.plane import VideoPlane
    from av.video.reformatter import VideoReformatter

    Pixels = npt.NDArray[np.uint8]

_MATRICES_OF_JPEG = frozenset({2, 5, 6})
"""H.273's numbers of BT.601, and of none given, which FFmpeg takes for it."""

_FULL_RANGE = 2
"""FFmpeg's number."""

_local = threading.local()


def frame_to_jpeg(frame: VideoFrame, *, size: tuple[int, int], quarter_turns: int, quality: int) -> Picture:
    """A frame as an upright JPEG.

    Args:
        frame: as the decoder gave it; other threads may read it too.
        size: width and height before turning, in pixels; a frame of another size is scaled.
        quarter_turns: by how many times 90 degrees it is turned counterclockwise.
        quality: in percent.
    """
    planes = _planes(frame) if (frame.width, frame.height) == size else None
    if planes is None:
        return encode_rgb(frame_to_rgb(frame, size=size, quarter_turns=quarter_turns), quality=quality)
    half = (size[0] + 1) // 2, (size[1] + 1) // 2
    luma, blue, red = (
        _turned(plane[:high, :wide], quarter_turns)
        for plane, (wide, high) in zip(planes, (size, half, half), strict=True)
    )
    return encode_planes(luma, blue, red, quality=quality)


def frame_to_rgb(frame: VideoFrame, *, size: tuple[int, int], quarter_turns: int) -> Pixels:
    """The upright pixels of a frame: height x width x 3, RGB. Arguments as `frame_to_jpeg`."""
    import numpy as np

    # A converter of this thread's own: that of the frame must not be used by two at once.
    converted = converter().reformat(frame, width=size[0], height=size[1], format="rgb24", threads=1)
    (plane,) = converted.planes
    # A view where lines are not filled up, as in most sizes: the samples stay where the converter wrote them.
    lines = _samples(plane)[:, : size[0] * 3]
    return _turned(np.ascontiguousarray(lines).reshape(size[1], size[0], 3), quarter_turns)


def converter() -> VideoReformatter:
    """FFmpeg's converter of pixel formats, this thread's own."""
    from av.video.reformatter import VideoReformatter

    known: VideoReformatter | None = getattr(_local, "converter", None)
    if known is None:
        known = _local.converter = VideoReformatter()
    return known


def _turned(pixels: Pixels, quarter_turns: int) -> Pixels:
    import numpy as np

    return np.ascontiguousarray(np.rot90(pixels, quarter_turns)) if quarter_turns else pixels


def _planes(frame: VideoFrame) -> tuple[Pixels, Pixels, Pixels] | None:
    """The planes in JPEG's levels; None for frames that JPEG has no planes for."""
    name = frame.format.name
    if name not in {"yuv420p", "yuvj420p"} or int(frame.colorspace) not in _MATRICES_OF_JPEG:
        return None
    planes = frame.planes
    if any(plane.line_size <= 0 for plane in planes):
        return None  # Stored upside down.
    luma, blue, red = (_samples(plane) for plane in planes)
    if name == "yuvj420p" or int(frame.color_range) == _FULL_RANGE:
        return luma, blue, red
    # 255 / 219 and 255 / 224; grey, which is 128, is the middle of colour before and after.
    luma = _spread(luma, highest=235, factor=298, offset=128)
    blue, red = (_spread(plane, highest=240, factor=291, offset=256) for plane in (blue, red))
    return luma, blue, red


def _samples(plane: VideoPlane) -> Pixels:
    """The samples of a plane, and what its lines are filled up with: it is cut off last, a run over all is quicker."""
    import numpy as np

    samples = np.frombuffer(memoryview(plane), np.uint8)
    return samples.reshape(-1, plane.line_size)


def _spread(samples: Pixels, *, highest: int, factor: int, offset: int) -> Pixels:
    """Samples from 16 to `highest` as 0 to 255: `(sample - 16) * factor + offset`, both in 256ths: it fits 16 bits."""
    import numpy as np

    above = np.clip(samples, 16, highest) - np.uint8(16)
    wide = above * np.uint16(factor)
    wide += np.uint16(offset)
    wide >>= np.uint16(8)
    return wide.astype(np.uint8)
