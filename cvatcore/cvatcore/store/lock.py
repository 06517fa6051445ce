"""One writer at a time in a workspace, across threads and processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from cvatcore.errors import Busy, StorageFailed

WAIT_SECONDS = 30.0
"""How long a writer waits for another before it gives up."""


class WriteLock:
    """Held while a change is written. The operating system frees it when its process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.RLock()
        # Not reentrant across threads: the thread lock above orders those of this process.
        self._file = filelock.FileLock(path, thread_local=False, poll_interval=0.005)
        self._is_held = False

    @contextmanager
    def held(self, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock; nested use by one thread is fine.

        Errors: Busy when another process keeps it for longer than `wait` seconds; StorageFailed
        when the lock cannot be made.
        """
        if not self._threads.acquire(timeout=wait):
            raise self._busy()
        if self._is_held:
            # This thread has it already: asking the system again would cost a save a millisecond.
            try:
                yield
            finally:
                self._threads.release()
            return
        try:
            try:
                self._file.acquire(timeout=wait)
            except filelock.Timeout:
                raise self._busy() from None
            except OSError as error:
                raise StorageFailed(
                    f"The workspace cannot be written: {error.strerror or error}.",
                    hint=f"Make {self._path.parent} writable.",
                ) from None
            self._is_held = True
            try:
                yield
            finally:
                self._is_held = False
                self._file.release()
        finally:
            self._threads.release()

    def _busy(self) -> Busy:
        return Busy(
            "Another program is writing to this workspace.",
            hint="Wait until it is done and try again.",
        )
