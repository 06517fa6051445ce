"""Many writers at once: pages, the command line, scripts and git itself. What was acknowledged is there."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cvatcore.workspace import Workspace
from kit.annotated import git
from kit.command import cvat_process
from kit.daemon import Running, daemon

SECONDS = 3.0
CLIENTS = 50

SCRIPT = """
import sys, time
from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.errors import Busy, Conflict

root, seconds, number = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
with Workspace(root) as workspace:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        box = Shape(frame=6, id=number, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))
        try:
            workspace.job(2).apply(ChangeSet(shapes=(box,)))
        except (Busy, Conflict):
            continue  # Git was at work: nothing was saved, so the same again.
        print(number, flush=True)
        number += 1
"""


@pytest.fixture
def running(workspace: Workspace) -> Iterator[Running]:
    with daemon(workspace.root) as started:
        yield started


def change(number: int, *, frame: int) -> dict[str, Any]:
    box = {"id": number, "type": "rectangle", "frame": frame, "label_id": 1, "points": [1, 2, 3, 4]}
    return {"put": {"shapes": [box]}, "delete": []}


def test_no_acknowledged_change_is_lost(workspace: Workspace, running: Running) -> None:
    first = workspace.store.ids.take("object", 200_000)
    end = time.monotonic() + SECONDS
    acknowledged: dict[int, int] = {}
    committed: list[str] = []
    answers: Counter[int] = Counter()

    def page(index: int) -> None:
        job = 1 + index % 2
        with running.client() as client:
            for number in range(first + index * 1000, first + index * 1000 + 1000):
                if time.monotonic() > end:
                    return
                body = change(number, frame=(job - 1) * 5 + number % 5)
                status = client.post(f"/api/cvatd/jobs/{job}/changes", json=body).status_code
                answers[status] += 1
                if status == 200:
                    acknowledged[number] = job

    def commands() -> None:
        states = ["new", "in progress"]
        while time.monotonic() < end:
            states.reverse()
            done = cvat_process("job", "set", "1", "--state", states[0], cwd=workspace.root)
            assert done.code in {0, 5, 7}, done.err  # Busy and Conflict: nothing was changed.

    def commits() -> None:
        for number in range(10_000):
            if time.monotonic() > end:
                return
            (workspace.root / "notes.txt").write_text(str(number), encoding="utf-8")
            # Git refuses, too, where it meets a save; then the next round commits it.
            subprocess.run(["git", "add", "notes.txt"], cwd=workspace.root, capture_output=True, check=False)
            command = ["git", "commit", "-qm", f"notes {number}"]
            if subprocess.run(command, cwd=workspace.root, capture_output=True, check=False).returncode == 0:
                committed.append(f"notes {number}")

    arguments = [sys.executable, "-c", SCRIPT, str(workspace.root), str(SECONDS), str(first + 150_000)]
    with (
        subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as script,
        ThreadPoolExecutor(CLIENTS + 2) as threads,
    ):
        others: list[Callable[[], None]] = [commands, commits]
        tasks = [threads.submit(page, index) for index in range(CLIENTS)] + [threads.submit(run) for run in others]
        for task in tasks:
            task.result()
        said, _ = script.communicate()
    assert script.returncode == 0
    acknowledged |= dict.fromkeys(map(int, said.split()), 2)
    assert set(answers) <= {200, 503}
    assert answers[200] > CLIENTS / 2
    found = {shape.id: job.id for job in workspace.tasks["street"].jobs for shape in job.annotations.shapes}
    assert {number: job for number, job in acknowledged.items() if found.get(number) != job} == {}
    with workspace.writing():
        pass  # What a commit took back that met a save is committed again by whoever writes next.
    saved = {shape.id for job in workspace.at("HEAD").tasks["street"].jobs for shape in job.annotations.shapes}
    assert set(acknowledged) <= saved
    log = git(workspace.root, "log", "--format=%s").splitlines()
    assert set(committed) <= set(log)
    assert committed
    assert git(workspace.root, "show", "HEAD:notes.txt") == committed[-1].removeprefix("notes ")
    assert git(workspace.root, "status", "--porcelain", "--", "tasks") == ""
    subprocess.run(["git", "fsck", "--strict"], cwd=workspace.root, check=True, capture_output=True)
    assert not (workspace.root / ".cvat" / "daemon.log").exists()


def test_who_waits_to_write_leaves_readers_alone(workspace: Workspace, running: Running) -> None:
    first = workspace.store.ids.take("object", 100)
    with ThreadPoolExecutor(CLIENTS) as threads, running.client() as client:
        with workspace.writing():

            def save(index: int) -> int:
                with running.client() as own:
                    body = change(first + index, frame=0)
                    return own.post("/api/cvatd/jobs/1/changes", json=body).status_code

            saves = [threads.submit(save, index) for index in range(CLIENTS)]
            wait_for_connections(running, CLIENTS)
            for path in ("/api/tasks", "/api/jobs/1/annotations", "/api/jobs/1/data?type=frame&number=0"):
                assert client.get(path, timeout=5).status_code == 200
            assert not any(task.done() for task in saves)
        assert {task.result() for task in saves} == {200}
    assert len(workspace.job(1).annotations.shapes) == CLIENTS


def wait_for_connections(running: Running, count: int) -> None:
    """Until the daemon has taken this many: then the requests are on their way to it."""
    tables = [Path(f"/proc/{running.process.pid}/net/tcp")]
    port = f":{int(running.url.rpartition(':')[2]):04X}"
    pause = threading.Event()
    for _ in range(500):
        lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()]
        established = [
            line for line in lines if line[1].endswith(port) and line[3] == "01" and line[4].endswith(":00000000")
        ]
        if len(established) >= count or not lines:
            return
        pause.wait(0.01)


def test_changes_of_one_object_end_as_one_of_them(workspace: Workspace, running: Running) -> None:
    number = workspace.store.ids.take("object")
    boxes: dict[str, list[float]] = {}

    def save(index: int) -> None:
        body = change(number, frame=index % 5)
        points = [float(index), 1.0, index + 9.0, 7.0]
        body["put"]["shapes"][0]["points"] = points
        with running.client() as client:
            answer = client.post("/api/cvatd/jobs/1/changes", json=body)
            answer.raise_for_status()
            boxes[msgspec.json.decode(answer.content, type=dict[str, str])["revision"]] = points

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(save, range(60)))
    (shape,) = workspace.job(1).annotations.shapes
    # Saves of one person amend each other, so the newest commit is the last save's.
    assert list(shape.points) == boxes[workspace.store.history.head()]
