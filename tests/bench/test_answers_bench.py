"""What an answer costs beside encoding it: shapes of a job, lists of tasks, and the two profiles of answers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from cvatcore.protocol import LabeledData, PaginatedTaskReadList
from cvatcore.protocol.profiles import as_of_2_7
from cvatcore.schema import Job, Shape, Task, encode_manifest
from cvatcore.store import encode_json
from cvatcore.store.layout import job_path, manifest_path, task_path
from cvatcore.workspace import Workspace
from kit.annotated import LABELS
from kit.daemon import start_daemon
from kit.pictures import write_picture
from kit.tasks import CREATED, numbered_pictures

ROUNDS = 15
SHAPES = 10_000
TASKS = 10_000
NEWER = {"User-Agent": "cvat_sdk/2.80.0"}


def middle(what: Callable[[], object]) -> float:
    """The median of some runs, in milliseconds."""
    times: list[float] = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        what()
        times.append((time.perf_counter() - before) * 1e3)
    return statistics.median(times)


def test_shapes_of_a_job_against_encoding_them(tmp_path: Path) -> None:
    write_picture(tmp_path / "0.png", (80, 60))
    with Workspace.init(tmp_path) as workspace:
        workspace.create_task("t", labels=["x"], data=[tmp_path / "0.png"])
        box = Shape(id=0, frame=0, type="rectangle", label="x", points=(1.5, 2.5, 30.5, 40.25))
        workspace.job(1).add(*(box for _ in range(SHAPES)))
    running = start_daemon(tmp_path)
    try:
        with running.client() as client:
            body = client.get("/api/jobs/1/annotations").content
            ours = middle(lambda: client.get("/api/jobs/1/annotations"))
    finally:
        running.stop()
    data = msgspec.json.decode(body, type=LabeledData)
    assert len(data.shapes) == SHAPES
    encoding = middle(lambda: msgspec.json.encode(data))
    ratio = ours / encoding
    print(f"\n{SHAPES} shapes over HTTP: {ours:.1f} ms, encoding them alone {encoding:.1f} ms: {ratio:.2f} times")
    print(f"the 2.7.6 profile of them takes {middle(lambda: as_of_2_7(data)):.4f} ms")


def test_pages_of_many_tasks(tmp_path: Path) -> None:
    manifest = encode_manifest(numbered_pictures(1))
    workspace = Workspace.init(tmp_path / "ws")
    for number in range(1, TASKS + 1):
        task = Task(id=number, name=f"street {number}", created=CREATED, owner="mara", labels=LABELS)
        for path, data in (
            (task_path(number), encode_json(task)),
            (manifest_path(number), manifest),
            (job_path(number, number), encode_json(Job(id=number, start=0, stop=0))),
        ):
            place = tmp_path / "ws" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    workspace.close()
    running = start_daemon(tmp_path / "ws")
    try:
        with running.client() as client:
            for query in ("", "page=900", "name=street 77", "search=street", "search=nothing", "page_size=all"):
                before = time.perf_counter()
                client.get(f"/api/tasks?{query}").raise_for_status()
                first = (time.perf_counter() - before) * 1e3
                again = middle(partial(client.get, f"/api/tasks?{query}"))
                print(f"\n{TASKS} tasks, ?{query}: {again:.1f} ms, the first time {first:.0f} ms", end="")
            body = client.get("/api/tasks?page_size=all", headers=NEWER).content
    finally:
        running.stop()
    page = msgspec.json.decode(body, type=PaginatedTaskReadList)
    assert len(page.results) == TASKS
    encoding, older = middle(lambda: msgspec.json.encode(page)), middle(lambda: as_of_2_7(page))
    print(f"\nthe 2.7.6 profile of {TASKS} tasks takes {older:.1f} ms, encoding them {encoding:.1f} ms")
