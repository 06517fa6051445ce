"""A web server of this machine that says what a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Say = Callable[[BaseHTTPRequestHandler], None]
"""Answers one request."""


class WebServer:
    """Answers by path; `asked` has the paths that were asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.answers: dict[str, Say] = {}

    def file(self, path: str, data: bytes, **headers: str) -> str:
        """Answer a path with a file; header names with `_` for `-`. Returns its address."""

        def say(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in ({"Content-Length": str(len(data))} | given).items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path.partition("?")[0]] = say
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        """Lead from a path elsewhere."""

        def say(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Location", target)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        self.answers[path] = say
        return self.url + path


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A server on a free port of loopback, ended afterwards."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            say = made.answers.get(self.path.partition("?")[0])
            try:
                if say is None:
                    self.send_error(404)
                else:
                    say(self)
            except OSError:
                pass  # The client has had enough.

        def log_message(self, format: str, *arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = WebServer(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
