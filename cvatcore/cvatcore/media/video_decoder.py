"""Frames of a video by exact number."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidMedia
from cvatcore.media.video_files import decode, open_video, video_stream
from cvatcore.media.video_index import VideoIndex

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

WINDOW_BYTES = 192 << 20
"""Decoded frames that are kept around the last one asked for: stepping back must not decode a run again."""


_LIMITED = 1
"""FFmpeg's number for colours from 16 to 235."""


class VideoDecoder:
    """A decoder that stays open where it is, so that the next frame costs one frame. Safe to use from several threads.

    A frame is found by its presentation time: decoding begins at the keyframe at or before it, and at earlier ones
    when it does not come out (some "keyframes" do not restore the whole picture).
    """

    def __init__(self, path: Path, index: VideoIndex, *, name: str) -> None:
        self._path = path
        self._index = index
        self._name = name
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._container: InputContainer | None = None
        self._stream: VideoStream | None = None
        self._frames: Iterator[VideoFrame] | None = None
        self._next = 0
        self._window: OrderedDict[int, VideoFrame] = OrderedDict()
        self.window_size = max(4, WINDOW_BYTES // (index.width * index.height * 3 // 2))

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """The upright pixels of a frame: height x width x 3, RGB.

        Errors: NotFound when the file is gone; InvalidMedia when the frame cannot be decoded.
        """
        import numpy as np

        with self._lock:
            frame = self._window.get(number) or self._decode(number)
            self._window.move_to_end(number)
            width, height = self._index.width, self._index.height
            if self._index.quarter_turns % 2:
                width, height = height, width
            # The size is given because a stream may change it on the way. A frame keeps its converter: one at a time.
            pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
        turned = np.rot90(pixels, self._index.quarter_turns) if self._index.quarter_turns else pixels
        return np.ascontiguousarray(turned, dtype=np.uint8)

    @property
    def index(self) -> VideoIndex:
        """The table of its frames."""
        return self._index

    def decoded(self, number: int) -> VideoFrame:
        """A frame as the codec gave it: not turned, and of another size where the stream changes it on the way.

        It is shared with others: read it with a converter of your own.
        Errors: as `array`.
        """
        with self._lock:
            frame = self._window.get(number) or self._decode(number)
            self._window.move_to_end(number)
            return frame

    def planes(self, number: int, *, size: tuple[int, int]) -> VideoFrame:
        """A copy of a frame as it is coded, not turned upright: YUV 4:2:0 of a size in pixels, even in both directions.

        Errors: as `array`.
        """
        from av import VideoFrame

        with self._lock:
            frame = self._window.get(number) or self._decode(number)
            self._window.move_to_end(number)
            width, height = size
            pixels = frame.to_ndarray(format="yuv420p", width=width, height=height)
        copy = VideoFrame.from_ndarray(pixels, format="yuv420p")
        # What is full of range in its name (yuvj420p) has been converted, what only says so beside it has not.
        is_kept = frame.format.name == "yuv420p" and (frame.width, frame.height) == size
        copy.color_range = frame.color_range if is_kept else _LIMITED
        copy.colorspace = frame.colorspace
        return copy

    def close(self) -> None:
        """Close the file; it is opened again when a frame is asked for."""
        with self._lock:
            self._reset()

    def _decode(self, number: int) -> VideoFrame:
        place = self._index.keyframe_before(number)
        keyframe = self._index.keyframes[place].number if place >= 0 else 0
        try:
            is_ahead = self._frames is not None and keyframe <= self._next <= number
            if is_ahead and (frame := self._read_on(number)) is not None:
                return frame
            step = 1
            while place >= 0:
                self._seek(place)
                if (frame := self._read_on(number)) is not None:
                    return frame
                place, step = place - step, step * 2
            self._reset()
            if (frame := self._read_on(number)) is not None:
                return frame
        except BaseException:
            self._reset()
            raise
        self._reset()
        raise InvalidMedia(
            f"Frame {number} of {self._name} cannot be decoded.", hint="Check that the video plays there elsewhere."
        )

    def _seek(self, place: int) -> None:
        keyframe = self._index.keyframes[place]
        self._run_from(keyframe.number)
        assert self._container is not None
        self._container.seek(keyframe.dts, stream=self._stream)

    def _run_from(self, number: int) -> None:
        if self._container is None:
            self._container = self._open.enter_context(open_video(self._path, name=self._name))
            self._stream = video_stream(self._container, name=self._name)
        assert self._stream is not None
        self._frames = decode(self._container, self._stream)
        self._next = number

    def _read_on(self, number: int) -> VideoFrame | None:
        """Decode up to a frame; None when the decoder passes it by."""
        if self._frames is None:
            self._run_from(0)
        assert self._frames is not None
        begin = self._next
        for frame in self._frames:
            current = self._index.number_of(frame.pts) if self._index.pts else self._next
            if current is None or current < begin:
                continue  # before the keyframe, where the references of a frame are missing
            self._next = current + 1
            self._keep(current, frame)
            if current == number:
                return frame
            if current > number:
                return None
        self._frames = None
        return None

    def _keep(self, number: int, frame: VideoFrame) -> None:
        self._window[number] = frame
        self._window.move_to_end(number)
        while len(self._window) > self.window_size:
            self._window.popitem(last=False)

    def _reset(self) -> None:
        self._open.close()
        self._open = ExitStack()
        self._container = self._stream = self._frames = None
        self._next = 0
        self._window.clear()
