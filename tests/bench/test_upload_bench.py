"""Uploads against the bare server that throws the same bytes away, and against a plain copy of the file.

Prints ratios; run with `nox -s bench`.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cvatcore.workspace import Workspace
from kit.creating import new_task
from kit.daemon import Running, daemon
from kit.resuming import address, announce

pytestmark = pytest.mark.bench

SIZE = 256 * 1024 * 1024
SMALL = 4_000
ROUNDS = 3
LARGE = 1024 * 1024 * 1024
CHUNK = 10 * 1024 * 1024
"""What CVAT's clients send at once."""

BARE = """
import sys, uvicorn
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False, lifespan="off")
"""


@contextmanager
def bare_server() -> Iterator[int]:
    """Uvicorn and nothing; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.01)
        yield port
    finally:
        process.terminate()
        process.wait()


def part(name: str) -> bytes:
    """The head of a file in a form."""
    return f'--x\r\nContent-Disposition: form-data; name="client_files[0]"; filename="{name}"\r\n\r\n'.encode()


def seconds(port: int, path: str, body: list[bytes], *, token: str = "") -> float:
    """How long a body takes until it is answered."""
    key = f"Authorization: Bearer {token}\r\nUpload-Multiple: \r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{key}Connection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {sum(map(len, body))}\r\n\r\n"
    )
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(head.encode())
        for piece in body:
            sock.sendall(piece)
        assert b" 200 " in sock.recv(1 << 16).partition(b"\r\n")[0]
    return time.perf_counter() - began


def _memory(running: Running) -> int:
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


def test_uploads_against_the_bare_server(tmp_path: Path) -> None:
    block = os.urandom(1 << 20)
    large = [part("film.mp4"), *[block] * (SIZE >> 20), b"\r\n--x--\r\n"]
    with Workspace.init(tmp_path / "ws") as made:
        root = made.root
    with bare_server() as bare, daemon(root) as running, running.client() as client:
        port = urlsplit(running.url).port or 0
        before = _memory(running)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            theirs.append(seconds(bare, "/", large))
            task = new_task(client)
            ours.append(seconds(port, f"/api/tasks/{task}/data/", large, token=running.token))
            client.delete(f"/api/tasks/{task}")
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(f"\n{SIZE >> 20} MB in one file: {SIZE / 1e6 / min(ours):.0f} MB/s, {ratio:.2f} × the bare server's time")
        print(f"  memory: {before} MB before, at most {_memory(running)} MB")
        for count in (SMALL // 2, SMALL):
            small = [part(f"{number:07}.jpg") + block[:5000] + b"\r\n" for number in range(count)] + [b"--x--\r\n"]
            task = new_task(client)
            took = seconds(port, f"/api/tasks/{task}/data/", small, token=running.token)
            print(f"  {count} small files: {took / count * 1e6:.0f} microseconds each")


def resumable_seconds(running: Running, path: Path, task: int) -> float:
    """How long a file takes by TUS, in pieces of the size that CVAT's clients have, until all is acknowledged."""
    began = time.perf_counter()
    length = path.stat().st_size
    with running.client() as client:
        place = address(announce(client, f"/api/tasks/{task}/data/", path.name, length))
    with (
        socket.create_connection(("127.0.0.1", urlsplit(running.url).port or 0)) as sock,
        path.open("rb") as file,
    ):
        for offset in range(0, length, CHUNK):
            count = min(CHUNK, length - offset)
            head = (
                f"PATCH {place} HTTP/1.1\r\nHost: {urlsplit(running.url).netloc}\r\n"
                f"Authorization: Bearer {running.token}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
                f"Content-Type: application/offset+octet-stream\r\nContent-Length: {count}\r\n\r\n"
            )
            sock.sendall(head.encode())
            sock.sendfile(file, offset, count)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += sock.recv(1 << 16)
            assert b" 204 " in answer.partition(b"\r\n")[0]
    return time.perf_counter() - began


def test_a_resumable_upload_against_a_plain_copy(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    block = os.urandom(1 << 20)
    with film.open("wb") as file:
        for _ in range(LARGE >> 20):
            file.write(block)
    with Workspace.init(tmp_path / "ws") as made:
        root = made.root
    copied: list[float] = []
    sent: list[float] = []
    with daemon(root) as running, running.client() as client:
        before = _memory(running)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            with film.open("rb") as source, (tmp_path / "copy").open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            copied.append(time.perf_counter() - began)
            os.unlink(tmp_path / "copy")
            task = new_task(client)
            sent.append(resumable_seconds(running, film, task))
            assert (root / f".cvat/uploads/{task}/files/film.mp4").stat().st_size == LARGE
            client.delete(f"/api/tasks/{task}")
        after = _memory(running)
    ratio = statistics.median(copied) / statistics.median(sent)
    print(
        f"\n{LARGE >> 20} MB by TUS: {LARGE / 1e6 / min(sent):.0f} MB/s, {ratio:.2f} × the speed of a plain copy",
        end="",
    )
    print(f" ({LARGE / 1e6 / min(copied):.0f} MB/s)\n  memory: {before} MB before, at most {after} MB")
