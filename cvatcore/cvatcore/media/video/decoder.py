"""Frames of a video by exact number."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import CvatError
from cvatcore.media.video.cursor import VideoCursor
from cvatcore.media.video.index import VideoIndex
from cvatcore.media.video.jpeg import frame_to_rgb
from cvatcore.media.video.pool import POOL, VideoPool

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from av.video.frame import VideoFrame

BEHIND = 48
"""Frames before one that had to be sought that are kept with it, because stepping back must not decode a run again."""

AHEAD = 12
"""Frames that are decoded ahead of somebody who steps forwards."""

LONGEST_STEP = 16
"""In frames: who goes further jumps."""

RECENT = 8
"""The last frames asked for that are remembered, to tell who steps from who jumps."""

_HELD = 32
"""Pictures that a decoder holds, about (measured: 100 MB at full HD): those that others refer to, for each thread."""

MOST_CURSORS = 3
"""At most, of one video: for people at different places of it."""

_numbers = itertools.count()


class VideoDecoder:
    """The frames of one video: decoders that stay open where they are, and the frames around the last ones asked for.

    Safe to use from several threads. What it keeps counts in a pool with all other videos.
    """

    def __init__(self, path: Path, index: VideoIndex, *, name: str, pool: VideoPool = POOL) -> None:
        self.index = index
        self._path = path
        self._name = name
        self._pool = pool
        self._number = next(_numbers)
        self._cursors: list[VideoCursor] = []
        self._targets: dict[int, int] = {}
        """Of the cursors in use, by `id`, the frame that they decode."""
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._is_ahead = threading.Event()
        self._closings = 0
        width, height = index.coded_size
        self._frame_bytes = width * height * 3 // 2
        self._behind = max(1, min(BEHIND, pool.frame_bytes // 2 // self._frame_bytes))

    @property
    def is_reading_ahead(self) -> bool:
        """Whether frames are being decoded that nobody has asked for yet."""
        return self._is_ahead.is_set()

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """The upright pixels of a frame: height x width x 3, RGB.

        Errors: NotFound when the file is gone; InvalidMedia when the frame cannot be decoded.
        """
        frame = self.decoded(number)
        # The size is given because a stream may change it on the way.
        return frame_to_rgb(frame, size=self.index.coded_size, quarter_turns=self.index.quarter_turns)

    def decoded(self, number: int) -> VideoFrame:
        """A frame as the codec gave it: not turned, and of another size where the stream changes it on the way.

        It is shared with others: read it with a converter of your own.
        Errors: as `array`.
        """
        step = self._step_to(number)
        frame = self._frame(number, is_step=step > 0)
        if 0 < abs(step) <= self._behind // 2:
            self._look_ahead(number, step)
        return frame

    def close(self) -> None:
        """Close the file, or as soon as nobody reads from it; it is opened again when a frame is asked for."""
        with self._pool.changed:
            self._closings += 1
            idle = [cursor for cursor in self._cursors if self._pool.is_idle(cursor)]
            for cursor in idle:
                self._pool.forget(cursor)
                self._cursors.remove(cursor)
        for cursor in idle:
            cursor.close()
        self._pool.drop(self._number)

    def _step_to(self, number: int) -> int:
        """From which of the last frames somebody comes, forwards or backwards; 0 for a jump."""
        with self._pool.changed:
            steps = [number - before for before in self._recent if 0 < abs(number - before) <= LONGEST_STEP]
            if number not in self._recent:
                self._recent.append(number)
        return min(steps, key=abs, default=0)

    def _frame(self, number: int, *, is_step: bool, closings: int | None = None) -> VideoFrame:
        """A frame, decoded where it is not kept; what is opened for it is closed again if `close` came meanwhile.

        `closings` is how often it had been closed when somebody asked; None for now.
        """
        pool = self._pool
        with pool.changed:
            while True:
                if (kept := pool.frame(self._number, number)) is not None:
                    return kept
                if (cursor := self._free_cursor(number, is_step=is_step)) is not None:
                    break
                pool.await_frame(self._number, number)
            cursor.is_walking = is_step
            self._targets[id(cursor)] = number
            closings = self._closings if closings is None else closings
            others = pool.take(cursor, self._frame_bytes * _HELD)
        for other in others:
            other.close()
        found = None
        is_open = False
        try:
            for current, found in cursor.run_to(number, keep=self._behind):
                if current > number - self._behind:
                    pool.keep(self._number, current, found)
            is_open = True
        finally:
            with pool.changed:
                del self._targets[id(cursor)]
                was_closed = closings != self._closings
                is_open = is_open and not was_closed
                if not is_open:
                    self._cursors.remove(cursor)
                pool.give_back(cursor, is_open=is_open)
            if not is_open:
                cursor.close()
            if was_closed:
                pool.drop(self._number)
        assert found is not None
        return found

    def _free_cursor(self, number: int, *, is_step: bool) -> VideoCursor | None:
        """One to find a frame with; None where one in use comes by, or has to be waited for."""
        pool = self._pool
        # Closed by the pool to make room.
        self._cursors = [cursor for cursor in self._cursors if id(cursor) in self._targets or pool.is_idle(cursor)]
        idle = [cursor for cursor in self._cursors if id(cursor) not in self._targets]
        near = [cursor for cursor in idle if cursor.reaches(number)]
        if near:
            return max(near, key=lambda cursor: cursor.next)
        if any(self._comes_by(target, number) for target in self._targets.values()):
            return None
        # Who steps through the video gets one that stays with him; all who jump share what is left.
        jumping = [cursor for cursor in idle if not cursor.is_walking]
        if (is_step or not jumping) and len(self._cursors) < MOST_CURSORS and pool.has_room():
            self._cursors.append(VideoCursor(self._path, self.index, name=self._name))
            return self._cursors[-1]
        return min(jumping or idle, key=pool.last_used, default=None)

    def _comes_by(self, target: int, number: int) -> bool:
        """Whether who decodes a frame has another one then, or comes to it sooner than from its keyframe."""
        if number <= target:
            return number > target - self._behind
        keyframe = self.index.keyframe_before(number)
        return keyframe < 0 or self.index.keyframes[keyframe].number <= target + 1

    def _look_ahead(self, number: int, step: int) -> None:
        wanted = self._wanted(number, step)
        if wanted is None or self._is_ahead.is_set():
            return
        self._is_ahead.set()
        closings = self._closings

        def work() -> None:
            try:
                with suppress(CvatError):  # who comes to that frame is told
                    self._frame(wanted, is_step=step > 0, closings=closings)
            finally:
                with self._pool.changed:
                    self._is_ahead.clear()
                    self._pool.changed.notify_all()

        self._pool.run_ahead(work)

    def _wanted(self, number: int, step: int) -> int | None:
        """What to decode before it is asked for."""
        with self._pool.changed:
            if step > 0:
                # Several at once: each time costs a change of threads.
                ahead = min(max(AHEAD, step), self._behind // 2)
                last = self.index.length - 1
                soon = min(number + max(step, ahead // 2), last)
                is_there = self._pool.frame(self._number, soon) is not None
                return None if is_there else min(number + ahead, last)
            # Backwards a run is decoded from its beginning: in good time, and only once for many steps.
            for before in range(number - 1, max(number - self._behind // 2, -1), -1):
                if self._pool.frame(self._number, before) is None:
                    return before
            return None
