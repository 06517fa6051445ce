from __future__ import annotations

import ctypes
import errno
import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import cvatsync
from cvatcore.protocol import ChangeEvent
from cvatcore.schema import Shape
from cvatcore.workspace import Workspace
from cvatcore.workspace.media_mapping import map_media
from cvatd import watcher as watching
from cvatd.watcher import Watcher, events_of
from kit.command import cvat_process
from kit.daemon import Running, daemon
from kit.events import Listener
from kit.team import draw, git, shared_workspace

WITHIN = 1.0
"""Seconds in which a change made by others has to be told."""

LONG = 20.0
"""Seconds in which it is told however busy the machine is."""


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


# --- what moves the branch under a daemon ----------------------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Workspace, Workspace]]:
    """A workspace with a remote, and a colleague's clone with a box that the workspace does not have."""
    mine, remote = shared_workspace(tmp_path)
    theirs = Workspace(cvatsync.clone(str(remote), tmp_path / "ole"))
    draw(theirs, job=1)
    cvatsync.sync(theirs.root)
    with mine, theirs:
        yield mine, theirs


@contextmanager
def heard(root: Path) -> Iterator[tuple[Running, Listener]]:
    """A daemon on a workspace, and its feed."""
    with daemon(root) as running:
        listener = Listener(running)
        listener.next(kind="hello")
        yield running, listener
        listener.close()


def drawn_boxes(running: Running, job: int) -> int:
    with running.client() as client:
        return len(client.get(f"/api/jobs/{job}/annotations").json()["shapes"])


@pytest.mark.parametrize("how", ["git pull", "cvat sync", "sync of the daemon"])
def test_what_comes_from_a_remote_reaches_open_pages(shared: tuple[Workspace, Workspace], how: str) -> None:
    mine, _ = shared
    with heard(mine.root) as (running, listener):
        assert drawn_boxes(running, 2) == 0
        if how == "git pull":
            git(mine.root, "pull", "-q", "--ff-only")
        elif how == "cvat sync":
            assert cvat_process("sync", cwd=mine.root).code == 0
        else:
            draw(mine, job=0)  # So that it is a merge, landed by the daemon's own process.
            listener.next(kind="annotations")
            with running.client() as client:
                client.post("/api/cvatd/sync").raise_for_status()
        event = listener.next(kind="annotations")
        assert (event["task_id"], event["job_id"]) == (1, 2)
        assert drawn_boxes(running, 2) == 1


def test_another_branch_is_told(shared: tuple[Workspace, Workspace]) -> None:
    mine, _ = shared
    git(mine.root, "switch", "-q", "-c", "trial")
    draw(mine, job=0)
    with heard(mine.root) as (running, listener):
        assert drawn_boxes(running, 1) == 1
        git(mine.root, "switch", "-q", "main")
        assert listener.next(kind="annotations", within=WITHIN)["job_id"] == 1
        assert drawn_boxes(running, 1) == 0


def test_where_media_lie_is_told(workspace: Workspace, running: Running, listener: Listener, tmp_path: Path) -> None:
    (tmp_path / "pictures").rename(tmp_path / "moved")
    with running.client() as client:
        assert client.get("/api/cvatd/tasks/1/media").json()["missing"] == 10
        map_media(workspace, str(tmp_path / "pictures"), tmp_path / "moved")
        listener.next(kind="media", within=WITHIN)
        assert client.get("/api/cvatd/tasks/1/media").json()["missing"] == 0
        assert "X-Cvatd-Missing" not in client.get("/api/jobs/1/data?type=frame&number=0").headers


def test_many_files_of_a_job_are_one_event() -> None:
    paths = [f"tasks/1/annotations/2/{first}.jsonl" for first in range(0, 3200, 32)]
    (event,) = events_of([*paths, "tasks/1/annotations/2/tracks.jsonl", "tasks/1/annotations/2/x.tmp"])
    assert (event.kind, event.task_id, event.job_id) == ("annotations", 1, 2)


def test_a_job_document_changes_its_task_too() -> None:
    assert [event.kind for event in events_of(["tasks/1/jobs/2.json"])] == ["job", "task"]


