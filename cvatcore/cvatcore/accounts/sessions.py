"""Sessions of browsers and programs: an id in a cookie, which ends by itself."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

import msgspec

from cvatcore.accounts.secret_file import SecretFile

LIFETIME = 14 * 86_400
"""Seconds from the log-in to the end of a session."""

MOST = 100
"""Sessions of one person; a further one ends the oldest. Programs seldom log out."""


class Session(msgspec.Struct, frozen=True):
    """What is kept of a session."""

    username: str
    created: int
    """Seconds since 1970, as `expires`."""
    expires: int


class SessionFile(msgspec.Struct, frozen=True):
    """`.cvat/accounts/sessions.json`."""

    sessions: dict[str, Session] = {}
    """By the SHA-256 of the id: who reads the file cannot take a session over."""


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, file: SecretFile[SessionFile], *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    def start(self, username: str) -> str:
        """Begin a session of a person, and return its id.

        Errors: Busy, StorageFailed.
        """
        made = secrets.token_urlsafe(32)
        now = int(self._clock())

        def added(file: SessionFile) -> SessionFile:
            kept = {mark: one for mark, one in file.sessions.items() if one.expires > now}
            own = sorted((one.created, mark) for mark, one in kept.items() if one.username == username)
            for _, mark in own[: max(0, len(own) - MOST + 1)]:
                del kept[mark]
            return SessionFile({**kept, _mark(made): Session(username=username, created=now, expires=now + LIFETIME)})

        self._file.change(added)
        return made

    def owner_of(self, id: str) -> str:
        """Whose session that is; empty where there is none, or none any more."""
        found = self._file.read().sessions.get(_mark(id)) if id else None
        return found.username if found and found.expires > self._clock() else ""

    def end(self, id: str) -> None:
        """End one session."""
        mark = _mark(id)
        self._keep(lambda other, _: other != mark)

    def end_all(self, username: str, *, but: str = "") -> None:
        """End the sessions of a person, all but one."""
        spared = _mark(but)
        self._keep(lambda mark, one: one.username != username or mark == spared)

    def _keep(self, wanted: Callable[[str, Session], bool]) -> None:
        if not all(wanted(mark, one) for mark, one in self._file.read().sessions.items()):
            self._file.change(
                lambda file: SessionFile({mark: one for mark, one in file.sessions.items() if wanted(mark, one)})
            )


def _mark(id: str) -> str:
    return hashlib.sha256(id.encode(errors="replace")).hexdigest()
