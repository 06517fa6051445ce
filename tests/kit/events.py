"""Reads a daemon's change feed."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from typing import Any

import httpx2 as httpx
import msgspec

from kit.daemon import Running

Event = tuple[str, dict[str, Any]]


class Listener:
    """Collects events in a thread until it is closed."""

    def __init__(self, daemon: Running) -> None:
        self._events: queue.Queue[Event] = queue.Queue()
        self._client = daemon.client()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def next(self, *, kind: str = "", within: float = 10.0) -> dict[str, Any]:
        """The data of the next event, or of the next change of a kind."""
        deadline = time.monotonic() + within
        while True:
            name, data = self._events.get(timeout=max(0.001, deadline - time.monotonic()))
            if not kind or data.get("kind") == kind or name == kind:
                return data

    def heard(self, *, for_seconds: float) -> list[Event]:
        """The event that comes within a time, if one does."""
        try:
            return [self._events.get(timeout=for_seconds)]
        except queue.Empty:
            return []

    def close(self) -> None:
        """Hang up, or see that the daemon has."""
        if self._socket is not None:
            # To close it would not wake the thread that waits for what comes.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._client.close()

    def _read(self) -> None:
        try:
            with self._client.stream("GET", "/api/cvatd/events", timeout=None) as answer:
                self._socket = answer.extensions["network_stream"].get_extra_info("socket")
                name = ""
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self._events.put((name, msgspec.json.decode(line.removeprefix("data: "))))
        except (httpx.TransportError, httpx.StreamError, RuntimeError):
            pass  # The daemon ended, or the test hung up.
        finally:
            self._client.close()
