from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import cvatsync
from cvatcore import ChangeSet, Workspace
from cvatcore.errors import RemoteFailed
from cvatcore.protocol import ChangeEvent, SyncStatus
from cvatd.autosync import AutoSync
from cvatsync import SyncReport
from kit.daemon import in_process
from kit.team import draw, git, ids, shared_workspace

WITHIN = 20.0


class Team:
    """A workspace with a remote, a colleague's clone, and the background sync of the workspace."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.remote = shared_workspace(folder)
        self.colleague = Workspace(cvatsync.clone(str(self.remote), folder / "ole"))
        self.events: queue.Queue[ChangeEvent] = queue.Queue()

    def settle(self, sync: AutoSync) -> SyncStatus:
        """Wait until a sync began and ended."""
        for _ in range(2):
            assert self.events.get(timeout=WITHIN).kind == "sync"
        return sync.status()

    @contextmanager
    def syncing(self, work: Callable[..., SyncReport] | None = None) -> Iterator[AutoSync]:
        sync = AutoSync(self.workspace, publish=self.events.put, synchronize=work)
        sync.start()
        try:
            yield sync
        finally:
            sync.stop()

    def configure(self, lines: str) -> None:
        """Set `[sync]`."""
        path = self.workspace.root / "cvat.toml"
        path.write_text(path.read_text(encoding="utf-8") + f"[sync]\n{lines}\n", encoding="utf-8")


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.workspace.close()
    made.colleague.close()


def test_it_is_off_by_default(team: Team) -> None:
    with team.syncing() as sync:
        status = sync.status()
        assert (status.state, status.interval_minutes, status.next, status.last) == ("idle", 0, "", "")
        assert status.address == str(team.remote)
        sync.notice(ChangeEvent("job", job_id=team.workspace.tasks["street"].jobs[0].id))
    assert team.events.empty()


def test_asked_for_it_brings_what_others_did(team: Team) -> None:
    draw(team.colleague, job=0)
    cvatsync.sync(team.colleague.root)
    draw(team.workspace, job=1)
    with team.syncing() as sync:
        sync.ask()
        status = team.settle(sync)
    assert (status.state, status.error, status.conflicts) == ("idle", "", 0)
    assert "received 1 commit" in status.summary
    assert status.last.endswith("Z")
    assert len(ids(team.workspace)) == 2
    cvatsync.sync(team.colleague.root)
    assert ids(team.colleague) == ids(team.workspace)


def test_a_completed_job_is_followed_by_a_sync(team: Team) -> None:
    team.configure("on_job_completion = true")
    git(team.workspace.root, "commit", "-qam", "settings")
    job = team.workspace.tasks["street"].jobs[0]
    with team.syncing() as sync:
        job.update(state="in progress")
        sync.notice(ChangeEvent("job", task_id=1, job_id=job.id))
        job.update(state="completed")
        sync.notice(ChangeEvent("job", task_id=1, job_id=job.id))
        assert team.settle(sync).error == ""
        assert not sync._is_any_completed({job.id, 999_999}), "it was completed before: one sync is enough"
    cvatsync.sync(team.colleague.root)
    assert team.colleague.tasks["street"].jobs[0].state == "completed"


def test_an_interval_is_told(team: Team) -> None:
    team.configure("interval_minutes = 7")
    with team.syncing() as sync:
        assert sync.status().next.endswith("Z")
        assert sync.status().interval_minutes == 7


def test_settings_hold_when_they_change(team: Team) -> None:
    with team.syncing() as sync:
        team.configure("interval_minutes = 7")
        sync.notice(ChangeEvent("workspace"))
        assert sync.status().interval_minutes == 7
        (team.workspace.root / "cvat.toml").write_text("[[broken", encoding="utf-8")
        sync.notice(ChangeEvent("workspace"))
        assert sync.status().interval_minutes == 0


def test_a_remote_that_is_gone_is_said_once_and_tried_again_later(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    team.configure("interval_minutes = 1")
    away = team.remote.rename(team.remote.with_name("away"))
    with team.syncing() as sync:
        for _ in range(3):
            sync.ask()
            status = team.settle(sync)
            assert status.state == "failed"
            assert "there is no such folder" in status.error
            assert status.next > status.last
        assert [record.message.startswith("The sync failed") for record in caplog.records] == [True]
        away.rename(team.remote)
        git(team.workspace.root, "commit", "-qam", "settings")
        sync.ask()
        assert team.settle(sync).error == ""


def test_without_a_remote_it_says_so(tmp_path: Path) -> None:
    events: queue.Queue[ChangeEvent] = queue.Queue()
    with Workspace.init(tmp_path / "alone") as workspace:
        sync = AutoSync(workspace, publish=events.put)
        sync.start()
        assert sync.status().address == ""
        sync.ask()
        for _ in range(2):
            events.get(timeout=WITHIN)
        assert (sync.status().state, bool(sync.status().hint)) == ("failed", True)
        sync.stop()


def test_the_end_of_the_daemon_cuts_a_sync_off(team: Team) -> None:
    inside, ended = threading.Event(), threading.Event()

    def endless(root: Path, *, remote: str, progress: Callable[[int, int], None]) -> SyncReport:
        try:
            for step in range(1_000_000_000):
                progress(step, 0)
                inside.set()
            raise AssertionError("nobody stopped it")
        finally:
            ended.set()

    with team.syncing(endless) as sync:
        sync.ask()
        assert inside.wait(WITHIN)
        assert sync.status().state == "running"
        assert sync.status().received > 0
        sync.ask()  # It is under way already.
    assert ended.is_set()
    assert sync.status().error == ""


def test_a_mistake_of_ours_does_not_end_it(team: Team) -> None:
    failures: list[Exception] = [ValueError("a mistake"), RemoteFailed("The remote is gone.", hint="Wait.")]

    def failing(root: Path, *, remote: str, progress: Callable[[int, int], None]) -> SyncReport:
        raise failures.pop(0)

    with team.syncing(failing) as sync:
        sync.ask()
        assert "log" in team.settle(sync).error
        sync.ask()
        status = team.settle(sync)
        assert (status.error, status.hint) == ("The remote is gone.", "Wait.")


def test_requests_and_edits_go_on_beside_it(team: Team) -> None:
    """The sync waits in its transfer, and everything else works as without it."""
    inside, go = threading.Event(), threading.Event()

    def slow(root: Path, *, remote: str, progress: Callable[[int, int], None]) -> SyncReport:
        inside.set()
        assert go.wait(WITHIN)
        return cvatsync.sync(root, remote=remote, progress=progress)

    with in_process(team.workspace) as client:
        context = client.app.state.sync  # type: ignore[attr-defined]  # Starlette's own
        context._synchronize = slow
        assert client.post("/api/cvatd/sync").json()["state"] == "running"
        assert inside.wait(WITHIN)
        box = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 30, 40], "id": 5}
        put = {"client": "a page", "put": {"shapes": [box]}, "delete": []}
        assert client.post("/api/cvatd/jobs/1/changes", json=put).status_code == 200
        assert client.get("/api/cvatd/sync").json()["state"] == "running"
        go.set()
        assert wait_for(client)["error"] == ""
    cvatsync.sync(team.colleague.root)
    assert ids(team.colleague) == [5]


def wait_for(client: TestClient) -> dict[str, str]:
    """The status once no sync is under way."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        status: dict[str, str] = client.get("/api/cvatd/sync").json()
        if status["state"] != "running":
            return status
    raise AssertionError("the sync did not end")


def test_conflicts_are_counted(team: Team) -> None:
    shape = draw(team.workspace, job=0)
    cvatsync.sync(team.workspace.root)
    cvatsync.sync(team.colleague.root)
    import msgspec

    for workspace, label in ((team.colleague, "person"), (team.workspace, "car")):
        moved = msgspec.structs.replace(shape, points=(5.0, 5.0, 60.0 + len(label), 60.0))
        workspace.tasks["street"].jobs[0].apply(ChangeSet(shapes=(moved,)))
    cvatsync.sync(team.colleague.root)
    with team.syncing() as sync:
        sync.ask()
        assert team.settle(sync).conflicts == 1
