"""One pass over a video's packets, without decoding: when each is shown, and where runs begin."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.files import codec_of, open_video, video_stream
from cvatcore.media.video.nals import begins_anew, encoder_note, length_size

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream


class Run(msgspec.Struct):
    """A keyframe's packet and those up to the next keyframe, in the order in which they are decoded."""

    pts: int | None
    dts: int | None
    is_clean: bool
    """Whether its keyframe restores the whole picture."""
    begin: int
    """How many packets with pictures that are shown come before."""
    size: int
    """The bytes before it."""


class PacketTable(msgspec.Struct):
    """What the packets of a video say."""

    codec: str = ""
    listed: int = 0
    """Packets by the file's own index; 0 where it has none."""
    read: int = 0
    size: int = 0
    """In bytes, of all packets."""
    times: list[int | None] = []
    """Presentation times of the packets whose pictures are shown, in decoding order."""
    runs: list[Run] = []
    end: int = 0
    """When the last picture that is shown ends."""
    second: float = 0
    """Of the times' unit."""
    lasts: float = 0
    """Seconds that the file says it lasts; 0 where it says nothing."""
    note: bytes = b""
    """What its encoder says of itself, where decoders have to know (see `encoder_note`)."""
    changes: bool = False
    """Whether the stream is coded otherwise from somewhere on: in another size, say."""
    rate: float = 0
    """Frames a second, as the file says."""

    @property
    def announced(self) -> int:
        """How many packets there should be: more than were read where the file is cut off."""
        ends = self.end * self.second
        if self.lasts - ends > max(1.0, self.lasts / 100):
            # Matroska counts no frames, but says how long a stream is.
            return max(self.listed, round(self.read * self.lasts / max(ends, 0.001)))
        return max(self.listed, self.read)


def read_packets(path: Path, *, name: str, options: dict[str, str] | None = None) -> PacketTable:
    """Read all packets of a video.

    Errors: MissingMedia; InvalidMedia when it cannot be opened or has none.
    """
    import av

    with open_video(path, name=name, options=options) as container:
        stream = video_stream(container, name=name)
        table = PacketTable(codec=codec_of(stream), listed=_listed(container, stream, path))
        table.second = float(stream.time_base or 0)
        table.rate = float(stream.average_rate or stream.guessed_rate or 0)
        table.lasts = _seconds(stream.metadata.get("DURATION", ""))
        with suppress(av.FFmpegError):  # what could not be read shows in the numbers
            _read_on(container, stream, table)
    if not table.read and not table.listed:
        raise InvalidMedia(f"{name} holds no frames.", hint="Check that it plays elsewhere.")
    return table


def is_hidden(packet: Packet[VideoStream], codec: str) -> bool:
    """Whether a packet's picture is never shown, and only others refer to it."""
    if packet.is_discard:
        return True
    # RFC 6386 §9.1: the fifth bit says whether the frame is shown.
    return codec == "vp8" and not memoryview(packet)[0] >> 4 & 1


def _read_on(container: InputContainer, stream: VideoStream, table: PacketTable) -> None:
    codec, times, runs = table.codec, table.times, table.runs
    is_vp8, is_h264 = codec == "vp8", codec == "h264"
    prefix = length_size(stream.codec_context.extradata or b"", codec=codec) if is_h264 else 0
    newest = -(1 << 62)
    for packet in container.demux(stream):
        size = packet.size
        if not size or packet.is_corrupt:
            continue  # the end's empty packet, or one that the file ends in
        pts = packet.pts
        if packet.is_keyframe:
            data = bytes(packet) if is_h264 else b""
            clean = not is_h264 or begins_anew(data, prefix=prefix)
            table.changes = table.changes or (bool(runs) and packet.has_sidedata("new_extradata"))
            if is_h264 and not runs:
                table.note = encoder_note(data, prefix=prefix)
            runs.append(Run(pts, packet.dts, clean, len(times), table.size))
        table.read += 1
        table.size += size
        if pts is not None and pts > newest:
            newest = pts
            table.end = pts + (packet.duration or 0)
        if packet.is_discard or (is_vp8 and is_hidden(packet, codec)):
            continue
        times.append(pts)


def _listed(container: InputContainer, stream: VideoStream, path: Path) -> int:
    if container.format.name != "avi":
        return stream.frames
    # The count in its header is what was intended when recording began. Its sizes tell whether the end is missing.
    return stream.frames if _is_riff_cut(path) else 0


def _is_riff_cut(path: Path) -> bool:
    length = path.stat().st_size
    place = 0
    with path.open("rb") as file:
        while place + 8 <= length:
            file.seek(place)
            kind, size = struct.unpack("<4sI", file.read(8))
            if kind not in (b"RIFF", b"JUNK") or not size:
                return False  # what follows is no part of it, or the recorder never came to write the size
            place += 8 + size + size % 2
    return place > length + 1


def _seconds(clock: str) -> float:
    try:
        hours, minutes, seconds = map(float, clock.split(":"))
    except ValueError:
        return 0
    return (hours * 60 + minutes) * 60 + seconds
