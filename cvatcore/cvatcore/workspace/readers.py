"""The media of tasks, kept open while they are in use and let go of without disturbing who reads from them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.media import FrameReader, Picture, Quality
from cvatcore.schema import Manifest, Task

if TYPE_CHECKING:
    import numpy as np

KEPT = 16
"""Tasks whose media stay open."""


class SharedReader:
    """A FrameReader that many threads share: it opens when it is used, and closing it waits for who uses it.

    One that was closed still reads; it then lets go of the files after each use.
    """

    def __init__(self, opener: Callable[[], FrameReader]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._reader: FrameReader | None = None
        self._users = 0
        self._closed = False

    def frame(
        self, number: int, *, quality: Quality = "compressed", placeholder: bool = False, keep: bool = True
    ) -> Picture:
        """As FrameReader.frame."""
        with self._using() as reader:
            return reader.frame(number, quality=quality, placeholder=placeholder, keep=keep)

    def clip(self, numbers: Sequence[int], *, quality: Quality = "compressed", placeholder: bool = False) -> Picture:
        """As FrameReader.clip."""
        with self._using() as reader:
            return reader.clip(numbers, quality=quality, placeholder=placeholder)

    def array(self, number: int) -> np.ndarray:
        """As FrameReader.array."""
        with self._using() as reader:
            return reader.array(number)

    def preview(self, number: int, *, placeholder: bool = False) -> Picture:
        """As FrameReader.preview."""
        with self._using() as reader:
            return reader.preview(number, placeholder=placeholder)

    def from_above(self, number: int, *, side: int, placeholder: bool = False) -> Picture:
        """As FrameReader.from_above."""
        with self._using() as reader:
            return reader.from_above(number, side=side, placeholder=placeholder)

    def context(self, number: int) -> tuple[str, ...]:
        """As FrameReader.context."""
        with self._using() as reader:
            return reader.context(number)

    def context_image(self, number: int, index: int, *, placeholder: bool = False) -> Picture:
        """As FrameReader.context_image."""
        with self._using() as reader:
            return reader.context_image(number, index, placeholder=placeholder)

    def source_file(self, number: int) -> Path:
        """As FrameReader.source_file."""
        with self._using() as reader:
            return reader.source_file(number)

    def checksum(self, number: int) -> str:
        """As FrameReader.checksum."""
        with self._using() as reader:
            return reader.checksum(number)

    def close(self) -> None:
        """Let go of open files, when nobody reads from them any more."""
        self._closed = True
        self._release(users=0)

    @contextmanager
    def _using(self) -> Iterator[FrameReader]:
        with self._lock:
            if self._reader is None:
                self._reader = self._opener()
            reader = self._reader
            self._users += 1
        try:
            yield reader
        finally:
            self._release(users=1)

    def _release(self, *, users: int) -> None:
        unused = None
        with self._lock:
            self._users -= users
            if self._closed and not self._users:
                unused, self._reader = self._reader, None
        if unused is not None:
            unused.close()


class Readers:
    """The readers of the tasks that were used last. Safe to use from several threads."""

    def __init__(self, opener: Callable[[Task, Manifest], FrameReader]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._open: OrderedDict[int, tuple[Task, Manifest, SharedReader]] = OrderedDict()

    def of(self, task: Task, manifest: Manifest) -> FrameReader:
        """The reader of a task's frames; another one when its documents have changed."""
        with self._lock:
            kept = self._open.get(task.id)
            if kept is not None and kept[0].data == task.data and kept[1] is manifest:
                self._open.move_to_end(task.id)
                return kept[2]
            old = [kept] if kept is not None else []
            reader = SharedReader(lambda: self._opener(task, manifest))
            self._open[task.id] = (task, manifest, reader)
            while len(self._open) > KEPT:
                old.append(self._open.popitem(last=False)[1])
        for _, _, unused in old:
            unused.close()
        return reader

    def forget(self, task: int) -> None:
        """Let go of the media of a task that was removed."""
        with self._lock:
            kept = self._open.pop(task, None)
        if kept is not None:
            kept[2].close()

    def close(self) -> None:
        """Let go of all media."""
        with self._lock:
            kept = list(self._open.values())
            self._open.clear()
        for _, _, reader in kept:
            reader.close()
