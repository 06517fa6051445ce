"""The daemon takes what comes into watched folders."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Workspace
from cvatcore.protocol import ChangeEvent
from cvatcore.workspace.watching import unwatch_folder, watch_folder
from cvatd.feed import Feed
from kit.daemon import in_process
from kit.pictures import write_picture

SECONDS = 20


class Heard:
    """The changes that were published, waited for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[ChangeEvent] = []
        self._new = threading.Condition()
        real = Feed.publish

        def publish(feed: Feed, event: ChangeEvent) -> None:
            with self._new:
                self.events.append(event)
                self._new.notify_all()
            real(feed, event)

        monkeypatch.setattr(Feed, "publish", publish)

    def until(self, wanted: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked at after every event, and a few times a second."""
        with self._new:
            for _ in range(SECONDS * 5):
                if wanted():
                    return
                self._new.wait(0.2)
        raise AssertionError(self.events)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "drop").mkdir()
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.create_task("street", labels=["x"], data=None)
        yield workspace


def test_files_become_frames_and_pages_are_told(workspace: Workspace, heard: Heard, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    with in_process(workspace, watch=True) as client:

        def state() -> Any:
            return client.get("/api/cvatd/watch").json()

        assert state()["folders"] == []
        # The daemon runs already: it takes up a new rule by itself.
        watch_folder(task, tmp_path / "drop", stable=60)
        heard.until(lambda: len(state()["folders"]) == 1)
        heard.events.clear()
        write_picture(tmp_path / "drop" / "a.png")
        heard.until(lambda: task.size == 1)
        (job,) = task.jobs
        for wanted in (
            ChangeEvent("task", task_id=1),
            ChangeEvent("tasks"),
            ChangeEvent("job", task_id=1, job_id=job.id),
        ):
            heard.until(lambda wanted=wanted: wanted in heard.events)  # type: ignore[misc]  # a lambda's default
        meta = client.get(f"/api/jobs/{job.id}/data/meta").json()
        assert [frame["name"] for frame in meta["frames"]] == ["a.png"]
        (tmp_path / "drop" / "a.png").unlink()
        heard.until(lambda: ChangeEvent("media") in heard.events)
        heard.until(lambda: state()["folders"][0]["missing_count"] == 1)
        assert state()["folders"][0]["missing"] == [{"name": "a.png", "reason": "It is gone.", "frame": 0}]
        unwatch_folder(workspace, tmp_path / "drop")
        heard.until(lambda: state()["folders"] == [])


def test_a_file_under_a_temporary_name_is_taken_when_it_is_renamed(
    workspace: Workspace, heard: Heard, tmp_path: Path
) -> None:
    task = workspace.tasks["street"]
    watch_folder(task, tmp_path / "drop", stable=60)
    with in_process(workspace, watch=True) as client:
        heard.until(lambda: bool(client.get("/api/cvatd/watch").json()["folders"]))
        path = write_picture(tmp_path / "a.png")
        path.rename(tmp_path / "drop" / "a.png.part")
        os.rename(tmp_path / "drop" / "a.png.part", tmp_path / "drop" / "a.png")
        heard.until(lambda: task.size == 1)


def test_rules_that_cannot_be_read_are_said(workspace: Workspace, heard: Heard) -> None:
    (workspace.root / ".cvat" / "watch.toml").write_text("[[watch]]\nfolder = 3\n")
    with in_process(workspace, watch=True) as client:
        heard.until(lambda: bool(client.get("/api/cvatd/watch").json()["problem"]))
        said = json.dumps(client.get("/api/cvatd/watch").json())
        assert ".cvat/watch.toml" in said


def test_what_the_daemon_took_is_not_what_undo_means(workspace: Workspace, heard: Heard, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    workspace.create_task("other", labels=["x"], data=None)
    watch_folder(task, tmp_path / "drop", stable=60)
    with in_process(workspace, watch=True) as client:
        heard.until(lambda: bool(client.get("/api/cvatd/watch").json()["folders"]))
        write_picture(tmp_path / "drop" / "a.png")
        heard.until(lambda: task.size == 1)
    workspace.undo()
    assert (task.size, [task.name for task in workspace.tasks]) == (1, ["street"])
