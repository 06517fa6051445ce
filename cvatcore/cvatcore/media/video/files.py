"""Opening videos and decoding them from where they stand; what is wrong with them is said in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.video.nals import x264_build

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

DEMUXERS = "mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,mpegtsraw,asf,flv,ogg,mxf,h264,hevc,m4v,mjpeg,ivf,gif,apng"
"""FFmpeg's names of what is opened. Playlists are left out: they make FFmpeg open other files."""

MAX_PIXELS = 16384 * 16384
"""Of one frame of a video."""


def open_container(path: Path, *, name: str, options: dict[str, str] | None = None) -> InputContainer:
    """An open video, to be closed by the caller.

    Errors: MissingMedia; InvalidMedia when FFmpeg cannot open it.
    """
    import av

    limits = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}
    try:
        return av.open(str(path.absolute()), options=limits | (options or {}))
    except (FileNotFoundError, av.FileNotFoundError):
        raise MissingMedia(
            f"{name} is missing.", hint="Put it back where it was, or say where it is now: cvat media map FROM TO."
        ) from None
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise _unusable(name) from error


@contextmanager
def open_video(path: Path, *, name: str, options: dict[str, str] | None = None) -> Iterator[InputContainer]:
    """An open video; whatever FFmpeg finds wrong with it in the block is InvalidMedia with `name`."""
    import av

    try:
        with open_container(path, name=name, options=options) as container:
            yield container
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise _unusable(name) from error


def video_stream(
    container: InputContainer, *, name: str, note: bytes = b"", only_counted: bool = False, threads: int = 0
) -> VideoStream:
    """The moving picture of a container, decoded by several threads.

    Args:
        container: the open video.
        name: what it is called in messages.
        note: as `VideoIndex` has it.
        only_counted: its pictures are counted and not looked at, which takes a third less time.
        threads: how many; 0 for as many as FFmpeg chooses.

    Errors: InvalidMedia when it has none (sound only, say).
    """
    from av.stream import Disposition

    for stream in container.streams.video:
        context = stream.codec_context
        # Music files carry their cover as a stream of one picture.
        if not stream.disposition & Disposition.attached_pic and context is not None:
            pixels = context.width * context.height
            if pixels > MAX_PIXELS:
                raise InvalidMedia(
                    f"{name} has frames of {context.width}×{context.height} pixels, more than is decoded here.",
                    hint="Make it smaller.",
                )
            if not pixels:
                break
            stream.thread_type = "AUTO"
            if threads:
                context.thread_count = threads
            options = {"skip_loop_filter": "all"} if only_counted else {}
            if build := x264_build(note):
                options["x264_build"] = str(build)
            context.options = options
            return stream
    raise InvalidMedia(f"{name} holds no moving picture.", hint="Give a video file.")


def codec_of(stream: VideoStream) -> str:
    """FFmpeg's name of how a stream is coded: `h264`, `vp9`, `av1`, … whichever decoder reads it."""
    name = stream.codec_context.name
    return {"libvpx": "vp8", "libvpx-vp9": "vp9", "libdav1d": "av1", "libaom-av1": "av1"}.get(name, name)


def seek_keyframe(container: InputContainer, stream: VideoStream, *, pts: int, dts: int) -> None:
    """Go to a keyframe by its two times, or to an earlier one; the decoder begins anew.

    Errors: av.FFmpegError.
    """
    # These compare what they are given with presentation times: the decoding time would lead to the keyframe before.
    by_pts = any(kind in container.format.name for kind in ("mp4", "matroska"))
    container.seek(pts if by_pts else min(pts, dts), stream=stream)


def numbered_packets(
    container: InputContainer, stream: VideoStream, *, first: int, after: int | None = None
) -> Iterator[Packet[VideoStream]]:
    """The packets of a stream from where it stands, with their places in the file for times; the last one is empty.

    A decoder gives each picture the time of its packet. Reading errors end it.

    Args:
        container: the open video.
        stream: its moving picture.
        first: the place of the first packet.
        after: the decoding time of the packet that is the first one; those before it are left out.
    """
    import av

    with suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if after is not None and packet.size:
                if packet.dts != after or not packet.is_keyframe:
                    continue
                after = None
            if packet.size:
                packet.pts = first
                first += 1
            yield packet


def decode(
    container: InputContainer, stream: VideoStream, *, errors: list[Exception] | None = None
) -> Iterator[VideoFrame]:
    """The frames of a stream from where it stands, in display order; packets that cannot be decoded are passed over.

    What went wrong is added to `errors`.
    """
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except StopIteration:
            return
        except av.FFmpegError as error:
            if errors is not None:
                errors.append(error)
            continue  # a generator that failed to read is at its end
        yield from frames


def _unusable(name: str) -> InvalidMedia:
    return InvalidMedia(
        f"{name} cannot be opened as a video: it is broken, cut off, or something else.",
        hint="Check that it plays elsewhere; if it does, convert it to MP4.",
    )
