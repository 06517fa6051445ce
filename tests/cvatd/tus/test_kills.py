"""A daemon that is killed while a file comes in: what was acknowledged is there, and the client goes on from it."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from cvatcore.workspace import Workspace
from kit.creating import picture
from kit.daemon import Running, daemon, select_nothing
from kit.resuming import address, announce, send

SIZE = 6_000_000
PIECE = 1_000_000


def _new(client: httpx.Client) -> int:
    number: int = client.post("/api/tasks", json={"name": "new", "labels": [{"name": "car"}]}).json()["id"]
    return number


def _send_half(running: Running, place: str, data: bytes, *, offset: int) -> None:
    """Begin a piece whose end never comes."""
    parts = urlsplit(running.url)
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {running.token}\r\n"
        f"Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as sock:
        sock.sendall(head.encode() + data[: len(data) // 2])
        # Nobody tells when a part of a piece is on the disk.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and _came(running, place) <= offset:
            select_nothing(0.005)
        running.kill()


def _came(running: Running, place: str) -> int:
    task, _, number = place.removeprefix("/api/tasks/").partition("/data/")
    return (running.output.parent / f"ws/.cvat/uploads/{task}/tus/{number}.part").stat().st_size


@pytest.mark.timeout(120)
def test_a_daemon_that_is_killed_within_a_piece(tmp_path: Path) -> None:
    with Workspace.init(tmp_path / "ws") as made:
        root = made.root
    data = os.urandom(SIZE)
    small = picture(tmp_path, "a.png")
    with daemon(root) as running, running.client() as client:
        task = _new(client)
        url = f"/api/tasks/{task}/data/"
        whole = address(announce(client, url, "a.png", len(small)))
        assert send(client, whole, small, offset=0).status_code == 204
        place = address(announce(client, url, "film.bin", SIZE))
        assert send(client, place, data[:PIECE], offset=0).status_code == 204
        _send_half(running, place, data[PIECE : 2 * PIECE], offset=PIECE)
    with daemon(root) as running, running.client() as client:
        offset = int(client.head(place).headers["upload-offset"])
        assert PIECE < offset < 2 * PIECE
        # The piece whose answer never came, sent again as it was: it is told where to go on.
        again = send(client, place, data[PIECE : 2 * PIECE], offset=PIECE)
        assert (again.status_code, again.headers["upload-offset"]) == (409, str(offset))
        assert send(client, place, data[offset:-1], offset=offset).status_code == 204
        running.kill()
    with daemon(root) as running, running.client() as client:
        assert client.head(place).headers["upload-offset"] == str(SIZE - 1)
        last = send(client, place, data[-1:], offset=SIZE - 1)
        assert (last.status_code, last.headers["upload-filename"]) == (204, "film.bin")
        assert client.head(whole).headers["upload-offset"] == str(len(small))
        files = root / f".cvat/uploads/{task}/files"
        assert sorted(path.name for path in files.iterdir()) == ["a.png", "film.bin"]
        assert hashlib.sha256((files / "film.bin").read_bytes()).digest() == hashlib.sha256(data).digest()
        assert client.post(url, headers={"Upload-Finish": ""}).json()["client_files"] == ["a.png", "film.bin"]
