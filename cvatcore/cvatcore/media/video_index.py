"""The table of a video's frames: which there are, in the order they are shown, and where decoding can begin.

One pass over the packets, without decoding, gives it; then both ends are decoded to see that it is true.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidMedia, MissingMedia

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

DEMUXERS = "mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,mpegtsraw,asf,flv,ogg,mxf,h264,hevc,m4v,mjpeg,ivf,gif,apng"
"""FFmpeg's names of what is opened. Playlists are left out: they make FFmpeg open other files."""

MAX_PIXELS = 16384 * 16384
"""Of one frame of a video."""

_HEAD = 16
_LONGEST_TAIL = 1000
"""Frames decoded at either end of a video to see that its index is true; a longer last run is believed."""


class VideoIndex(msgspec.Struct, frozen=True):
    """A video's frames in display order."""

    width: int
    """Of the upright frame, in pixels."""
    height: int
    quarter_turns: int
    """How often a decoded frame is turned by 90 degrees counterclockwise to stand upright: 0 to 3."""
    length: int
    pts: tuple[int, ...] = ()
    """Presentation times in the stream's time base, ascending. Empty where they are missing or not unique: then a
    frame's number is its place in the decoder's output."""
    keyframes: tuple[tuple[int, int], ...] = ()
    """Frame number and decoding time of each keyframe, ascending."""

    def keyframe_before(self, number: int) -> int:
        """The place in `keyframes` of the last one at or before a frame; -1 when there is none."""
        return bisect_left(self.keyframes, (number + 1,)) - 1

    def number_of(self, pts: int | None) -> int | None:
        """The number of the frame shown at a time, or None."""
        if pts is None:
            return None
        number = bisect_left(self.pts, pts)
        return number if number < self.length and self.pts[number] == pts else None


@contextmanager
def open_video(path: Path, *, name: str, options: dict[str, str] | None = None) -> Iterator[InputContainer]:
    """An open video; whatever FFmpeg finds wrong with it in the block is InvalidMedia with `name`."""
    import av

    limits = {"format_whitelist": DEMUXERS, "protocol_whitelist": "file"}
    try:
        with av.open(str(path.absolute()), options=limits | (options or {})) as container:
            yield container
    except (FileNotFoundError, av.FileNotFoundError):
        raise MissingMedia(
            f"{name} is missing.", hint="Put it back where it was, or say where it is now: cvat media map FROM TO."
        ) from None
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise InvalidMedia(
            f"{name} cannot be opened as a video: it is broken, cut off, or something else.",
            hint="Check that it plays elsewhere; if it does, convert it to MP4.",
        ) from error


def video_stream(container: InputContainer, *, name: str) -> VideoStream:
    """The moving picture of a container, decoded by several threads.

    Errors: InvalidMedia when it has none (sound only, say).
    """
    from av.stream import Disposition

    for stream in container.streams.video:
        context = stream.codec_context
        # Music files carry their cover as a stream of one picture.
        if not stream.disposition & Disposition.attached_pic and context is not None:
            if not 0 < context.width * context.height <= MAX_PIXELS:
                break
            stream.thread_type = "AUTO"
            return stream
    raise InvalidMedia(f"{name} holds no moving picture.", hint="Give a video file.")


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


def index_video(path: Path, *, name: str) -> VideoIndex:
    """Read the index of a video.

    Errors: MissingMedia; InvalidMedia when it cannot be opened, or ends before its own index does.
    """
    packets = _read_packets(path, name=name)
    if packets.listed > packets.read:
        # An edit list may leave packets out rightly: compare without it.
        whole = _read_packets(path, name=name, options={"ignore_editlist": "1"})
        if whole.listed > whole.read:
            raise _cut_off(name, listed=whole.listed, readable=whole.read)
    first = _decode_first(path, name=name)
    index = VideoIndex(width=first.width, height=first.height, quarter_turns=first.quarter_turns, length=0)
    times = sorted(pts for pts in packets.times if pts is not None)
    keyframes = sorted((pts, pts if dts is None else dts) for pts, dts in packets.keyframes if pts is not None)
    if keyframes and len(times) == packets.shown and len(set(times)) == len(times):
        # What is shown before the first keyframe refers to pictures that are not there.
        times = times[bisect_left(times, keyframes[0][0]) :]
        # An edit list hides keyframes too: one before a shown frame serves it, one after the last serves none.
        places = tuple((bisect_left(times, pts), dts) for pts, dts in keyframes if times and pts <= times[-1])
        index = msgspec.structs.replace(index, length=len(times), pts=tuple(times), keyframes=places)
        if places and _ends_agree(path, index, listed=packets.read, name=name):
            return index
    length = _count_by_decoding(path, name=name)
    if not length:
        raise _nothing_decodes(name)
    return msgspec.structs.replace(index, length=length, pts=(), keyframes=())


