"""The change feed: what changed, sent to every open page and terminal as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import msgspec
from starlette.responses import StreamingResponse

from cvatcore.protocol import ChangeEvent, HelloEvent

KEEP_ALIVE_SECONDS = 15.0
MAX_WAITING = 1000
"""Events that wait for a slow client; one that is further behind is disconnected, and refetches."""


class Feed:
    """Hands each change to all listeners. `publish` and `restart` may be called from any thread."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Queue[ChangeEvent | None]] = set()
        self._followers: list[Callable[[ChangeEvent], None]] = []
        self._closed = False

    def follow(self, follower: Callable[[ChangeEvent], None]) -> None:
        """Tell a part of the daemon of every change too, in the thread of whoever publishes it."""
        self._followers.append(follower)

    def open(self) -> None:
        """Take the running event loop as the one that listeners live in."""
        self._loop = asyncio.get_running_loop()

    def publish(self, event: ChangeEvent) -> None:
        """Tell all listeners of a change."""
        for follower in self._followers:
            follower(event)
        self._hand_over(event)

    def restart(self) -> None:
        """End all streams where too much changed to be told: clients come back, and fetch what they show."""
        self._hand_over(None)

    def close(self) -> None:
        """End all streams, so that the server can stop. Called in the event loop."""
        self._closed = True
        self._deliver(None)

    def listen(self) -> StreamingResponse:
        """A stream that starts with `hello` and goes on until the client or the daemon leaves."""
        return StreamingResponse(
            self._stream(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    def _hand_over(self, event: ChangeEvent | None) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # The loop ended just now, and the streams with it.
                self._loop.call_soon_threadsafe(self._deliver, event)

    def _deliver(self, event: ChangeEvent | None) -> None:
        for queue in tuple(self._listeners):
            if queue.full():
                self._listeners.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    async def _stream(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[ChangeEvent | None] = asyncio.Queue(MAX_WAITING)
        self._listeners.add(queue)
        try:
            yield _event("hello", HelloEvent(instance=self._instance))
            while not self._closed:
                try:
                    event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield b":\n\n"
                    continue
                if event is None:
                    return
                yield _event("change", event)
        finally:
            self._listeners.discard(queue)


def _event(name: str, data: msgspec.Struct) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))
