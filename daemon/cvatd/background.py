"""Work beside the requests, in a thread of its own that others wake and end."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Background(ABC):
    """Begins with `start`, ends with `stop`; what it is to do it finds under `_changed`.

    Args:
        name: of the thread.
        stop_seconds: how long `stop` waits for what is under way.
    """

    def __init__(self, *, name: str, stop_seconds: float) -> None:
        self._changed = threading.Condition()
        """Guards what the thread and others share; told of every change of it. Never held while something is done."""
        self._is_stopping = False
        self._name = name
        self._stop_seconds = stop_seconds
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to wait for what is due."""
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End: what is under way is finished first, ended where it can be, or left behind when it takes too long."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(self._stop_seconds)

    @abstractmethod
    def _work(self) -> None:
        """Do what is due until `_is_stopping`."""
