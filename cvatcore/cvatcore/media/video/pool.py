"""What all videos together may keep open and in memory: decoders, and decoded frames around those last asked for."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.video.frame import VideoFrame

FRAME_BYTES = 192 << 20
"""Of decoded frames that are kept: 61 of full HD."""

OPEN_BYTES = 512 << 20
"""What open decoders may take, as estimated: five of full HD. One is always allowed."""

MOST_OPEN = 8
"""Decoders that stay open."""


class Closable(Protocol):
    """An open decoder."""

    def close(self) -> None:
        """Let go of the file."""


class VideoPool:
    """Counts what decoders share. Safe to use from several threads.

    `changed` guards all of it, and is told of frames that are waited for and when a decoder has finished. Nothing is
    decoded while it is held.
    """

    def __init__(
        self, *, frame_bytes: int = FRAME_BYTES, open_bytes: int = OPEN_BYTES, most_open: int = MOST_OPEN
    ) -> None:
        self.changed = threading.Condition()
        self.frame_bytes = frame_bytes
        self._open_bytes = open_bytes
        self._most_open = most_open
        self._frames: OrderedDict[tuple[int, int], tuple[VideoFrame, int]] = OrderedDict()
        self._kept_bytes = 0
        self._idle: OrderedDict[int, tuple[Closable, int]] = OrderedDict()
        """Those open that nobody uses, by `id`, least recently used first, with what they take."""
        self._busy: dict[int, int] = {}
        self._awaited: Counter[tuple[int, int]] = Counter()
        self._ahead: ThreadPoolExecutor | None = None

    @property
    def kept_bytes(self) -> int:
        """What the decoded frames take that are kept."""
        with self.changed:
            return self._kept_bytes

    @property
    def open_count(self) -> int:
        """How many decoders are open."""
        with self.changed:
            return len(self._idle) + len(self._busy)

    def frame(self, video: int, number: int) -> VideoFrame | None:
        """A frame that is kept; hold `changed`."""
        kept = self._frames.get((video, number))
        if kept is None:
            return None
        self._frames.move_to_end((video, number))
        return kept[0]

    def keep(self, video: int, number: int, frame: VideoFrame) -> None:
        """Keep a frame, and let go of those used least recently."""
        size = sum(plane.buffer_size for plane in frame.planes)
        with self.changed:
            old = self._frames.pop((video, number), None)
            self._kept_bytes += size - (old[1] if old else 0)
            self._frames[video, number] = frame, size
            while self._kept_bytes > self.frame_bytes and len(self._frames) > 1:
                self._kept_bytes -= self._frames.popitem(last=False)[1][1]
            if self._awaited[video, number]:
                self.changed.notify_all()

    def await_frame(self, video: int, number: int) -> None:
        """Wait until a frame is kept, or a decoder has finished; hold `changed`."""
        self._awaited[video, number] += 1
        try:
            self.changed.wait()
        finally:
            self._awaited[video, number] -= 1
            if not self._awaited[video, number]:
                del self._awaited[video, number]

    def drop(self, video: int) -> None:
        """Let go of a video's frames."""
        with self.changed:
            for key in [key for key in self._frames if key[0] == video]:
                self._kept_bytes -= self._frames.pop(key)[1]

    def take(self, cursor: Closable, size: int) -> list[Closable]:
        """A decoder of some bytes is used; hold `changed`. Returns others to be closed, which are counted no more."""
        self._idle.pop(id(cursor), None)
        self._busy[id(cursor)] = size
        closed = []
        while self._idle and self._is_over():
            closed.append(self._idle.popitem(last=False)[1][0])
        return closed

    def has_room(self) -> bool:
        """Whether another decoder may open, once idle ones are closed; hold `changed`."""
        return len(self._busy) < self._most_open and (not self._busy or sum(self._busy.values()) < self._open_bytes)

    def give_back(self, cursor: Closable, *, is_open: bool) -> None:
        """A decoder is used no more."""
        with self.changed:
            size = self._busy.pop(id(cursor))
            if is_open:
                self._idle[id(cursor)] = cursor, size
            self.changed.notify_all()

    def is_idle(self, cursor: Closable) -> bool:
        """Whether a decoder is open and nobody uses it; hold `changed`."""
        return id(cursor) in self._idle

    def last_used(self, cursor: Closable) -> int:
        """The place of an idle decoder among all, 0 for the one that was used longest ago; hold `changed`."""
        return list(self._idle).index(id(cursor))

    def forget(self, cursor: Closable) -> None:
        """An idle decoder is about to be closed; hold `changed`."""
        self._idle.pop(id(cursor), None)

    def run_ahead(self, work: Callable[[], None]) -> None:
        """Do something in the one thread that reads ahead of all."""
        with self.changed:
            if self._ahead is None:
                self._ahead = ThreadPoolExecutor(1, thread_name_prefix="video-ahead")
        with suppress(RuntimeError):  # the program ends
            self._ahead.submit(work)

    def _is_over(self) -> bool:
        sizes = sum(self._busy.values()) + sum(size for _, size in self._idle.values())
        return self.open_count > self._most_open or sizes > self._open_bytes


POOL = VideoPool()
"""That of this process."""
