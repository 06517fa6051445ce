"""One running daemon: its place in the workspace, its socket, its end."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import filelock
import msgspec
import uvicorn

from cvatcore.errors import Busy, InvalidInput
from cvatcore.store.files import read_file, remove_file, replace_file, storage_failed
from cvatd.app import create_app
from cvatd.feed import Feed
from cvatd.security import load_credentials

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace


class Running(msgspec.Struct, frozen=True):
    """`.cvat/daemon.json`: how a client on this machine finds the daemon. Readable by its owner only."""

    url: str
    token: str
    pid: int


class _Server(uvicorn.Server):
    """Ends the change feeds before it waits for open connections, which would otherwise never close.

    Unlike its base it does not raise the signal again at the end: what follows has to clean up.
    """

    feed: Feed

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let signals end the server while it runs."""
        names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
        before = {name: signal.signal(getattr(signal, name), self.handle_exit) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(getattr(signal, name), handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at a signal; a second one does not wait for open connections."""
        self.feed.close()
        super().handle_exit(sig, frame)


def serve(
    workspace: Workspace,
    *,
    host: str,
    port: int,
    open_browser: bool,
    page: str,
    narrate: bool = True,
    allow_private_urls: bool = False,
    allow_registration: bool = False,
) -> None:
    """Serve a workspace until a signal ends it.

    Args:
        workspace: what is served; it is closed at the end.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        open_browser: whether to open the page.
        page: the path of the page to open.
        narrate: whether to print the link.
        allow_private_urls: whether servers of private networks are asked for media.
        allow_registration: whether anybody who reaches the daemon may become a member.

    Errors: Busy when a daemon serves the workspace already, or the port is taken.
    """
    with _place(workspace.root / ".cvat"), _listening(host, port) as listener:
        bound: int = listener.getsockname()[1]
        credentials = load_credentials(workspace.root / ".cvat" / "secret")
        app = create_app(
            workspace,
            credentials=credentials,
            port=bound,
            hosts=[_named(host)],
            allow_private_urls=allow_private_urls,
            allow_registration=allow_registration,
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=3,
            ws="none",
            server_header=False,
        )
        server = _Server(config)
        server.feed = app.state.feed
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
        url = f"http://{_named(shown)}:{bound}"
        link = f"{url}{page}{'&' if '?' in page else '?'}token={credentials.token}"
        note = workspace.root / ".cvat" / "daemon.json"
        running = Running(url=url, token=credentials.token, pid=os.getpid())
        replace_file(note, msgspec.json.encode(running), mode=0o600, durable=False)
        try:
            if narrate:
                _say(f"cvatd serves {workspace.root}\n  {link}\nStop it with Ctrl+C.")
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
            server.run(sockets=[listener])
        finally:
            remove_file(note)
            workspace.close()


@contextmanager
def _place(local: Path) -> Iterator[None]:
    """Hold the one place for a daemon in a workspace.

    Errors: Busy with the address of the daemon that has it; StorageFailed where nothing can be written.
    """
    lock = filelock.FileLock(local / "daemon.lock")
    try:
        local.mkdir(exist_ok=True)
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise _taken(local) from None
    except OSError as error:
        raise storage_failed(error, local) from None
    try:
        yield
    finally:
        lock.release()


def _taken(local: Path) -> Busy:
    data = read_file(local / "daemon.json")
    try:
        running = msgspec.json.decode(data or b"", type=Running)
    except msgspec.DecodeError:
        return Busy("A daemon is starting for this workspace.", hint="Wait a moment.")
    return Busy(
        f"A daemon serves this workspace already, at {running.url} (process {running.pid}).",
        hint=f"Open {running.url}/?token={running.token} or stop it: kill {running.pid}.",
    )


def check_address(host: str, port: int) -> None:
    """Make sure that this machine can listen there.

    Errors: as `serve`.
    """
    with _listening(host, port):
        pass


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound to an address.

    Errors: Busy when the port is taken; InvalidInput when the address is none of this machine's.
    """
    if not 0 <= port <= 65535:
        raise InvalidInput(f"{port} is no port.", hint="Ports are 1 to 65535, or 0 for a free one.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Where no protocol is named asyncio leaves TCP_NODELAY off, and each answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # There it would let two programs share the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Busy(
                    f"Port {port} on {host} is taken by another program.",
                    hint=f"Choose another: cvatd --port {port + 1 if port < 65535 else 0}.",
                ) from None
            reason = error.strerror or str(error)
            raise InvalidInput(f"Cannot listen on {host} port {port}: {reason}.") from None
        listener.set_inheritable(False)
        listener.listen(128)  # Whoever follows the link at once waits, and is not refused.
        yield listener
    finally:
        with contextlib.suppress(OSError):
            listener.close()


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _say(text: str) -> None:
    import sys

    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def log_to(path: Path) -> None:
    """Write the daemon's log to a file in the local folder; warnings and worse.

    Its owner alone can read it: links for forgotten passwords are in it.
    """
    from logging.handlers import RotatingFileHandler

    class OwnLog(RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            # Before anything is in it; it may also be one that an older version made.
            os.close(os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY, 0o600))
            with contextlib.suppress(OSError):
                os.chmod(self.baseFilename, 0o600)
            return super()._open()

    handler = OwnLog(path, maxBytes=1_000_000, backupCount=1, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
