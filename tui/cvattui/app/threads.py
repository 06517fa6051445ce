"""The two threads beside the screen: one that asks the daemon, one that listens to it. The screen never waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from textual.message import Message

from cvatcore.errors import CvatError
from cvatcore.protocol import ChangeEvent, HelloEvent
from cvattui.client import DaemonClient
from cvattui.daemon import LocalDaemon

Result = TypeVar("Result")
Post = Callable[[Message], object]
"""Hands a message to the screen's thread."""

_RETRY_SECONDS = (0.1, 0.3, 0.6, 1.0, 2.0)
"""How long to wait before looking for the daemon again, the last one for ever."""


class Answered(Message):
    """A request is done; `deliver` belongs into the screen's thread."""

    def __init__(self, deliver: Callable[[], None]) -> None:
        self.deliver = deliver
        super().__init__()


class Connected(Message):
    """The daemon answers (again)."""

    def __init__(self, client: DaemonClient) -> None:
        self.client = client
        super().__init__()


class Disconnected(Message):
    """The daemon went away; it is being looked for."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class Changed(Message):
    """Something changed in the workspace."""

    def __init__(self, event: ChangeEvent) -> None:
        self.event = event
        super().__init__()


class Requests:
    """Runs what asks the daemon, one after the other, in the order given."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="requests", daemon=True)
        self._thread.start()

    def submit(
        self, ask: Callable[[], Result], *, then: Callable[[Result], None], refused: Callable[[CvatError], None]
    ) -> None:
        """Call `ask` beside the screen, then `then` or `refused` in the screen's thread."""

        def work() -> None:
            try:
                result = ask()
            except CvatError as error:
                failure = error
                self._post(Answered(lambda: refused(failure)))
            except Exception as error:  # noqa: BLE001  the thread lives on, and the person is told
                mistake = CvatError(
                    f"This should not happen: {type(error).__name__}: {error}.", hint="Please report it."
                )
                self._post(Answered(lambda: refused(mistake)))
            else:
                self._post(Answered(lambda: then(result)))

        self._waiting.put(work)

    def close(self) -> None:
        """Run nothing more."""
        self._waiting.put(None)

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()


class Follower:
    """Listens to the daemon's changes, and finds it again after it was gone."""

    def __init__(self, daemon: LocalDaemon, client: DaemonClient, post: Post) -> None:
        self._daemon = daemon
        self._client = client
        self._post = post
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._client.close_feed()
        self._thread.join(1.0)

    def _run(self) -> None:
        tries, told = 0, ""
        while not self._ended.is_set():
            reason = "The daemon has ended."
            try:
                for event in self._client.events():
                    if isinstance(event, HelloEvent):
                        tries, told = 0, ""
                        self._post(Connected(self._client))
                    else:
                        self._post(Changed(event))
            except CvatError as error:
                reason = error.message
            if self._ended.is_set():
                return
            if tries == 0:
                told = reason
                self._post(Disconnected(reason))
            self._ended.wait(_RETRY_SECONDS[min(tries, len(_RETRY_SECONDS) - 1)])
            tries += 1
            try:
                self._client = self._daemon.revive() or self._client
            except CvatError as error:
                if told != error.message:
                    told = error.message
                    self._post(Disconnected(f"{error.message} {error.hint}".strip()))
