"""Media from the internet: downloaded before they are looked at, all or nothing."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import msgspec

from cvatcore.errors import CvatError, InvalidInput, InvalidMedia, RemoteFailed
from cvatcore.media.remote.address import open_connection, parse_url, resolve, shown
from cvatcore.media.remote.names import free_of, remote_name
from cvatcore.store.files import storage_failed

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

Progress = Callable[[int, int], None]

MAX_REDIRECTS = 5
HEADER_SECONDS = 60.0
"""Until a server's headers are there, however slowly they come."""
SLOW_SECONDS = 60.0
SLOW_BYTES = 16 * 1024
"""What has to come in so many seconds at the least: nobody keeps a download for ever."""

_PIECE = 256 * 1024
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_PAGES = frozenset(["text/html", "application/xhtml+xml"])
_SILENT = "the server does not answer"
_PER_FILE = 1000
"""Steps of progress a file."""


class DownloadLimits(msgspec.Struct, frozen=True):
    """How much is taken."""

    file_bytes: int = 256 * 1024**3
    total_bytes: int = 1024 * 1024**3
    files: int = 100_000
    free_bytes: int = 256 * 1024**2
    """What is left on the disk at the least."""


_LIMITS = DownloadLimits()


def is_url(text: str) -> bool:
    """Whether a text is meant as an address and not as a path: letters, a colon and two slashes at the beginning."""
    scheme, separator, _ = text.partition("://")
    return bool(separator) and scheme.isascii() and scheme.replace("+", "").isalnum()


def check_urls(urls: Sequence[str]) -> None:
    """Refuse what cannot be downloaded, without asking anybody.

    Errors: InvalidInput.
    """
    for url in urls:
        parse_url(url)


def download(
    urls: Sequence[str],
    *,
    into: Path,
    progress: Progress | None = None,
    allow_private: bool = False,
    limits: DownloadLimits = _LIMITS,
) -> tuple[Path, ...]:
    """Download files into a folder, which is made when it is not there; return them in the order of their addresses.

    Addresses that stand there twice are downloaded once. Names come from the servers and the addresses; two of one name
    are kept apart: `a.jpg`, `a_1.jpg`. Servers of private networks are not asked, neither at once nor by a redirect nor
    by a name that leads there. Proxies of the environment are not used: they would look names up for themselves.

    Args:
        urls: addresses with http or https.
        into: the folder.
        progress: called with what is done and what there is; may raise, then nothing is left.
        allow_private: whether servers of private networks, and this machine's own, may be asked.
        limits: how much is taken.

    Errors: InvalidInput for an address that is none or not allowed, or more than is taken; InvalidMedia for a web page;
    RemoteFailed with what the server said; StorageFailed. Then no file is left.
    """
    wanted = list(dict.fromkeys(urls))
    if len(wanted) > limits.files:
        raise InvalidInput(f"{len(wanted)} addresses are more than {limits.files}.", hint="Make several tasks.")
    check_urls(wanted)
    try:
        into.mkdir(parents=True, exist_ok=True)
        taken = {path.name.lower() for path in into.iterdir()}
    except OSError as error:
        raise storage_failed(error, into) from None
    report = progress or _silent
    made: list[Path] = []
    room = limits.total_bytes
    try:
        for number, url in enumerate(wanted):
            with _Answer(url, allow_private=allow_private) as answer:
                path = into / free_of(answer.name, taken)
                taken.add(path.name.lower())
                made.append(path)

                def tell(share: float, number: int = number) -> None:
                    report(number * _PER_FILE + int(share * _PER_FILE), len(wanted) * _PER_FILE)

                room -= _save(answer, path, room=min(room, limits.file_bytes), spare=limits.free_bytes, tell=tell)
        report(len(wanted) * _PER_FILE, len(wanted) * _PER_FILE)
    except BaseException:
        for path in made:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    return tuple(made)


class _Answer:
    """The answer to a request for a file, its redirects followed, its headers looked at."""

    def __init__(self, url: str, *, allow_private: bool) -> None:
        self.url = url
        self._connection, response, final = _ask(url, allow_private=allow_private)
        self.response = response
        try:
            self.length = _length(response)
            self._check(response)
            self.name = remote_name(
                url,
                final_url=final,
                disposition=response.getheader("Content-Disposition", ""),
                content_type=response.getheader("Content-Type", ""),
            )
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> _Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _check(self, response: HTTPResponse) -> None:
        if response.status != 200:
            said = f"{response.status} {response.reason}".strip()
            raise RemoteFailed(f"Failed to download {shown(self.url)}: the server said {said}.")
        kind = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
        if kind in _PAGES:
            raise InvalidMedia(
                f"{shown(self.url)} is a web page ({kind}), not media.", hint="Give the address of the file itself."
            )
        encoding = response.getheader("Content-Encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise RemoteFailed(
                f"{shown(self.url)} comes with the encoding {shown(encoding)!r}, which was not asked for."
            )


