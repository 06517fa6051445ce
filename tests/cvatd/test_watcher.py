from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore.schema import Shape
from cvatcore.workspace import Workspace
from cvatd.watcher import events_of
from kit.daemon import Running, daemon
from kit.events import Listener

WITHIN = 1.0
"""Seconds in which a change made by others has to be told."""


@pytest.fixture
def running(workspace: Workspace) -> Iterator[Running]:
    with daemon(workspace.root) as started:
        yield started


@pytest.fixture
def listener(running: Running) -> Iterator[Listener]:
    made = Listener(running)
    assert made.next(kind="hello")["instance"]
    yield made
    made.close()


def car(frame: int = 0) -> Shape:
    return Shape(frame=frame, id=0, type="rectangle", label="car", points=(1.0, 2.0, 3.0, 4.0))


def test_another_process_saves(workspace: Workspace, listener: Listener) -> None:
    before = time.monotonic()
    workspace.job(2).add(car(7))
    event = listener.next(kind="annotations")
    assert (event["task_id"], event["job_id"], event["objects"]) == (1, 2, None)
    assert time.monotonic() - before < WITHIN


def test_an_editor_writes_in_place(workspace: Workspace, listener: Listener, running: Running) -> None:
    workspace.job(1).add(car())
    listener.next(kind="annotations")
    shard = workspace.root / "tasks/1/annotations/1/0.jsonl"
    shard.write_bytes(shard.read_bytes().replace(b"[1.0,", b"[0.5,"))
    assert listener.next(kind="annotations", within=WITHIN)["job_id"] == 1
    with running.client() as client:
        (shape,) = client.get("/api/jobs/1/annotations").json()["shapes"]
    assert shape["points"][0] == 0.5


def test_git_brings_another_version(workspace: Workspace, listener: Listener) -> None:
    before = workspace.store.history.head()
    workspace.job(1).add(car())
    listener.next(kind="annotations")
    subprocess.run(["git", "reset", "-q", "--hard", before], cwd=workspace.root, check=True)
    assert listener.next(kind="annotations", within=WITHIN)["job_id"] == 1
    assert workspace.job(1).annotations.shapes == ()


def test_tasks_come_and_go(workspace: Workspace, listener: Listener, tmp_path: Path) -> None:
    workspace.create_task("second", labels=["x"], data=[tmp_path / "pictures"])
    assert listener.next(kind="tasks", within=WITHIN)
    workspace.tasks["second"].delete()
    assert listener.next(kind="tasks", within=WITHIN)


def test_own_saves_are_told_once(running: Running, listener: Listener) -> None:
    with running.client() as client:
        box = {"id": 5, "type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4]}
        change = {"client": "a page", "put": {"shapes": [box]}, "delete": []}
        client.post("/api/cvatd/jobs/1/changes", json=change).raise_for_status()
    event = listener.next()
    assert (event["kind"], event["objects"], event["client"]) == ("annotations", [5], "a page")
    assert listener.heard(for_seconds=0.5) == []


def test_many_files_of_a_job_are_one_event() -> None:
    paths = [f"tasks/1/annotations/2/{first}.jsonl" for first in range(0, 3200, 32)]
    (event,) = events_of([*paths, "tasks/1/annotations/2/tracks.jsonl", "tasks/1/annotations/2/x.tmp"])
    assert (event.kind, event.task_id, event.job_id) == ("annotations", 1, 2)


def test_a_job_document_changes_its_task_too() -> None:
    assert [event.kind for event in events_of(["tasks/1/jobs/2.json"])] == ["job", "task"]


def test_media_and_local_files_are_nobodys_business() -> None:
    assert events_of([".cvat/ids.json", "photo.jpg", "tasks", "tasks/1/annotations/2/.x.swp"]) == []
