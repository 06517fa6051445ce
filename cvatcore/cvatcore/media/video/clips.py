"""Runs of frames as short H.264 films of their own: what CVAT's clients get as a chunk of a video."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cvatcore.errors import InvalidMedia
from cvatcore.media.picture import Picture
from cvatcore.media.video.jpeg import converter, frame_to_rgb
from cvatcore.media.video.transcoding import encoder

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

CLIP_TYPE = "video/mp4"
CLIP_RATE = 25
"""Frames a second, whatever the video's rate: clients count frames, not seconds."""

NEARLY_LOSSLESS = 67
"""The quality in percent of clips for data sets."""

_HALVED_FROM = 1080
"""Lines from which on a compressed clip is made half as large, as often as it takes."""

_LIMITED, _BT601 = 1, 5
"""FFmpeg's numbers of video's range of levels and of a matrix."""


def clip_size(size: tuple[int, int], *, compressed: bool) -> tuple[int, int]:
    """Width and height of the clip of upright frames of a size in pixels: even, and below 1080 lines if compressed."""
    width, height = size
    while compressed and height >= _HALVED_FROM:
        width, height = width // 2, height // 2
    return max(2, width + width % 2), max(2, height + height % 2)


def encode_clip(frames: Iterable[VideoFrame], *, size: tuple[int, int], quarter_turns: int, quality: int) -> Picture:
    """Frames as an upright film of 25 a second in MP4, the first one a keyframe.

    Args:
        frames: as the decoder gave them; other threads may read them too.
        size: width and height of the film in pixels, both even.
        quarter_turns: by how many times 90 degrees the frames are turned counterclockwise.
        quality: in percent.

    Errors: InvalidMedia when there is no encoder, or it fails; those of the frames.
    """
    import av

    written = io.BytesIO()
    try:
        with av.open(written, "w", format="mp4") as target:
            stream = None
            for number, frame in enumerate(frames):
                shown = _prepared(frame, size=size, quarter_turns=quarter_turns)
                stream = stream or _add(target, shown, quality=quality)
                shown.pts, shown.time_base = number, Fraction(1, CLIP_RATE)
                target.mux(stream.encode(shown))
            if stream is not None:
                target.mux(stream.encode())
    except (av.FFmpegError, ValueError) as error:
        raise InvalidMedia(
            "The frames of the video cannot be encoded as H.264.", hint="Take pictures: type=frame."
        ) from error
    return Picture(data=written.getvalue(), media_type=CLIP_TYPE, width=size[0], height=size[1])


def _prepared(frame: VideoFrame, *, size: tuple[int, int], quarter_turns: int) -> VideoFrame:
    """A frame of one's own, upright, in YUV 4:2:0 with video's levels."""
    from av import VideoFrame as Frame

    if quarter_turns:
        before = size[::-1] if quarter_turns % 2 else size
        turned = Frame.from_ndarray(frame_to_rgb(frame, size=before, quarter_turns=quarter_turns), format="rgb24")
        return _to_yuv(turned, size=size)
    made = _to_yuv(frame, size=size)
    if made is not frame:
        return made
    copy = Frame.from_ndarray(frame.to_ndarray(), format="yuv420p")
    copy.colorspace, copy.color_range = frame.colorspace, frame.color_range
    return copy


def _to_yuv(frame: VideoFrame, *, size: tuple[int, int]) -> VideoFrame:
    matrix = _BT601 if frame.format.is_rgb else None
    return converter().reformat(
        frame,
        width=size[0],
        height=size[1],
        format="yuv420p",
        dst_colorspace=matrix,
        dst_color_range=_LIMITED,
        threads=1,
    )


def _add(target: OutputContainer, like: VideoFrame, *, quality: int) -> VideoStream:
    name = encoder()
    rate = round((100 - max(1, min(quality, 100))) * 51 / 100)
    options = {"preset": "ultrafast", "crf": str(rate), "bf": "0"} if name == "libx264" else {}
    stream: Any = target.add_stream(name, rate=CLIP_RATE, options=options)
    stream.width, stream.height, stream.pix_fmt = like.width, like.height, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, CLIP_RATE)
    context.gop_size = 10_000
    context.color_range, context.colorspace = like.color_range, like.colorspace
    made: VideoStream = stream
    return made
