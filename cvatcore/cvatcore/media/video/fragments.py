"""Fragmented MP4: coded pictures as boxes that a page, or FFmpeg, reads without the rest of the video.

FFmpeg's muxer writes the beginning, which says how they are coded; the fragments are written here, because their times
are frame numbers, and no muxer keeps times as they are.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

TIMESCALE = 30_000
"""Ticks a second of the track."""

TICKS = 1000
"""From one frame to the next: frame n is shown at tick n * TICKS, whatever its real time."""

MUXER = {
    "movflags": "empty_moov+default_base_moof+frag_custom+delay_moov",
    "use_editlist": "0",
    "video_track_timescale": str(TIMESCALE),
}
"""FFmpeg's options for writing what `opening_boxes` takes."""

_SYNC, _DEPENDS = 0x0200_0000, 0x0101_0000
_TRUN = 0x0100_0F01
"""Version 1 (signed offsets), with data offset, durations, sizes, flags and composition offsets."""


class Sample(msgspec.Struct, frozen=True):
    """One coded picture."""

    data: bytes
    time: int
    """When it is shown, in ticks. A multiple of TICKS only where it is shown at all."""
    is_key: bool = False


class Opening(msgspec.Struct, frozen=True):
    """What stands before the fragments of a video."""

    data: bytes
    """The boxes `ftyp` and `moov`."""
    codec: str
    """The codec as WebCodecs and MIME types call it, `avc1.64001f` say; empty where it has no such name."""


def opening_of(stream: VideoStream, packet: Packet[VideoStream], *, codec: str) -> Opening:
    """The opening for packets of a stream, as FFmpeg writes it; `packet` is a keyframe of it.

    Errors: av.FFmpegError, ValueError where the codec has no place in MP4.
    """
    if codec == "vp8":
        # FFmpeg reads but does not write it in MP4. The boxes are those of its successor.
        size: dict[str, Any] = {"width": stream.codec_context.width, "height": stream.codec_context.height}
        made = _mux(lambda target: target.add_mux_stream("vp9", **size), packet)
        return Opening(data=made.replace(b"vp09", b"vp08"), codec="vp8")
    made = _mux(lambda target: target.add_stream_from_template(stream, opaque=True), packet)
    return Opening(data=made, codec=codec_string(made))


def opening_boxes(written: bytes) -> bytes:
    """The boxes `ftyp` and `moov` of an MP4 file."""
    kept = []
    place = 0
    while place + 8 <= len(written):
        size = int.from_bytes(written[place : place + 4])
        if written[place + 4 : place + 8] in (b"ftyp", b"moov"):
            kept.append(written[place : place + size])
        place += max(size, 8)
    return b"".join(kept)


def codec_string(opening: bytes) -> str:
    """The codec that an opening declares, as WebCodecs calls it; empty for one that has no such name."""
    entry = _after(opening, b"stsd")[12:16]
    name = entry.decode("latin-1")
    if box := _after(opening, b"avcC"):
        return f"{name}.{box[1:4].hex()}"
    if box := _after(opening, b"hvcC"):
        return f"{name}.{_hevc(box)}"
    if box := _after(opening, b"vpcC"):
        profile, level, depth = box[4], box[5], box[6] >> 4
        return f"{name}.{profile:02}.{level or 10:02}.{depth:02}"
    if box := _after(opening, b"av1C"):
        tier = "MH"[box[2] >> 7]
        depth = 8 if not box[2] >> 6 & 1 else 12 if box[2] >> 5 & 1 else 10
        return f"{name}.{box[1] >> 5}.{box[1] & 31:02}{tier}.{depth:02}"
    return ""


def fragment(samples: Sequence[Sample]) -> bytes:
    """The boxes `moof` and `mdat` of samples in decoding order, the first of which is a keyframe."""
    starts = _decoding_times([sample.time for sample in samples])
    durations = [after - before for before, after in pairwise(starts)] + [TICKS]
    table = b"".join(
        struct.pack(">IIIi", duration, len(sample.data), _SYNC if sample.is_key else _DEPENDS, sample.time - start)
        for sample, start, duration in zip(samples, starts, durations, strict=True)
    )

    def moof(offset: int) -> bytes:
        track = _box(b"tfhd", struct.pack(">II", 0x02_0000, 1))
        track += _box(b"tfdt", struct.pack(">IQ", 0x0100_0000, starts[0]))
        track += _box(b"trun", struct.pack(">III", _TRUN, len(samples), offset) + table)
        return _box(b"moof", _box(b"mfhd", struct.pack(">II", 0, 1)) + _box(b"traf", track))

    head = moof(len(moof(0)) + 8)
    return head + _box(b"mdat", b"".join(sample.data for sample in samples))


def _decoding_times(shown: list[int]) -> list[int]:
    """When samples are decoded: one after the other, none later than it is shown, and none before time began.

    Those two meet only where something hidden comes before frame 0; then some are decoded after they are shown.
    """
    backwards = accumulate(reversed(shown), lambda after, time: min(after - 1, time))
    starts = list(backwards)[::-1]
    early = min(starts[0], 0)
    return [start - early for start in starts]


def _mux(add: Callable[[OutputContainer], Stream], packet: Packet[VideoStream]) -> bytes:
    import av

    written = io.BytesIO()
    with av.open(written, "w", format="mp4", options=MUXER) as target:
        packet.stream = add(target)  # type: ignore[assignment]  # its base class, by the stubs
        packet.pts = packet.dts = 0
        target.mux(packet)
    return opening_boxes(written.getvalue())


def _after(data: bytes, name: bytes) -> bytes:
    """The contents of the first box of a name."""
    place = data.find(name)
    return data[place + 4 : place - 4 + int.from_bytes(data[place - 4 : place])] if place >= 4 else b""


def _hevc(box: bytes) -> str:
    space = ("", "A", "B", "C")[box[1] >> 6]
    tier = "LH"[box[1] >> 5 & 1]
    compatible = int(f"{int.from_bytes(box[2:6]):032b}"[::-1], 2)
    limits = "".join(f".{byte:X}" for byte in box[6:12].rstrip(b"\0"))
    return f"{space}{box[1] & 31}.{compatible:X}.{tier}{box[12]}{limits}"


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content
