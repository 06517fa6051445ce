"""Frames over HTTP against the bare server that sends the same files. Prints ratios; run with `nox -s bench`."""

from __future__ import annotations

import asyncio
import random
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
from PIL import Image

from cvatcore.workspace import Workspace
from kit import samples
from kit.daemon import Running, daemon

pytestmark = pytest.mark.bench

PICTURES = 60
CLIENTS = 100
WARM, MEASURED = 3.0, 6.0
"""In seconds."""

BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route
folder = sys.argv[2]
async def serve(request):
    return FileResponse(f"{folder}/{int(request.query_params['number']):03}.jpg")
app = Starlette(routes=[Route("/frame", serve)])
uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False)
"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos in full HD of about 200 kB each, and a workspace beside them."""
    root = tmp_path_factory.mktemp("frames")
    (root / "pictures").mkdir()
    photo = Image.open(samples.photo("astronaut.png")).convert("RGB").resize((1920, 1080))
    for number in range(PICTURES):
        photo.save(root / "pictures" / f"{number:03}.jpg", quality=80 + number % 5)
    with Workspace.init(root / "ws") as workspace:
        workspace.create_task("photos", labels=["x"], data=[root / "pictures"])
        workspace.create_task("film", labels=["x"], data=[samples.video("bikes.mp4")])
    return root


@contextmanager
def bare_server(folder: Path) -> Iterator[int]:
    """Uvicorn and Starlette's FileResponse; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port), str(folder)])
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


class Client:
    """One connection that asks and measures, with as little of its own as can be."""

    def __init__(self, port: int, path: str, token: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = _head(port, token)
        self._path = path

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def seconds(self, number: int) -> float:
        """How long a frame takes to be there whole."""
        began = time.perf_counter()
        self._socket.sendall(f"GET {self._path}number={number} HTTP/1.1\r\n{self._head}".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(1 << 16)
        head, _, body = answer.partition(b"\r\n\r\n")
        left = _length(head) - len(body)
        while left:
            left -= len(self._socket.recv(min(left, 1 << 18)))
        return time.perf_counter() - began


def _head(port: int, token: str) -> str:
    key = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"Host: 127.0.0.1:{port}\r\n{key}\r\n"


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    assert b" 200 " in lines[0], head
    return next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length"))


def port_of(running: Running) -> int:
    port = urlsplit(running.url).port
    assert port
    return port


def test_a_frame_over_http_against_sending_its_file(pictures: Path) -> None:
    ours: list[float] = []
    bare: list[float] = []
    with bare_server(pictures / "pictures") as port, daemon(pictures / "ws") as running:
        mine = Client(port_of(running), "/api/tasks/1/data?type=frame&", running.token)
        theirs = Client(port, "/frame?")
        for turn in range(600):  # In turn, so that what else the machine does meets both.
            ours.append(mine.seconds(turn % PICTURES))
            bare.append(theirs.seconds(turn % PICTURES))
        mine.close()
        theirs.close()
    for name, of in (("median", statistics.median), ("best", min)):
        print(
            f"\na frame over HTTP, {name}: {of(ours) * 1e3:.2f} ms, {of(ours) / of(bare):.2f} × uvicorn's FileResponse"
            f" of the same file ({of(bare) * 1e3:.2f} ms)"
        )


@pytest.mark.parametrize(("task", "frames"), [(1, PICTURES), (2, 250)], ids=["pictures", "video"])
def test_100_clients_that_read_random_frames(pictures: Path, task: int, frames: int) -> None:
    with daemon(pictures / "ws") as running:
        port, path = port_of(running), f"/api/tasks/{task}/data?type=frame&"
        asyncio.run(_load(port, path, running.token, frames, seconds=WARM))
        before = _resident(running.process.pid)
        times = asyncio.run(_load(port, path, running.token, frames, seconds=MEASURED))
        middle = _resident(running.process.pid)
        asyncio.run(_load(port, path, running.token, frames, seconds=MEASURED))
        after = _resident(running.process.pid)
    times.sort()
    print(
        f"\n{CLIENTS} clients, random frames of task {task}: {len(times) / MEASURED:.0f} a second,"
        f" p50 {times[len(times) // 2] * 1e3:.0f} ms, p99 {times[len(times) * 99 // 100] * 1e3:.0f} ms;"
        f" memory {before / 1e6:.0f} MB, then {middle / 1e6:.0f}, then {after / 1e6:.0f} MB"
    )
    if task == 1:
        with bare_server(pictures / "pictures") as port:
            bare = sorted(asyncio.run(_load(port, "/frame?", "", frames, seconds=MEASURED)))
        print(
            f"the bare server: {len(bare) / MEASURED:.0f} a second, p99 {bare[len(bare) * 99 // 100] * 1e3:.0f} ms:"
            f" we answer {len(times) / len(bare):.2f} × as many"
        )


async def _load(port: int, path: str, token: str, frames: int, *, seconds: float) -> list[float]:
    """How long each answer took, of many clients that ask one question after the other."""
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def client(seed: int) -> None:
        choice = random.Random(seed)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(f"GET {path}number={choice.randrange(frames)} HTTP/1.1\r\n{_head(port, token)}".encode())
            await reader.readexactly(_length(await reader.readuntil(b"\r\n\r\n")))
            times.append(time.perf_counter() - began)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for seed in range(CLIENTS):
            group.create_task(client(seed))
    return times


def _resident(pid: int) -> int:
    """The memory of a process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the process is gone")
