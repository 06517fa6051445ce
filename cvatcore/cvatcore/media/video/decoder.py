"""Frames of a video by exact number."""

from __future__ import annotations

import itertools
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import CvatError
from cvatcore.media.video.cursor import VideoCursor
from cvatcore.media.video.index import VideoIndex
from cvatcore.media.video.jpeg import frame_to_rgb
from cvatcore.media.video.pool import POOL, Closable, VideoPool
from cvatcore.media.video.steps import AHEAD, Steps, wanted_next

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from av.video.frame import VideoFrame

    from cvatcore.media.video.shares import Share

MOST_CURSORS = 3
"""At most, of one video: for people at different places of it."""

_numbers = itertools.count()


class _Run(msgspec.Struct, frozen=True):
    """What a decoder in use is decoding."""

    target: int
    """The frame that it stops at."""
    keep: int
    """How many frames are kept up to it."""
    also: frozenset[int]
    """Frames on the way that others wait for."""


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
        self._runs: dict[int, _Run] = {}
        """Of the cursors in use, by `id`."""
        self._steps = Steps()
        self._last_step = (0, 0)
        """The last frame that somebody stepped to, and how."""
        self._is_ahead = False
        self._unaided = 0
        """Steps for which nothing is read ahead: whoever makes them decodes as fast as that."""
        self._closings = 0
        width, height = index.coded_size
        self._frame_bytes = max(1, width * height * 3 // 2)
        self._share = pool.share(self._frame_bytes)

    @property
    def is_reading_ahead(self) -> bool:
        """Whether frames are being decoded that nobody has asked for yet."""
        return self._is_ahead

    @property
    def share(self) -> Share:
        """What each of its decoders may take."""
        return self._share

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
        with self._pool.changed:
            step = self._steps.step_to(number)
        frame = self._frame(number, step)
        if step:
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
            self._pool.drop(self._number)
        self._pool.close(idle)

    def _frame(self, number: int, step: int) -> VideoFrame:
        """A frame, decoded where it is not kept; `step` is how somebody came to it, 0 for a jump."""
        pool = self._pool
        with pool.changed:
            while True:
                if (kept := pool.frame(self._number, number)) is not None:
                    return kept
                if (cursor := self._free_cursor(number, is_step=step > 0)) is not None:
                    break
                pool.await_frame(self._number, number)
            others = self._begin(cursor, number, step)
            closings = self._closings
        return self._decode(cursor, number, others, closings=closings)

    def _begin(self, cursor: VideoCursor, number: int, step: int) -> list[Closable]:
        """Use a decoder to find a frame; hold the pool's lock. Returns others to be closed."""
        cursor.is_walking = step > 0
        # While others wait, what nobody asked for is passed over.
        keep = 1 if not step and self._pool.waiting else self._share.behind
        first = cursor.next if cursor.reaches(number) else self.index.start_of(number)
        also = frozenset(other for other in self._pool.awaited(self._number) if first <= other < number)
        self._runs[id(cursor)] = _Run(number, keep, also)
        return self._pool.take(cursor, self._share.size)

    def _decode(self, cursor: VideoCursor, number: int, others: list[Closable], *, closings: int) -> VideoFrame:
        """A frame, with a decoder that is in use for it, once others are closed.

        What is opened is closed again if `close` came meanwhile: `closings` is how often it had come before.
        """
        pool, run = self._pool, self._runs[id(cursor)]
        found = None
        is_open = False
        try:
            pool.close(others)
            for current, found in cursor.run_to(number, keep=run.keep, also=run.also):
                if current > number - run.keep or current in run.also:
                    self._keep(current, found, cursor)
            is_open = True
        finally:
            with pool.changed:
                del self._runs[id(cursor)]
                was_closed = closings != self._closings
                is_open = is_open and not was_closed
                if not is_open:
                    self._cursors.remove(cursor)
                pool.give_back(cursor, is_open=is_open)
                if was_closed:
                    pool.drop(self._number)
            if not is_open:
                pool.close([cursor])
        assert found is not None
        return found

    def _keep(self, number: int, frame: VideoFrame, cursor: VideoCursor) -> None:
        size = sum(plane.buffer_size for plane in frame.planes)
        if size > self._frame_bytes:
            # Lines are filled up, pixels may have more bits than most, and a stream may grow on the way.
            self._frame_bytes = size
            self._share = self._pool.share(size)
        self._pool.keep(self._number, number, frame, size, cursor=cursor, share=self._share)

    def _free_cursor(self, number: int, *, is_step: bool) -> VideoCursor | None:
        """One to find a frame with; None where one in use comes by, or has to be waited for."""
        pool = self._pool
        # Closed by the pool to make room.
        self._cursors = [cursor for cursor in self._cursors if id(cursor) in self._runs or pool.is_idle(cursor)]
        idle = [cursor for cursor in self._cursors if id(cursor) not in self._runs]
        near = [cursor for cursor in idle if cursor.reaches(number)]
        if near:
            return max(near, key=lambda cursor: cursor.next)
        if any(self._comes_by(run, number) for run in self._runs.values()):
            return None
        # Who steps through the video gets one that stays with him; all who jump share what is left.
        jumping = [cursor for cursor in idle if not cursor.is_walking]
        is_shared = not is_step and len(idle) < len(self._cursors)
        if (is_step or not jumping) and len(self._cursors) < MOST_CURSORS:
            # To open a file anew takes longer than to wait for one that is open.
            has_room = pool.has_spare_room if is_shared else pool.has_room
            if has_room(self._share.size):
                self._cursors.append(VideoCursor(self._path, self.index, name=self._name, threads=self._share.threads))
                return self._cursors[-1]
        return min(jumping or ([] if is_shared else idle), key=pool.last_used, default=None)

    def _comes_by(self, run: _Run, number: int) -> bool:
        """Whether who decodes a frame has another one then, or comes to it sooner than from its keyframe."""
        if number <= run.target:
            return number > run.target - run.keep or number in run.also
        return self.index.start_of(number) <= run.target + 1

    def _look_ahead(self, number: int, step: int) -> None:
        with self._pool.changed:
            self._last_step = number, step
            if self._unaided:
                self._unaided -= 1
            # Who waits for a frame comes before those that nobody asked for.
            elif not self._is_ahead and not self._pool.waiting and self._wanted_next() is not None:
                self._is_ahead = True
                self._pool.run_ahead(partial(self._read_ahead, self._closings))

    def _read_ahead(self, closings: int) -> None:
        """Decode what is wanted by now, unless somebody decodes it himself; in the thread for this."""
        with self._pool.changed:
            begun = self._last_step
            wanted = self._wanted_next() if self._closings == closings else None
            cursor = None if wanted is None else self._free_cursor(wanted, is_step=begun[1] > 0)
            others = [] if wanted is None or cursor is None else self._begin(cursor, wanted, begun[1])
            self._unaided = 0 if cursor is not None else AHEAD
        is_over = True
        try:
            if wanted is not None and cursor is not None:
                with suppress(CvatError):  # who comes to that frame is told
                    self._decode(cursor, wanted, others, closings=closings)
                is_over = False
        finally:
            with self._pool.changed:
                self._is_ahead = not is_over and self._last_step != begun and self._wanted_next() is not None
                if self._is_ahead:
                    self._pool.run_ahead(partial(self._read_ahead, closings))  # others come in between
                self._pool.changed.notify_all()

    def _wanted_next(self) -> int | None:
        number, step = self._last_step
        return wanted_next(number, step, self.index, self._share, has=self._has)

    def _has(self, number: int) -> bool:
        return self._pool.frame(self._number, number) is not None
