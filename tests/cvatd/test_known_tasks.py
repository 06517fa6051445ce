from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cvatcore.protocol import ChangeEvent
from cvatcore.workspace import Workspace
from cvatd import known_tasks
from cvatd.known_tasks import KnownTasks


def numbers(known: KnownTasks) -> list[int]:
    return [task.id for task in known.all()]


def test_tasks_are_remembered_until_something_changes(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_tasks, "SECONDS", 3600.0)
    known = KnownTasks(workspace)
    assert numbers(known) == [1]
    assert known.all() is known.all()
    workspace.create_task("empty", labels=["car"], data=None)
    assert numbers(known) == [1, 2]
    before = known.all()
    known.notice(ChangeEvent("job", task_id=1, job_id=1))
    assert known.all() is before
    known.notice(ChangeEvent("task", task_id=1))
    assert known.all() is not before


def test_a_document_that_others_remove_is_missed_for_a_moment_only(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownTasks(workspace)
    now = time.monotonic()
    monkeypatch.setattr("cvatd.known_tasks.monotonic", lambda: now)
    assert numbers(known) == [1]
    (workspace.root / "tasks" / "1" / "task.json").unlink()
    assert numbers(known) == [1]
    now += known_tasks.SECONDS + 0.1
    assert numbers(known) == []


def test_lists_follow_what_is_made_removed_and_brought_back(
    client: TestClient, workspace: Workspace, tmp_path: Path
) -> None:
    def listed() -> list[int]:
        return sorted(task["id"] for task in client.get("/api/tasks").json()["results"])

    assert listed() == [1]
    commit = workspace.store.history.head()
    made = client.post("/api/tasks", json={"name": "new", "labels": [{"name": "car"}]}).json()["id"]
    assert listed() == [1, made]
    assert client.delete("/api/tasks/1").status_code == 204
    assert listed() == [made]
    subprocess.run(["git", "checkout", "-q", commit, "--", "tasks/1"], cwd=workspace.root, check=True)
    assert listed() == [1, made]
    assert {job["task_id"] for job in client.get("/api/jobs").json()["results"]} == {1}
