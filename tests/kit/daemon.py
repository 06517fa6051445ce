"""Daemons for tests: the application in this process, or the command as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx2 as httpx
import msgspec
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from cvatd.app import STATIC, create_app
from cvatd.security import Credentials
from kit import cvat_schema

PORT = 8080
TOKEN = "the-launch-token"


@contextmanager
def in_process(
    workspace: Workspace,
    *,
    watch: bool = False,
    token: str = TOKEN,
    static: Path = STATIC,
    allow_private_urls: bool = False,
    allow_registration: bool = False,
) -> Iterator[TestClient]:
    """A client of the application over a workspace, with the launch token (none when empty).

    Its answers are compared with CVAT's own description of them.
    """
    credentials = Credentials(b"k" * 32, token=TOKEN)
    app = create_app(
        workspace,
        credentials=credentials,
        port=PORT,
        watch=watch,
        static=static,
        allow_private_urls=allow_private_urls,
        allow_registration=allow_registration,
    )
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}", headers=headers) as client:
        client.event_hooks["response"].append(cvat_schema.check)
        yield client


class Running(msgspec.Struct):
    """A daemon that runs as a process, and what it said of itself."""

    process: subprocess.Popen[str]
    url: str
    token: str
    output: Path

    def client(self, **options: Any) -> httpx.Client:
        """A client with the launch token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False, **options)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as a person would."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


def start_daemon(root: Path, *arguments: str, port: int = 0, environment: Mapping[str, str] | None = None) -> Running:
    """Start `python -m cvatd` on a workspace and wait until it answers."""
    note = root / ".cvat" / "daemon.json"
    note.unlink(missing_ok=True)
    output = root.parent / f"{root.name}-daemon.log"
    with output.open("a", encoding="utf-8") as log:
        process = _spawn(root, arguments, port=port, log=log, environment=environment or {})
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"cvatd ended with {process.returncode}: {output.read_text(encoding='utf-8')}")
        try:
            said = msgspec.json.decode(note.read_bytes(), type=dict[str, Any])
            httpx.get(f"{said['url']}/api/server/about", trust_env=False, timeout=5).raise_for_status()
        except (FileNotFoundError, msgspec.DecodeError, httpx.TransportError):
            # Waiting for another process: there is nothing to be told by, so look again shortly.
            select_nothing(0.01)
            continue
        return Running(process=process, url=said["url"], token=said["token"], output=output)
    process.kill()
    raise AssertionError(f"cvatd did not answer: {output.read_text(encoding='utf-8')}")


@contextmanager
def daemon(root: Path, *arguments: str, port: int = 0) -> Iterator[Running]:
    """A daemon on a workspace, ended afterwards."""
    running = start_daemon(root, *arguments, port=port)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def select_nothing(seconds: float) -> None:
    """Let others run for a moment."""
    time.sleep(seconds)


def _spawn(
    root: Path,
    arguments: tuple[str, ...],
    *,
    port: int,
    log: IO[str],
    environment: Mapping[str, str],
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cvatd", str(root), "--no-open", "--port", str(port), *arguments],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )
