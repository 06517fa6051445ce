"""An open video with a decoder that stands somewhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media.video.files import numbered_packets, open_container, seek_keyframe, video_stream
from cvatcore.media.video.index import VideoIndex

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SKIPPABLE = frozenset({"h264"})
"""Codecs whose pictures say reliably that no other one refers to them: those need not be decoded on the way."""

_FARTHEST = 8
"""In keyframes: how far before a frame decoding begins when it does not come out from the keyframe before it."""


class VideoCursor:
    """Decodes forwards from where it stands, and goes elsewhere when told. One thread at a time."""

    def __init__(self, path: Path, index: VideoIndex, *, name: str, threads: int = 0) -> None:
        """`threads` decode at once; 0 for as many as FFmpeg chooses."""
        self._path = path
        self._threads = threads
        self._index = index
        self._name = name
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None
        self._frames: Iterator[VideoFrame] | None = None
        self._wanted_from = 0
        """Pictures before this frame are decoded only where others refer to them, or they are in `_also`."""
        self._also: frozenset[int] = frozenset()
        self.next = 0
        """The next frame that comes out."""
        self.is_walking = False
        """Whether somebody steps through the video with it."""

    def reaches(self, number: int) -> bool:
        """Whether a frame is found by reading on, as cheaply as from the keyframe before it."""
        return self._frames is not None and self._index.start_of(number) <= self.next <= number

    def run_to(self, number: int, *, keep: int, also: frozenset[int] = frozenset()) -> Iterator[tuple[int, VideoFrame]]:
        """The frames up to one, the last that is given; those of `also`, and the last `keep` of all, are among them.

        It goes to the keyframe at or before the frame unless it comes to it anyway, and to earlier ones when the
        frame does not come out (some "keyframes" do not restore the whole picture).

        Errors: MissingMedia when the file is gone; InvalidMedia when the frame cannot be decoded.
        """
        import av

        self._wanted_from, self._also = number - keep, also
        try:
            for place in self._starts(number):
                if place is not None:
                    self._seek(place)
                for current, frame in self._read_on():
                    if current > number:
                        break
                    yield current, frame
                    if current == number:
                        return
        except av.FFmpegError as error:
            self.close()
            raise self._broken(number) from error
        except BaseException:
            self.close()
            raise
        self.close()
        raise self._broken(number)

    def close(self) -> None:
        """Close the file; it is opened again when a frame is asked for."""
        if self._container is not None:
            self._container.close()
        self._container = self._stream = self._frames = None
        self.next = 0

    def _starts(self, number: int) -> Iterator[int | None]:
        """Where to begin, one after the other: None is here, -1 the beginning of the file, else a keyframe's place."""
        if self.reaches(number):
            yield None
        place = self._index.keyframe_before(number)
        step = 1
        while place >= 0 and step <= _FARTHEST:
            yield place
            place, step = place - step, step * 2
        # A frame that is broken must not cost decoding hours.
        if place < 0:
            yield -1

    def _seek(self, place: int) -> None:
        if place < 0:
            self.close()
        if self._container is None or self._stream is None:
            self._container = open_container(self._path, name=self._name)
            self._stream = video_stream(self._container, name=self._name, note=self._index.note, threads=self._threads)
        self.next = 0
        if place >= 0:
            keyframe = self._index.keyframes[place]
            pts = keyframe.pts if self._index.times else keyframe.dts
            seek_keyframe(self._container, self._stream, pts=pts, dts=keyframe.dts)
            self.next = keyframe.number
        if self._index.numbers:
            packets = self._numbered(place, self._container, self._stream)
        else:
            packets = self._container.demux(self._stream)
        self._frames = self._decode(packets, self._stream)

    def _numbered(self, place: int, container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
        if place < 0:
            return numbered_packets(container, stream, first=0)
        keyframe = self._index.keyframes[place]
        return numbered_packets(container, stream, first=keyframe.pts, after=keyframe.dts)

    def _read_on(self) -> Iterator[tuple[int, VideoFrame]]:
        assert self._frames is not None
        begin = self.next
        for frame in self._frames:
            current = self._number_of(frame)
            if current is None or current < begin:
                continue  # before the keyframe, where the references of a frame are missing
            self.next = current + 1
            yield current, frame
        self._frames = None

    def _number_of(self, frame: VideoFrame) -> int | None:
        if self._index.times:
            return self._index.number_of(frame.pts)
        if not self._index.numbers:
            return self.next
        numbers = memoryview(self._index.numbers).cast("q")
        return numbers[frame.pts] if frame.pts is not None and frame.pts < len(numbers) else None

    def _decode(self, packets: Iterator[Packet[VideoStream]], stream: VideoStream) -> Iterator[VideoFrame]:
        """The frames in display order; packets that cannot be decoded are passed over."""
        import av

        context = stream.codec_context
        can_skip = self._index.codec in _SKIPPABLE and bool(self._index.times)
        is_passing = True  # before it was sought, maybe
        while True:
            try:
                packet = next(packets)
                was_passing, is_passing = is_passing, self.next < self._wanted_from
                if can_skip and (was_passing or is_passing):
                    context.skip_frame = "NONREF" if is_passing and self._is_passed(packet.pts) else "DEFAULT"
                frames = packet.decode()
            except StopIteration:
                return
            except av.FFmpegError:
                continue  # a generator that failed to read is at its end
            yield from frames

    def _is_passed(self, pts: int | None) -> bool:
        number = self._index.number_of(pts)
        return number is not None and number < self._wanted_from and number not in self._also

    def _broken(self, number: int) -> InvalidMedia:
        return InvalidMedia(
            f"Frame {number} of {self._name} cannot be decoded.", hint="Check that the video plays there elsewhere."
        )