def test_media_and_local_files_are_nobodys_business() -> None:
    assert events_of([".cvat/ids.json", "photo.jpg", "tasks", "tasks/1/annotations/2/.x.swp"]) == []


# --- the watcher alone, over files that nobody's program wrote --------------------------------------------------------


class Told:
    """What a watcher told, to be waited for."""

    def __init__(self, root: Path) -> None:
        self.events: queue.Queue[ChangeEvent] = queue.Queue()
        self.restarts: queue.Queue[None] = queue.Queue()
        self.watcher = Watcher(
            root,
            publish=self.events.put,
            own_write=lambda path: False,
            lost_count=lambda: self.restarts.put(None),
        )

    def next(self, kind: str, *, task: int = 0, job: int = 0, within: float = WITHIN) -> None:
        """Wait for an event."""
        deadline = time.monotonic() + within
        while True:
            event = self.events.get(timeout=max(0.001, deadline - time.monotonic()))
            if (event.kind, event.task_id, event.job_id) == (kind, task, job):
                return


@contextmanager
def watched(root: Path) -> Iterator[Told]:
    told = Told(root)
    told.watcher.start()
    try:
        yield told
    finally:
        told.watcher.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a workspace looks like to a watcher."""
    root = tmp_path / "watched"
    write(root / "tasks/1/task.json")
    write(root / "tasks/1/jobs/2.json")
    write(root / "tasks/1/annotations/2/0.jsonl")
    write(root / "media/a.png")
    (root / ".cvat").mkdir()
    (root / "projects").mkdir()
    return root


def write(path: Path, text: str = "{}") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def replace(path: Path) -> None:
    """As an editor saves: another file takes the place."""
    beside = path.with_name("~new")
    beside.write_text("{} ", encoding="utf-8")
    os.replace(beside, path)


CHANGES: dict[str, tuple[Callable[[Path], None], tuple[str, int, int]]] = {
    "a shard in place": (lambda root: write(root / "tasks/1/annotations/2/0.jsonl", "{ }"), ("annotations", 1, 2)),
    "a shard by renaming": (lambda root: replace(root / "tasks/1/annotations/2/0.jsonl"), ("annotations", 1, 2)),
    "a shard that is new": (lambda root: write(root / "tasks/1/annotations/2/32.jsonl"), ("annotations", 1, 2)),
    "the first shard of a job": (lambda root: write(root / "tasks/1/annotations/3/0.jsonl"), ("annotations", 1, 3)),
    "a shard that is gone": (lambda root: (root / "tasks/1/annotations/2/0.jsonl").unlink(), ("annotations", 1, 2)),
    "a job that is new": (lambda root: write(root / "tasks/1/jobs/3.json"), ("job", 1, 3)),
    "a task that is new": (lambda root: write(root / "tasks/9/task.json"), ("task", 9, 0)),
    "a task that is gone": (lambda root: shutil.rmtree(root / "tasks/1"), ("task", 1, 0)),
    "a task moved away": (lambda root: os.rename(root / "tasks/1", root.parent / "away"), ("task", 1, 0)),
    "a folder of jobs moved away": (
        lambda root: os.rename(root / "tasks/1/jobs", root.parent / "away"),
        ("task", 1, 0),
    ),
    "the settings": (lambda root: write(root / "cvat.toml"), ("workspace", 0, 0)),
    "the members": (lambda root: replace(root / "members.toml"), ("workspace", 0, 0)),
    "a project": (lambda root: write(root / "projects/1/project.json"), ("tasks", 0, 0)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_way_to_change_is_seen(folder: Path, change: str) -> None:
    do, (kind, task, job) = CHANGES[change]
    with watched(folder) as told:
        do(folder)
        told.next(kind, task=task, job=job)


@pytest.mark.parametrize("change", CHANGES)
def test_and_where_the_system_cannot_watch(folder: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from watchdog import observers

    def at_its_limit() -> None:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(observers, "Observer", at_its_limit)
    test_every_way_to_change_is_seen(folder, change)


def test_folders_that_go_and_come_back_are_watched_again(folder: Path) -> None:
    with watched(folder) as told:
        shutil.rmtree(folder / "tasks")
        told.next("task", task=1)
        write(folder / "tasks/4/task.json")
        told.next("task", task=4)
        write(folder / "tasks/4/annotations/7/0.jsonl")
        told.next("annotations", task=4, job=7)
        replace(folder / "tasks/4/annotations/7/0.jsonl")
        told.next("annotations", task=4, job=7)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
@pytest.mark.parametrize("allowed", [0, 2, 5])
def test_at_the_limit_of_watches_files_are_looked_at(
    folder: Path, allowed: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limit_watches(monkeypatch, allowed)
    with watched(folder) as told:
        assert "cannot watch all" in caplog.text
        write(folder / "tasks/1/annotations/2/0.jsonl", "{ }")
        told.next("annotations", task=1, job=2)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
def test_the_limit_may_come_with_a_later_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limit_watches(monkeypatch, 9)
    with watched(folder) as told:
        assert "cannot watch all" not in caplog.text
        for task in (2, 3):
            write(folder / f"tasks/{task}/annotations/5/0.jsonl")
            told.next("annotations", task=task, job=5)
        assert "cannot watch all" in caplog.text
        write(folder / "tasks/3/annotations/5/0.jsonl", "{ }")
        told.next("annotations", task=3, job=5)


def limit_watches(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    """As if /proc/sys/fs/inotify/max_user_watches were this low, without taking it from other programs."""
    from watchdog.observers import inotify_c
    from watchdog.observers.inotify_c import WatchDescriptor

    watched: set[int] = set()
    add, remove = inotify_c.inotify_add_watch, inotify_c.inotify_rm_watch

    def limited_add(handle: int, path: bytes, mask: int) -> int:
        number: int = add(handle, path, mask)
        watched.add(number)
        if len(watched) > allowed:
            limited_remove(handle, number)
            ctypes.set_errno(errno.ENOSPC)
            return -1
        return number

    def limited_remove(handle: int, number: int) -> int:
        watched.discard(number)
        removed: int = remove(handle, WatchDescriptor(number))
        return removed

    monkeypatch.setattr(inotify_c, "inotify_add_watch", limited_add)
    monkeypatch.setattr(inotify_c, "inotify_rm_watch", limited_remove)


def test_media_are_not_watched(folder: Path) -> None:
    with watched(folder) as told:
        for number in range(50):
            write(folder / f"media/{number}.png")
            write(folder / f".cvat/{number}.json")
        write(folder / "cvat.toml")
        told.next("workspace")
        assert told.events.empty()
        roots = {Path(str(watch.path)) for watch in told.watcher._watches.values()}
        assert roots == {folder, folder / "tasks", folder / "projects"}
        assert not told.watcher._watches[""].is_recursive


def test_after_a_flood_clients_fetch_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MANY", 20)  # A slow disk spreads the files over many moments.
    with watched(folder) as told:
        for number in range(400):
            write(folder / f"tasks/1/annotations/2/{number * 32}.jsonl")
        told.restarts.get(timeout=LONG)
        told.next("annotations", task=1, job=2, within=LONG)


def test_a_pull_of_many_files_is_told(workspace: Workspace, listener: Listener, running: Running) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=workspace.root, check=True, capture_output=True)

    git("switch", "-qc", "theirs")
    for number in range(300):
        write(workspace.root / f"tasks/1/annotations/1/{number * 32}.jsonl", "")
        write(workspace.root / f"tasks/1/annotations/2/{number * 32}.jsonl", "")
    git("add", "-A")
    git("commit", "-qm", "theirs")
    git("switch", "-q", "main")
    while listener.heard(for_seconds=0.5):
        pass
    before = time.monotonic()
    git("merge", "-q", "theirs")
    missing = {1, 2}
    while missing:
        missing.discard(listener.next(kind="annotations", within=WITHIN)["job_id"])
    with running.client() as client:
        assert client.get("/api/tasks").status_code == 200
    assert time.monotonic() - before < 3
