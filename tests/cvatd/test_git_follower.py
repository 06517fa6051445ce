"""The daemon takes up what a `git merge` of the user left over, and tells the pages."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import pytest

import cvatsync
from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.protocol import ChangeEvent
from cvatd import git_follower
from cvatd.git_follower import GitFollower
from kit.team import draw, git, shared_workspace

SOON = 20.0


def moved(workspace: Workspace, number: int, at: float) -> None:
    box = Shape(frame=0, id=number, type="rectangle", label="car", points=(at, 0.0, at + 5.0, 5.0))
    workspace.tasks["street"].jobs[0].apply(ChangeSet(shapes=(box,)))


@pytest.fixture
def met(tmp_path: Path) -> Workspace:
    """A workspace that `git merge` brings a value into which meets one of its own."""
    mara, remote = shared_workspace(tmp_path)
    number = draw(mara, job=0).id
    cvatsync.sync(mara.root)
    ines = Workspace(cvatsync.clone(str(remote), tmp_path / "ines"))
    moved(ines, number, 40.0)
    cvatsync.sync(ines.root)
    moved(mara, number, 70.0)
    git(mara.root, "fetch", "-q")
    return mara


def test_after_a_merge_of_git_the_pages_hear_of_its_conflicts(met: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_follower, "START_SECONDS", 0.0)
    monkeypatch.setattr(git_follower, "QUIET_SECONDS", 0.05)
    heard: queue.Queue[ChangeEvent] = queue.Queue()
    follower = GitFollower(met, publish=heard.put)
    follower.start()
    try:
        git(met.root, "merge", "-q", "--no-edit", "origin/main")
        follower.notice()
        kinds = {heard.get(timeout=SOON).kind}
        while not heard.empty():
            kinds.add(heard.get().kind)
        assert "conflicts" in kinds
        assert len(met.conflicts()) == 1
    finally:
        follower.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "git"]


def test_a_merge_under_way_is_looked_at_again(met: Workspace) -> None:
    git(met.root, "merge", "-q", "--no-commit", "--no-ff", "origin/main")
    heard: list[ChangeEvent] = []
    follower = GitFollower(met, publish=heard.append)
    assert follower.look()
    assert heard == []
    git(met.root, "commit", "-q", "--no-edit")
    assert not follower.look()
    assert {event.kind for event in heard} >= {"conflicts"}
    assert not follower.look()
    assert git(met.root, "status", "--porcelain") == ""