def _ask(url: str, *, allow_private: bool) -> tuple[HTTPConnection, HTTPResponse, str]:
    """The first answer that is no redirect, and the address that it is of; each address on the way is checked."""
    now = url
    for _ in range(MAX_REDIRECTS + 1):
        parts = parse_url(now)
        addresses = resolve(parts, allow_private=allow_private)
        connection = open_connection(parts, addresses)
        try:
            response = _request(connection, parts.path or "/", parts.query, url=now)
            target = response.getheader("Location", "")
            if response.status not in _REDIRECTS or not target:
                return connection, response, now
        except BaseException:
            connection.close()
            raise
        connection.close()
        now = urljoin(now, target)
    raise RemoteFailed(f"Failed to download {shown(url)}: it leads on more than {MAX_REDIRECTS} times.")


def _request(connection: HTTPConnection, path: str, query: str, *, url: str) -> HTTPResponse:
    from http.client import HTTPException
    from urllib.parse import quote

    # What is encoded already stays so; the rest has to be, or it would be another request.
    target = quote(path + (f"?{query}" if query else ""), safe="%/:=&?~#+!$,;'@()*[]")
    sock = connection.sock
    gave_up = threading.Event()

    def give_up() -> None:
        gave_up.set()
        with contextlib.suppress(OSError):
            sock.shutdown(2)

    timer = threading.Timer(HEADER_SECONDS, give_up)
    timer.daemon = True
    timer.start()
    try:
        connection.request("GET", target, headers={"User-Agent": "cvatd", "Accept-Encoding": "identity"})
        response = connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        reason = _SILENT if gave_up.is_set() else _reason(error)
        raise RemoteFailed(f"Failed to download {shown(url)}: {reason}.") from None
    finally:
        timer.cancel()
    if gave_up.is_set():  # What came until then looks like all headers.
        raise RemoteFailed(f"Failed to download {shown(url)}: {_SILENT}.")
    return response


def _save(answer: _Answer, path: Path, *, room: int, spare: int, tell: Callable[[float], None]) -> int:
    """Write what comes to a file, and return its length."""
    from http.client import HTTPException

    try:
        room = min(room, max(0, shutil.disk_usage(path.parent).free - spare))
        if answer.length is not None and answer.length > room:
            raise _too_large(answer.url, room)
        file = path.open("xb")
    except OSError as error:
        raise storage_failed(error, path) from None
    done = 0
    begun, come = time.monotonic(), 0
    with file:
        while True:
            tell(done / answer.length if answer.length else 0.0)
            try:
                piece = answer.response.read1(_PIECE)
            except (OSError, HTTPException, ValueError) as error:
                raise RemoteFailed(f"Failed to download {shown(answer.url)}: {_reason(error)}.") from None
            if not piece:
                break
            done, come = done + len(piece), come + len(piece)
            if done > room:
                raise _too_large(answer.url, room)
            try:
                file.write(piece)
            except OSError as error:
                raise storage_failed(error, path) from None
            now = time.monotonic()
            if now - begun > SLOW_SECONDS:
                if come < SLOW_BYTES:
                    raise RemoteFailed(f"Failed to download {shown(answer.url)}: it comes too slowly.")
                begun, come = now, 0
    if answer.length is not None and done != answer.length:
        raise RemoteFailed(f"Failed to download {shown(answer.url)}: it ended after {done} of {answer.length} bytes.")
    if not done:
        raise InvalidMedia(f"{shown(answer.url)} is empty.")
    return done


def _length(response: HTTPResponse) -> int | None:
    text = response.getheader("Content-Length", "")
    if response.chunked or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return None
    return int(text)


def _too_large(url: str, room: int) -> CvatError:
    return InvalidInput(f"{shown(url)} is larger than what is taken: {room} bytes are left.")


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return _SILENT
    return shown(str(getattr(error, "strerror", None) or error) or type(error).__name__)


def _silent(done: int, total: int) -> None:
    """Nobody listens."""
