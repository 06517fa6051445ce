"""How long a person waits for the daemon: from the command to its first answer."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx

from cvatcore.workspace import Workspace
from kit.daemon import start_daemon
from kit.pictures import write_picture

ROUNDS = 7

EMPTY = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("ok"))])
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def seconds_to_first_answer(start: Callable[[int], subprocess.Popen[bytes]], path: str) -> float:
    port = free_port()
    before = time.perf_counter()
    process = start(port)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False, timeout=5).raise_for_status()
                return time.perf_counter() - before
            except httpx.TransportError:
                time.sleep(0.002)
    finally:
        process.terminate()
        process.wait()


def spawn(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_start_against_an_empty_starlette_app(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", (8, 6))
    with Workspace.init(tmp_path) as workspace:
        workspace.create_task("t", labels=["x"], data=[tmp_path / "a.png"])
    ours: list[float] = []
    empty: list[float] = []
    for _ in range(ROUNDS):  # In turn, so that what else the machine does meets both.
        ours.append(
            seconds_to_first_answer(
                lambda port: spawn("-m", "cvatd", str(tmp_path), "--no-open", "--port", str(port)),
                "/api/server/about",
            )
        )
        empty.append(seconds_to_first_answer(lambda port: spawn("-c", EMPTY, str(port)), "/"))
    mine, theirs = statistics.median(ours), statistics.median(empty)
    print(f"\ncvatd starts in {mine:.3f} s, an empty Starlette app in {theirs:.3f} s: {mine / theirs:.2f} times")


def test_saving_through_http_in_a_job_of_100_000_boxes(tmp_path: Path) -> None:
    from cvatcore.edit import ChangeSet
    from cvatcore.schema import Shape

    for number in range(2):
        write_picture(tmp_path / f"{number}.png", (8, 6))
    count = 100_000
    with Workspace.init(tmp_path) as workspace:
        workspace.create_task("t", labels=["x"], data=[tmp_path / "0.png", tmp_path / "1.png"])
        first = workspace.store.ids.take("object", count)
        shapes = tuple(
            Shape(frame=n // 20, id=first + n, type="rectangle", label="x", points=(1.5, 2.5, 30.5, 40.25))
            for n in range(count)
        )
        workspace.job(1).apply(ChangeSet(shapes=shapes))
        label = workspace.tasks["t"].labels[0].id
    running = start_daemon(tmp_path)
    times: list[float] = []
    try:
        with running.client() as client:
            for n in range(200):
                number = (n * 7919) % count
                box = {"id": first + number, "type": "rectangle", "frame": number // 20, "label_id": label}
                change = {"put": {"shapes": [{**box, "points": [n, 2, n + 10, 4]}]}, "delete": []}
                before = time.perf_counter()
                client.post("/api/cvatd/jobs/1/changes", json=change).raise_for_status()
                times.append(time.perf_counter() - before)
    finally:
        running.stop()
    times.sort()
    print(
        f"\none saved edit over HTTP among {count} boxes: p50 {times[100] * 1e3:.1f} ms, p99 {times[198] * 1e3:.1f} ms"
    )
