"""What all videos together may take of memory and of open files: decoders, each with the frames kept of it."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from cvatcore.media.video.heap import give_back_memory
from cvatcore.media.video.kept import KeptFrames
from cvatcore.media.video.shares import Share, share_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from av.video.frame import VideoFrame

BUDGET = 256 << 20
"""Bytes for open decoders and the frames kept of them: three of full HD, one of 4K."""

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

    def __init__(self, *, budget: int = BUDGET, most_open: int = MOST_OPEN) -> None:
        self.changed = threading.Condition()
        self.budget = budget
        self._most_open = most_open
        self._kept = KeptFrames()
        self._idle: OrderedDict[int, tuple[Closable, int]] = OrderedDict()
        """Those open that nobody uses, by `id`, least recently used first, with what is theirs in bytes."""
        self._busy: dict[int, int] = {}
        self._awaited: Counter[tuple[int, int]] = Counter()
        self._ahead: ThreadPoolExecutor | None = None

    @property
    def kept_bytes(self) -> int:
        """What the decoded frames take that are kept."""
        with self.changed:
            return self._kept.size

    @property
    def open_count(self) -> int:
        """How many decoders are open."""
        with self.changed:
            return len(self._idle) + len(self._busy)

    @property
    def open_bytes(self) -> int:
        """What is set aside for the decoders that are open and the frames kept of them."""
        with self.changed:
            return sum(self._busy.values()) + sum(size for _, size in self._idle.values())

    def share(self, frame_bytes: int) -> Share:
        """What a decoder of frames of a size may take."""
        return share_of(self.budget, frame_bytes)

    def frame(self, video: int, number: int) -> VideoFrame | None:
        """A frame that is kept; hold `changed`."""
        return self._kept.get((video, number))

    def keep(self, video: int, number: int, frame: VideoFrame, size: int, *, cursor: Closable, share: Share) -> None:
        """Keep a frame of a decoder in use, and let go of those of it used least recently that are over its share."""
        with self.changed:
            self._busy[id(cursor)] = share.size
            self._kept.put((video, number), frame, size, owner=id(cursor), most=share.kept_bytes)
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

    def awaited(self, video: int) -> Iterable[int]:
        """The frames of a video that somebody waits for; hold `changed`."""
        return [number for other, number in self._awaited if other == video]

    @property
    def waiting(self) -> int:
        """How many wait for a frame."""
        with self.changed:
            return self._awaited.total()

    def drop(self, video: int) -> None:
        """Let go of a video's frames."""
        with self.changed:
            self._kept.drop_video(video)

    def take(self, cursor: Closable, size: int) -> list[Closable]:
        """A decoder of some bytes is used; hold `changed`. Returns others to be closed, which are counted no more."""
        self._idle.pop(id(cursor), None)
        self._busy[id(cursor)] = size
        closed = []
        while self._idle and not self._fits(0, more=0):
            other = self._idle.popitem(last=False)[1][0]
            self._kept.drop_owner(id(other))
            closed.append(other)
        return closed

    def has_room(self, size: int) -> bool:
        """Whether another decoder of some bytes may open, once idle ones are closed; hold `changed`."""
        is_within = sum(self._busy.values()) + size <= self.budget and len(self._busy) < self._most_open
        return is_within or not self._busy

    def has_spare_room(self, size: int) -> bool:
        """Whether another decoder of some bytes may open beside all that are; hold `changed`."""
        return self._fits(size, more=1)

    def give_back(self, cursor: Closable, *, is_open: bool) -> None:
        """A decoder is used no more."""
        with self.changed:
            size = self._busy.pop(id(cursor))
            if is_open:
                self._idle[id(cursor)] = cursor, size
            else:
                self._kept.drop_owner(id(cursor))
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
        self._kept.drop_owner(id(cursor))

    def close(self, cursors: Iterable[Closable]) -> None:
        """Close decoders that are counted no more; what they took goes back to the system."""
        is_any = False
        for cursor in cursors:
            cursor.close()
            is_any = True
        if is_any:
            give_back_memory()

    def run_ahead(self, work: Callable[[], None]) -> None:
        """Do something in the one thread that reads ahead of all."""
        with self.changed:
            if self._ahead is None:
                self._ahead = ThreadPoolExecutor(1, thread_name_prefix="video-ahead")
        with suppress(RuntimeError):  # the program ends
            self._ahead.submit(work)

    def _fits(self, size: int, *, more: int) -> bool:
        return self.open_count + more <= self._most_open and self.open_bytes + size <= self.budget


POOL = VideoPool()
"""That of this process."""
