"""Bodies that are taken piece by piece, by a real daemon over a real socket."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cvatcore.workspace import Workspace
from kit.creating import parts, picture
from kit.daemon import Running, daemon, select_nothing

SIZE = 96 * 1024 * 1024


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("streaming")
    with Workspace.init(folder / "ws") as made:
        root = made.root
    with daemon(root) as started:
        yield started


def _root(running: Running) -> Path:
    return running.output.parent / "ws"


def _new(running: Running) -> int:
    with running.client() as client:
        number: int = client.post("/api/tasks", json={"name": "new", "labels": [{"name": "car"}]}).json()["id"]
        return number


def _head(running: Running, task: int, *, length: int) -> bytes:
    lines = [
        f"POST /api/tasks/{task}/data/ HTTP/1.1",
        f"Host: {urlsplit(running.url).netloc}",
        f"Authorization: Bearer {running.token}",
        "Upload-Multiple: ",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


PART = b'--x\r\nContent-Disposition: form-data; name="client_files[0]"; filename="a.png"\r\n\r\n'
END = b"\r\n--x--\r\n"


def _connect(running: Running) -> socket.socket:
    parts = urlsplit(running.url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if true():
            return True
        select_nothing(0.01)
    return False


def _resident(running: Running) -> int:
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of another process is not told here")
def test_a_large_upload_is_never_in_memory_whole(running: Running) -> None:
    task = _new(running)
    before = _resident(running)
    with _connect(running) as sock:
        sock.sendall(_head(running, task, length=len(PART) + SIZE + len(END)) + PART)
        for _ in range(SIZE // (1 << 20)):
            sock.sendall(b"x" * (1 << 20))
        sock.sendall(END)
        assert sock.recv(20).startswith(b"HTTP/1.1 200")
    assert (_root(running) / f".cvat/uploads/{task}/files/a.png").stat().st_size == SIZE
    assert _resident(running) - before < SIZE // 3


def test_a_body_that_is_given_up_is_removed(running: Running) -> None:
    task = _new(running)
    folder = _root(running) / f".cvat/uploads/{task}"
    with _connect(running) as sock:
        sock.sendall(_head(running, task, length=10_000_000) + PART + b"x" * 500_000)
        assert _until(lambda: folder.exists() and any(folder.glob("incoming-*/*")))
        with running.client() as client:  # Others are answered meanwhile.
            assert client.get(f"/api/tasks/{task}").status_code == 200
            finished = client.post(f"/api/tasks/{task}/data", headers={"Upload-Finish": ""})
            assert (finished.status_code, finished.json()["detail"]) == (
                409,
                "Files of this task are still being uploaded.",
            )
    assert _until(lambda: not folder.exists())


def test_uploads_that_stall_hold_up_no_edits(running: Running, tmp_path: Path) -> None:
    task = _new(running)
    stalled = [_connect(running) for _ in range(12)]
    try:
        for sock in stalled:
            sock.sendall(_head(running, task, length=10_000_000) + PART)
        with running.client() as client:
            for number in range(3):
                assert client.patch(f"/api/tasks/{task}", json={"name": f"name {number}"}).status_code == 200
    finally:
        for sock in stalled:
            sock.close()
    with running.client() as client:
        sent = client.post(f"/api/tasks/{_new(running)}/data", files=parts(("a.png", picture(tmp_path, "a.png"))))
        assert sent.status_code == 202
    assert os.path.isdir(_root(running))


def test_a_refusal_is_read_by_clients_that_send_all_first(running: Running) -> None:
    task = _new(running)
    body = PART.replace(b"a.png", b"nul") + b"x" * 20_000_000 + END
    with _connect(running) as sock:
        sock.sendall(_head(running, task, length=len(body)) + body)
        answer = b""
        while more := sock.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"File name 'nul' is not allowed" in answer