class _Packets:
    def __init__(self) -> None:
        self.listed = 0
        self.read = 0
        self.shown = 0
        self.end = 0
        self.times: list[int | None] = []
        self.keyframes: list[tuple[int | None, int | None]] = []


class _First(msgspec.Struct):
    width: int
    height: int
    quarter_turns: int


def _read_packets(path: Path, *, name: str, options: dict[str, str] | None = None) -> _Packets:
    import av

    packets = _Packets()
    with open_video(path, name=name, options=options) as container:
        stream = video_stream(container, name=name)
        packets.listed = stream.frames
        is_vp8 = stream.codec_context.name in ("vp8", "libvpx")
        try:
            for packet in container.demux(stream):
                if not packet.size or packet.is_corrupt:
                    continue  # the end's empty packet, or one that the file ends in
                packets.read += 1
                if packet.is_keyframe:
                    packets.keyframes.append((packet.pts, packet.dts))
                if packet.pts is not None:
                    packets.end = max(packets.end, packet.pts + (packet.duration or 0))
                if packet.is_discard or (is_vp8 and _is_hidden_vp8(packet)):
                    continue
                packets.shown += 1
                packets.times.append(packet.pts)
        except av.FFmpegError:
            pass  # what could not be read shows in the numbers
        if packets.listed and not packets.read:
            raise _cut_off(name, listed=packets.listed, readable=0)
        if not packets.read:
            raise InvalidMedia(f"{name} holds no frames.", hint="Check that it plays elsewhere.")
        lasts = _seconds(stream.metadata.get("DURATION", ""))
        ends = float(packets.end * (stream.time_base or 0))
        if lasts - ends > max(1.0, lasts / 100):
            # Matroska counts no frames, but says how long a stream is.
            raise _cut_off(name, listed=round(packets.read * lasts / max(ends, 0.001)), readable=packets.read)
    return packets


def _seconds(clock: str) -> float:
    try:
        hours, minutes, seconds = map(float, clock.split(":"))
    except ValueError:
        return 0
    return (hours * 60 + minutes) * 60 + seconds


def _is_hidden_vp8(packet: Packet[VideoStream]) -> bool:
    # RFC 6386 §9.1: the fifth bit says whether the frame is shown; hidden ones only serve as references.
    return not bytes(packet)[0] >> 4 & 1


def _decode_first(path: Path, *, name: str) -> _First:
    with open_video(path, name=name) as container:
        for frame in decode(container, video_stream(container, name=name)):
            turns = round(frame.rotation / 90) % 4
            size = (frame.height, frame.width) if turns % 2 else (frame.width, frame.height)
            return _First(width=size[0], height=size[1], quarter_turns=turns)
    raise _nothing_decodes(name)


def _ends_agree(path: Path, index: VideoIndex, *, listed: int, name: str) -> bool:
    """Whether what the decoder shows at both ends is what the packets announce."""
    head = index.pts[:_HEAD]
    errors: list[Exception] = []
    with open_video(path, name=name) as container:
        frames = decode(container, video_stream(container, name=name), errors=errors)
        shown = {frame.pts for frame in islice(frames, len(head))}
    # Frames that are broken in the middle keep their numbers: they are missing for a reason.
    if not errors and shown != set(head):
        return False
    last_key = index.keyframes[-1][0]
    if index.length - last_key > _LONGEST_TAIL:
        return True
    tail = set(index.pts[last_key:])
    for number, dts in index.keyframes[-1:-4:-1]:
        # Some keyframes do not restore the whole picture (intra refresh): then an earlier one does.
        if index.length - number > _LONGEST_TAIL:
            break
        errors = []
        with open_video(path, name=name) as container:
            stream = video_stream(container, name=name)
            container.seek(dts, stream=stream)
            seen = {frame.pts for frame in decode(container, stream, errors=errors)}
        missing = len(tail - seen)
        if errors and index.pts[-1] not in seen:
            raise _cut_off(name, listed=listed, readable=listed - missing)
        if any(pts is not None and pts >= index.pts[last_key] for pts in seen - tail):
            return False
        if errors or not missing:
            return True
    return False


def _count_by_decoding(path: Path, *, name: str) -> int:
    with open_video(path, name=name) as container:
        return sum(1 for _ in decode(container, video_stream(container, name=name)))


def _cut_off(name: str, *, listed: int, readable: int) -> InvalidMedia:
    return InvalidMedia(
        f"{name} is cut off: its index lists {listed} frames, but only {readable} can be read.",
        hint="Copy or download it again.",
    )


def _nothing_decodes(name: str) -> InvalidMedia:
    return InvalidMedia(f"{name} holds no frame that can be decoded.", hint="Check that it plays elsewhere.")
