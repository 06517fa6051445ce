"""The workspace's daemon: found where it runs, started where it does not."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from cvatcore.errors import Busy, CvatError
from cvattui.client import DaemonClient, DaemonLost, read_note

START_SECONDS = 30.0
"""The longest that a daemon may take to answer for the first time."""

_LOOK_EVERY = 0.05
"""Seconds between two looks for it."""

_END_SECONDS = 8.0
"""How long it may take to end before it is killed; it finishes what it is saving."""


class DaemonFailed(CvatError):
    """The daemon could not be started; the message is its own."""

    code = "daemon-failed"


class LocalDaemon:
    """Gives clients of one workspace's daemon. One that was started here ends with this object."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def is_ours(self) -> bool:
        """Whether the daemon was started here."""
        return self._process is not None

    def find(self) -> DaemonClient | None:
        """A client of the daemon that runs, or None.

        Errors: DaemonDiffers for one of another version.
        """
        note = read_note(self.root)
        if note is None:
            return None
        client = DaemonClient(note)
        try:
            client.session()
        except DaemonLost:
            return None
        return client

    def connect(self) -> DaemonClient:
        """A client of the daemon, which is started when there is none.

        Errors: DaemonFailed; DaemonDiffers.
        """
        return self.find() or self._start()

    def revive(self) -> DaemonClient | None:
        """As `find`, but a daemon that was started here and has died is started again.

        Errors: DaemonFailed; DaemonDiffers.
        """
        found = self.find()
        if found is None and self._process is not None and self._process.poll() is not None:
            return self._start()
        return found

    def stop(self) -> None:
        """End the daemon, if it was started here."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> DaemonClient:
        end = time.monotonic() + START_SECONDS
        while True:
            with tempfile.TemporaryFile() as said:
                client = self._start_once(said, end=end)
                if client is not None:
                    return client
                code = self._process.poll() if self._process else None
                self.stop()
                said.seek(0)
                words = said.read().decode(errors="replace").strip()
            # One that is about to end still holds the place; or one is about to answer that somebody else started.
            if code != Busy.exit_code or time.monotonic() > end - 1:
                break
            time.sleep(_LOOK_EVERY)
        first, _, rest = words.removeprefix("cvatd: ").partition("\n")
        raise DaemonFailed(
            first or "The daemon does not start.", hint=rest.strip() or f"See {self.root / '.cvat' / 'daemon.log'}."
        )

    def _start_once(self, said: IO[bytes], *, end: float) -> DaemonClient | None:
        """Start a daemon and wait for an answer: None when it ends without one."""
        process = subprocess.Popen(
            [sys.executable, "-m", "cvatd", str(self.root), "--no-open", "--port", "0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            # Ctrl-C in the terminal is not meant for it.
            start_new_session=True,
        )
        self._process = process
        while time.monotonic() < end:
            if (client := self.find()) is not None:
                # Somebody else may have been faster: theirs is used, and ours ends by itself.
                if client.note.pid != process.pid:
                    self._process = None
                    process.wait()
                return client
            if process.poll() is not None:
                return None
            time.sleep(_LOOK_EVERY)
        return None
