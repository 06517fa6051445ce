"""Runs of frames as H.264, encoded when they are asked for: for videos that a page cannot decode as they are."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.fragments import MUXER, TICKS, TIMESCALE, Opening, Sample, codec_string, opening_boxes
from cvatcore.media.video.jpeg import converter
from cvatcore.media.video.nals import with_lengths

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

RUN = 24
"""Frames of a run: the last one of it must not be waited for long."""

LARGEST = (4096, 2304)
"""Width and height in pixels; what is larger is made smaller, because decoders refuse it."""

_LIMITED, _BT601 = 1, 5
"""FFmpeg's numbers of video's range of levels, and of the matrix by which RGB is converted here."""

_ENCODERS: dict[str, dict[str, str]] = {
    # Read once and thrown away: speed counts more than size.
    "libx264": {"preset": "superfast", "crf": "19", "bf": "0", "tune": "fastdecode"},
    "libopenh264": {"allow_skip_frames": "0", "b": "12000000"},
    "h264_videotoolbox": {"realtime": "1", "b": "12000000"},
    "h264_mf": {"b": "12000000"},
}


def encoded_size(size: tuple[int, int]) -> tuple[int, int]:
    """What a frame of a size in pixels is encoded as: even, and no larger than decoders take."""
    width, height = size
    scale = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


@cache
def encoder() -> str:
    """The encoder of H.264 that FFmpeg has here; empty where there is none."""
    import av

    return next((name for name in _ENCODERS if name in av.codecs_available and _opens(name)), "")


def encode_run(frames: Iterable[tuple[int, VideoFrame]], *, size: tuple[int, int]) -> tuple[Opening, list[Sample]]:
    """A closed group of pictures of a size (see `encoded_size`) out of decoded frames, each with its number.

    Others may read the frames too.

    Errors: InvalidMedia when there is no encoder, or it fails.
    """
    import av

    written = io.BytesIO()
    try:
        with av.open(written, "w", format="mp4", options=MUXER) as target:
            packets = _encode(target, frames, size=size)
            samples = [Sample(with_lengths(bytes(packet)), packet.pts or 0, packet.is_keyframe) for packet in packets]
            target.mux(packets[0])
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise InvalidMedia("The frames of the video cannot be encoded for the page.") from error
    data = opening_boxes(written.getvalue())
    return Opening(data=data, codec=codec_string(data)), samples


def _encode(
    target: OutputContainer, frames: Iterable[tuple[int, VideoFrame]], *, size: tuple[int, int]
) -> list[Packet[VideoStream]]:
    stream = None
    packets: list[Packet[VideoStream]] = []
    for number, frame in frames:
        copy = _copy(frame, size=size)
        stream = stream or _add(target, encoder(), copy)
        copy.pts, copy.time_base = number * TICKS, Fraction(1, TIMESCALE)
        packets += stream.encode(copy)
    return packets + stream.encode() if stream is not None else packets


def _copy(frame: VideoFrame, *, size: tuple[int, int]) -> VideoFrame:
    """A frame of one's own in YUV 4:2:0 with video's levels."""
    from av import VideoFrame as Frame

    made = converter().reformat(
        frame, width=size[0], height=size[1], format="yuv420p", dst_color_range=_LIMITED, threads=1
    )
    copy = Frame.from_ndarray(made.to_ndarray(), format="yuv420p") if made is frame else made
    copy.color_range = _LIMITED
    copy.colorspace = _BT601 if frame.format.is_rgb else frame.colorspace
    return copy


def _add(target: OutputContainer, name: str, like: VideoFrame) -> VideoStream:
    stream: Any = target.add_stream(name, rate=Fraction(TIMESCALE, TICKS), options=_ENCODERS[name])
    stream.width, stream.height, stream.pix_fmt = like.width, like.height, "yuv420p"
    context = stream.codec_context
    context.time_base = Fraction(1, TIMESCALE)
    context.gop_size = RUN
    context.color_range, context.colorspace = like.color_range, like.colorspace
    made: VideoStream = stream
    return made


def _opens(name: str) -> bool:
    """Whether an encoder works: some are there and need a device that is not."""
    import av

    frame = av.VideoFrame(64, 64, "yuv420p")
    try:
        with av.open(io.BytesIO(), "w", format="mp4", options=MUXER) as target:
            stream = _add(target, name, frame)
            frame.pts = 0
            target.mux([*stream.encode(frame), *stream.encode()])
    except (av.FFmpegError, ValueError):
        return False
    return True
