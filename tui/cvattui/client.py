"""A client of the daemon over HTTP, for the terminal UI. It blocks: call it from threads that may wait."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from cvatcore.errors import Busy, Conflict, CvatError, InvalidInput, NotFound, StorageFailed
from cvatcore.protocol import (
    BasicUser,
    ChangeEvent,
    ConflictList,
    ConflictRead,
    HelloEvent,
    JobPatch,
    JobRead,
    OperationList,
    PaginatedBasicUserList,
    PaginatedJobReadList,
    PaginatedTaskReadList,
    ResolveRequest,
    ResolveResponse,
    SessionInfo,
    SyncStatus,
    UndoRequest,
    UndoResponse,
)

Answer = TypeVar("Answer")

_ANSWER_SECONDS = 15.0
"""The longest wait for an answer."""

_SILENCE_SECONDS = 45.0
"""The longest silence on the change feed: the daemon says something every 15 seconds."""


class DaemonLost(CvatError):
    """The daemon does not answer, or no longer knows this client; nothing is known of the request's effect."""

    code = "daemon-lost"
    exit_code = 7


class DaemonDiffers(CvatError):
    """The daemon answers, but not as this client understands: it is of another version."""

    code = "daemon-differs"
    exit_code = 11


class DaemonNote(msgspec.Struct, frozen=True):
    """`.cvat/daemon.json`: where the workspace's daemon listens, and the secret that opens it."""

    url: str
    token: str
    pid: int


def read_note(root: Path) -> DaemonNote | None:
    """What the workspace's daemon left for clients on this machine, if one runs (or died without tidying up)."""
    try:
        return msgspec.json.decode((root / ".cvat" / "daemon.json").read_bytes(), type=DaemonNote)
    except (OSError, msgspec.DecodeError):
        return None


