"""Taking a change back in the midst of later ones."""

from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.errors import Conflict, NotFound
from cvatcore.store import Author
from cvatsync.revert.reverting import Reverted, revert_change
from kit.team import draw, git, ids, shared_workspace, snapshot

INES = Author(name="Ines", email="ines@example.org")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace in which every save is a commit of its own."""
    workspace, _ = shared_workspace(tmp_path)
    settings = workspace.root / "cvat.toml"
    settings.write_bytes(settings.read_bytes() + b"\n[save]\namend_seconds = 0\n")
    git(workspace.root, "commit", "-qam", "a commit a save")
    return workspace


def head(workspace: Workspace) -> str:
    return git(workspace.root, "rev-parse", "HEAD")


def revert(workspace: Workspace, change: str, *, subject: str = "Undo it") -> Reverted:
    return revert_change(workspace, after=change, before=f"{change}^", subject=subject, author=INES)


def put(workspace: Workspace, shape: Shape, **fields: object) -> str:
    """Save an object of the first job with other fields; the commit."""
    workspace.tasks["street"].jobs[0].apply(ChangeSet(shapes=(msgspec.structs.replace(shape, **fields),)))
    return head(workspace)


def test_what_was_done_since_stays(workspace: Workspace) -> None:
    first = draw(workspace, job=0)
    moved = put(workspace, first, points=(5.0, 5.0, 50.0, 50.0))
    put(workspace, workspace.tasks["street"].jobs[0].annotations.shapes[0], occluded=True)
    later = draw(workspace, job=0, frame=1)
    (workspace.root / "notes.txt").write_text("mine", encoding="utf-8")
    before = head(workspace)
    done = revert(workspace, moved)
    assert done.is_whole
    assert (done.before, done.commit) == (before, head(workspace))
    shapes = workspace.tasks["street"].jobs[0].annotations.shapes
    assert shapes == (msgspec.structs.replace(first, occluded=True), later)
    assert git(workspace.root, "log", "-1", "--format=%s by %an") == "Undo it by Ines"
    assert git(workspace.root, "rev-parse", "HEAD^") == before
    assert git(workspace.root, "status", "--porcelain") == "?? notes.txt"
    # And that again is a change that can be taken back.
    assert revert(workspace, done.commit).is_whole
    assert workspace.tasks["street"].jobs[0].annotations.shapes[0].points[0] == 5.0


def test_a_field_that_was_changed_again_stays_and_is_told(workspace: Workspace) -> None:
    first = draw(workspace, job=0)
    moved = put(workspace, first, points=(5.0, 5.0, 50.0, 50.0), z_order=3)
    put(workspace, workspace.tasks["street"].jobs[0].annotations.shapes[0], points=(6.0, 6.0, 60.0, 60.0))
    done = revert(workspace, moved)
    assert not done.is_whole
    assert [[field.field for field in conflict.fields] for conflict in done.conflicts] == [["points"]]
    shape = workspace.tasks["street"].jobs[0].annotations.shapes[0]
    assert (shape.points[0], shape.z_order) == (6.0, 0)
    # No conflict is opened for it.
    assert all("conflicts" not in path and "issues" not in path for path in done.changed)


def test_a_task_that_was_worked_in_since_stays(workspace: Workspace) -> None:
    made = git(workspace.root, "log", "--format=%H", "--grep", "Create the task")
    first = draw(workspace, job=0)
    done = revert(workspace, made)
    assert done.kept == ("tasks/1",)
    assert done.commit == done.before == head(workspace)
    assert ids(workspace) == [first.id]


def test_what_was_deleted_since_stays_deleted(workspace: Workspace) -> None:
    first = draw(workspace, job=0)
    moved = put(workspace, first, points=(5.0, 5.0, 50.0, 50.0))
    deleted = workspace.tasks["street"].delete()
    done = revert(workspace, moved)
    assert done.commit == head(workspace) == deleted
    assert len(workspace.tasks) == 0
    assert revert(workspace, deleted).is_whole
    assert ids(workspace) == [first.id]


def test_the_first_commit_of_all(workspace: Workspace) -> None:
    """What makes the workspace cannot be taken back by it."""
    first = git(workspace.root, "rev-list", "--max-parents=0", "HEAD")
    before = snapshot(workspace.root)
    done = revert_change(workspace, after=first, before="", subject="Undo it", author=INES)
    assert "cvat.toml" in done.kept
    assert snapshot(workspace.root)[0].keys() >= {"cvat.toml", "tasks/1/task.json"}
    assert before[0].keys() >= snapshot(workspace.root)[0].keys()


def test_an_edit_in_the_way_and_a_commit_that_is_not_there(workspace: Workspace) -> None:
    first = draw(workspace, job=0)
    moved = put(workspace, first, points=(5.0, 5.0, 50.0, 50.0))
    shard = workspace.root / f"tasks/1/annotations/{workspace.tasks['street'].jobs[0].id}/0.jsonl"
    shard.write_bytes(shard.read_bytes() + b"\n")
    before = snapshot(workspace.root)
    with pytest.raises(Conflict, match="edited here"):
        revert(workspace, moved)
    with pytest.raises(NotFound):
        revert(workspace, "f" * 40)
    assert snapshot(workspace.root) == before
