"""The packets of a video by run, from a file that stays open where it is."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.demuxing import is_hidden
from cvatcore.media.video.files import open_container, seek_keyframe, video_stream
from cvatcore.media.video.fragments import TICKS, Opening, Sample, opening_of
from cvatcore.media.video.index import KeyFrame, VideoIndex
from cvatcore.media.video.nals import begins_anew, length_size, with_lengths, with_note

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream


class VideoPackets:
    """Reads the runs of a video as they are coded. Safe to use from several threads."""

    def __init__(self, path: Path, index: VideoIndex, *, name: str) -> None:
        self._path = path
        self._index = index
        self._name = name
        self._lock = threading.Lock()
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None
        self._coming: Iterator[Packet[VideoStream]] = iter(())
        self._held: Packet[VideoStream] | None = None
        """The keyframe at which the last reading ended."""

    def opening(self) -> Opening:
        """What stands before the segments of the video.

        Errors: MissingMedia, InvalidMedia.
        """
        with self._lock, self._reading():
            packet = self._seek(0)
            assert self._stream is not None
            made = opening_of(self._stream, packet, codec=self._index.codec)
            self._reset()  # the packet has been changed
            return made

    def samples(self, begin: int, end: int) -> list[Sample]:
        """The packets of the runs of some keyframes (by their places), in decoding order.

        Their times say which frame they show.
        Errors: MissingMedia, InvalidMedia.
        """
        with self._lock, self._reading():
            packets = list(self._read(begin, end))
            assert self._stream is not None
            extradata = self._stream.codec_context.extradata or b""
        codec = self._index.codec
        is_of_units = codec in ("h264", "hevc")
        prefix = length_size(extradata, codec=codec) if is_of_units else 0
        note = self._index.note
        hidden = 0
        made = []
        for packet in packets:
            if packet.pts is not None and packet.pts < self._index.keyframes[0].pts:
                continue  # it refers to what was before the file began: no decoder makes anything of it
            data = bytes(packet)
            number = None if is_hidden(packet, codec) else self._index.number_of(packet.pts)
            if number is None:
                hidden += 1
            time = self._between(packet.pts, hidden) if number is None else number * TICKS
            # A page may begin at any keyframe of a segment.
            is_key = packet.is_keyframe and (codec != "h264" or begins_anew(data, prefix=prefix))
            if note and is_key and note not in data:
                data = with_note(data, note, prefix=prefix)
            made.append(Sample(with_lengths(data) if is_of_units and not prefix else data, time, is_key))
        return made

    def close(self) -> None:
        """Close the file; it is opened again when packets are asked for."""
        with self._lock:
            self._reset()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        import av

        try:
            yield
        except (av.FFmpegError, ValueError) as error:
            self._reset()
            raise InvalidMedia(
                f"{self._name} cannot be read: it is broken.", hint="Check that the video plays there elsewhere."
            ) from error
        except BaseException:
            self._reset()
            raise

    def _between(self, pts: int | None, ordinal: int) -> int:
        """A time for what is not shown, that is no frame's: between its neighbours, with room to both."""
        below = 0 if pts is None else bisect_left(self._index.pts, pts)
        return max(below - 1, 0) * TICKS + TICKS // 4 + ordinal % (TICKS // 2)

    def _read(self, begin: int, end: int) -> Iterator[Packet[VideoStream]]:
        keyframes = self._index.keyframes
        until = keyframes[end].pts if end < len(keyframes) else None
        held, self._held = self._held, None
        yield held if held is not None and held.pts == keyframes[begin].pts else self._seek(begin)
        for packet in self._coming:
            if not packet.size or packet.is_corrupt:
                continue
            if until is not None and packet.is_keyframe and packet.pts is not None and packet.pts >= until:
                if packet.pts > until:
                    raise self._unreadable(keyframes[end])
                self._held = packet
                return
            yield packet

    def _seek(self, place: int) -> Packet[VideoStream]:
        """Go to a keyframe; the next packet is the one after it."""
        wanted = self._index.keyframes[place]
        step = 1
        earlier = place
        while earlier >= 0:
            container, stream = self._opened()
            keyframe = self._index.keyframes[earlier]
            seek_keyframe(container, stream, pts=keyframe.pts, dts=keyframe.dts)
            if (packet := self._find(container, stream, wanted)) is not None:
                return packet
            earlier, step = earlier - step, step * 2
        self._reset()
        if (packet := self._find(*self._opened(), wanted)) is not None:
            return packet
        raise self._unreadable(wanted)

    def _unreadable(self, keyframe: KeyFrame) -> InvalidMedia:
        return InvalidMedia(
            f"Frame {keyframe.number} of {self._name} cannot be read.",
            hint="Check that the video plays there elsewhere.",
        )

    def _find(self, container: InputContainer, stream: VideoStream, wanted: KeyFrame) -> Packet[VideoStream] | None:
        self._coming = container.demux(stream)
        for packet in self._coming:
            if packet.size and packet.is_keyframe and packet.pts is not None:
                if packet.pts == wanted.pts:
                    return packet
                if packet.pts > wanted.pts:
                    break
        return None

    def _opened(self) -> tuple[InputContainer, VideoStream]:
        if self._container is None or self._stream is None:
            self._container = open_container(self._path, name=self._name)
            self._stream = video_stream(self._container, name=self._name)
        return self._container, self._stream

    def _reset(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container = self._stream = self._held = None
        self._coming = iter(())