class DaemonClient:
    """The daemon's API, as far as the terminal UI needs it. Safe to use from several threads.

    Every method raises DaemonLost when there is no answer; DaemonDiffers when it cannot be understood; NotFound,
    InvalidInput, Busy, Conflict or StorageFailed with the daemon's own sentence when it refuses.
    """

    def __init__(self, note: DaemonNote) -> None:
        self.note = note
        address = urlsplit(note.url)
        self._host = address.hostname or "127.0.0.1"
        self._port = address.port or 80
        self._feed: socket.socket | None = None

    def link(self, path: str) -> str:
        """The address of a page that a browser may open without logging in."""
        return f"{self.note.url}{path}{'&' if '?' in path else '?'}token={self.note.token}"

    def session(self) -> SessionInfo:
        """Who is asking, and which workspace it is."""
        return self._request("GET", "/api/cvatd/session", SessionInfo)

    def tasks(self, *, number: int | None = None) -> PaginatedTaskReadList:
        """All tasks, by id, or the one of that id; with those that cannot be read."""
        wanted = quote(f'{{"==":[{{"var":"id"}},{number}]}}')
        only = "" if number is None else f"&filter={wanted}"
        return self._request("GET", f"/api/tasks?page_size=all&sort=id{only}", PaginatedTaskReadList)

    def jobs(self, *, task: int | None = None) -> list[JobRead]:
        """All jobs, by id, or those of one task."""
        only = "" if task is None else f"&task_id={task}"
        return self._request("GET", f"/api/jobs?page_size=all&sort=id{only}", PaginatedJobReadList).results

    def job(self, number: int) -> JobRead:
        """One job."""
        return self._request("GET", f"/api/jobs/{number}", JobRead)

    def users(self) -> list[BasicUser]:
        """The people of the workspace, by id."""
        return self._request("GET", "/api/users?page_size=all&sort=id", PaginatedBasicUserList).results

    def change_job(self, number: int, change: JobPatch) -> JobRead:
        """Change a job, and return it as it is then."""
        return self._request("PATCH", f"/api/jobs/{number}", JobRead, body=msgspec.json.encode(change))

    def conflicts(self) -> list[ConflictRead]:
        """What two people did to the same field, of the whole workspace."""
        return self._request("GET", "/api/cvatd/conflicts", ConflictList).results

    def resolve(self, conflict: str, request: ResolveRequest) -> ResolveResponse:
        """Choose a side of a conflict; answers with the commit."""
        path = f"/api/cvatd/conflicts/{conflict}/resolve"
        return self._request("POST", path, ResolveResponse, body=msgspec.json.encode(request))

    def take_back(self, revision: str) -> UndoResponse:
        """Take back what was done as a commit, in a commit of its own, which can be taken back alike."""
        body = msgspec.json.encode(UndoRequest(revision))
        return self._request("POST", "/api/cvatd/undo", UndoResponse, body=body)

    def operations(self, *, limit: int) -> OperationList:
        """What was done on the daemon's machine, newest first."""
        return self._request("GET", f"/api/cvatd/operations?limit={limit}", OperationList)

    def undo(self, operation: str = "") -> UndoResponse:
        """Take back an operation, the newest of this person if none is named, in a commit."""
        body = msgspec.json.encode(UndoRequest(operation=operation))
        return self._request("POST", "/api/cvatd/undo", UndoResponse, body=body)

    def redo(self) -> UndoResponse:
        """Take back the newest undo, in a commit."""
        return self._request("POST", "/api/cvatd/redo", UndoResponse)

    def sync(self) -> SyncStatus:
        """How the workspace stands to its remote."""
        return self._request("GET", "/api/cvatd/sync", SyncStatus)

    def start_sync(self) -> SyncStatus:
        """Have the daemon sync now; the change feed tells the end."""
        return self._request("POST", "/api/cvatd/sync", SyncStatus)

    def events(self) -> Generator[HelloEvent | ChangeEvent]:
        """The change feed: first a hello, then every change, until `close_feed` or the daemon ends it."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_SILENCE_SECONDS)
        try:
            with _losses_told(self.note):
                connection.request("GET", "/api/cvatd/events", headers=self._headers())
                self._feed = connection.sock
                response = connection.getresponse()
                if response.status != 200:
                    raise _refusal(response.status, response.read(), self.note)
                yield from parse_events(response)
        except msgspec.DecodeError:
            raise _differs(self.note) from None
        finally:
            self._feed = None
            connection.close()

    def close_feed(self) -> None:
        """End `events` from another thread."""
        if (feed := self._feed) is not None:
            with contextlib.suppress(OSError):
                feed.shutdown(socket.SHUT_RDWR)

    def _request(self, method: str, path: str, kind: type[Answer], *, body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_ANSWER_SECONDS)
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with _losses_told(self.note):
                connection.request(method, path, body=body, headers=headers)
                response = connection.getresponse()
                data = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise _refusal(response.status, data, self.note)
        try:
            return msgspec.json.decode(data, type=kind)
        except msgspec.DecodeError:
            raise _differs(self.note) from None

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.note.token}", "Accept": "application/json"}


@contextlib.contextmanager
def _losses_told(note: DaemonNote) -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException):
        raise DaemonLost(f"The daemon at {note.url} does not answer.", hint="Start it with: cvatd.") from None


def _differs(note: DaemonNote) -> DaemonDiffers:
    return DaemonDiffers(
        f"The daemon at {note.url} (process {note.pid}) is of another version.", hint=f"Stop it with: kill {note.pid}."
    )


def parse_events(lines: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[HelloEvent | ChangeEvent]:
    """The events in a stream of server-sent events; comments and kinds that are not known are left out."""
    name, data = "", b""
    for line in lines:
        text = line.rstrip(b"\r\n")
        if not text:
            if name == "hello":
                yield msgspec.json.decode(data, type=HelloEvent)
            elif name == "change":
                with contextlib.suppress(msgspec.ValidationError):  # of a newer daemon
                    yield msgspec.json.decode(data, type=ChangeEvent)
            name, data = "", b""
        elif text.startswith(b"event:"):
            name = text[6:].strip().decode()
        elif text.startswith(b"data:"):
            data += text[5:].removeprefix(b" ")


def _refusal(status: int, body: bytes, note: DaemonNote) -> CvatError:
    """The error that an answer stands for."""
    if status in {401, 403}:
        return DaemonLost(f"The daemon at {note.url} does not know this client.", hint="It was started anew: wait.")
    kinds: dict[int, type[CvatError]] = {400: InvalidInput, 404: NotFound, 409: Conflict, 503: Busy, 507: StorageFailed}
    return kinds.get(status, CvatError)(_sentence(body) or f"The daemon answered {status}.")


def _sentence(body: bytes) -> str:
    """What CVAT's bodies of errors say: a sentence, a list of them, or either by field."""
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return ""
    if isinstance(said, dict) and isinstance(said.get("detail"), str):
        return str(said["detail"])
    parts = said.items() if isinstance(said, dict) else [("", said)]
    sentences = []
    for field, value in parts:
        texts = value if isinstance(value, list) else [value]
        prefix = f"{field}: " if field and field != "non_field_errors" else ""
        sentences += [f"{prefix}{text}" for text in texts]
    return " ".join(sentences)
