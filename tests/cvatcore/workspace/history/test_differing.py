from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Keyframe, Track, Workspace
from cvatcore.errors import NotFound
from cvatcore.merge.diff import diff_annotations
from cvatcore.store.layout import shard_path, tracks_path
from cvatcore.workspace.history.differing import WorkspaceDiff
from kit.annotated import annotated, box, git, put


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Two jobs, of frames 0 to 49 and 50 to 99; each save is a commit."""
    with annotated(tmp_path / "w", segment_size=50, amend_seconds=0) as made:
        git(made.root, "commit", "-qam", "settings")
        yield made


def car(*frames: int, x: float = 0.0) -> Track:
    keyframes = tuple(
        Keyframe(frame=frame, track=20, type="rectangle", points=(x, 0.0, x + 10, 10.0)) for frame in frames
    )
    return Track(id=20, label="car", keyframes=keyframes)


def named(diff: WorkspaceDiff) -> list[tuple[int, str]]:
    return [(one.id, one.status) for one in diff.objects]


def test_two_revisions(workspace: Workspace) -> None:
    job = workspace.tasks[1].jobs[0]
    put(job, box(1), box(2, 40), box(3, 3))
    before = workspace.past.resolve("HEAD")
    job.apply(ChangeSet(shapes=(box(2, 40, at=5.0), box(4, 40)), delete=frozenset({1})))
    found = workspace.diff(before, "HEAD")
    assert named(found) == [(1, "removed"), (2, "changed"), (4, "added")]
    assert (found.before, found.after) == (before, workspace.past.resolve("HEAD"))
    assert [(task.task, task.name, [one.job for one in task.jobs]) for task in found.tasks] == [(1, "street", [1])]
    assert [(row.label, row.added, row.changed, row.removed) for row in found.labels] == [("car", 1, 1, 1)]
    assert workspace.diff("HEAD", "HEAD").is_empty
    assert named(workspace.diff("HEAD", before)) == [(1, "added"), (2, "changed"), (4, "removed")]


def test_a_view_of_the_past_is_compared_as_it_was(workspace: Workspace) -> None:
    put(workspace.tasks[1].jobs[0], box(1))
    put(workspace.tasks[1].jobs[0], box(2))
    with workspace.at("HEAD~1") as then:
        assert named(then.diff("HEAD~2")) == [(1, "added")]


def test_what_is_edited_by_hand(workspace: Workspace) -> None:
    put(workspace.tasks[1].jobs[0], box(1), box(2))
    assert workspace.diff().is_empty
    shard = workspace.root / shard_path(1, 1, 0)
    shard.write_text(shard.read_text(encoding="utf-8").replace('"id":2', '"id":3'), encoding="utf-8", newline="\n")
    assert named(workspace.diff()) == [(2, "removed"), (3, "added")]
    git(workspace.root, "add", ".")
    assert named(workspace.diff()) == [(2, "removed"), (3, "added")]
    # A file that git does not track yet counts too, one that is no file of the format does not.
    other = workspace.root / shard_path(1, 2, 64)
    other.parent.mkdir(parents=True)
    other.write_bytes(b'{"frame":64,"id":9,"type":"tag","label":"car"}\n')
    (workspace.root / "notes.txt").write_text("mine", encoding="utf-8")
    found = workspace.diff()
    assert named(found) == [(2, "removed"), (3, "added"), (9, "added")]
    assert found.documents == ()
    shard.unlink()
    assert named(workspace.diff()) == [(1, "removed"), (2, "removed"), (9, "added")]


def test_tracks_with_only_what_differs(workspace: Workspace) -> None:
    job = workspace.tasks[1].jobs[0]
    job.apply(ChangeSet(tracks=(car(0, 10, 40),)))
    moved = car(0, 10, 40)
    keys = (moved.keyframes[0], msgspec.structs.replace(moved.keyframes[1], points=(5.0, 0.0, 15.0, 10.0)))
    job.apply(ChangeSet(tracks=(msgspec.structs.replace(moved, keyframes=keys),)))
    (found,) = workspace.diff("HEAD~1", "HEAD").objects
    assert (found.kind, found.status, found.frame) == ("track", "changed", 10)
    assert [(key.frame, key.status) for key in found.keyframes] == [(10, "changed"), (40, "removed")]
    job.apply(ChangeSet(tracks=(msgspec.structs.replace(moved, keyframes=keys, label="person"),)))
    (found,) = workspace.diff("HEAD~1", "HEAD").objects
    assert [change.field for change in found.fields] == ["label"]
    assert found.keyframes == ()


def test_it_is_what_the_whole_states_differ_in(workspace: Workspace) -> None:
    """Reading only lines that differ finds the same as comparing everything."""
    job = workspace.tasks[1].jobs[0]
    job.apply(ChangeSet(shapes=(box(1), box(2, 33), box(3, 34)), tracks=(car(0, 33),)))
    before = job.annotations
    # One moves to another frame, and so to another file.
    job.apply(ChangeSet(shapes=(box(2, 3), box(3, 34, label="person")), tracks=(car(0, 35),), delete=frozenset({1})))
    whole = diff_annotations(before, job.annotations)
    found = workspace.diff("HEAD~1", "HEAD").objects
    assert [(one.id, one.status, one.fields, one.movement) for one in found] == [
        (one.id, one.status, one.fields, one.movement) for one in whole
    ]
    assert [key for one in found for key in one.keyframes] == [key for one in whole for key in one.keyframes]


def test_documents_in_words(workspace: Workspace) -> None:
    workspace.job(1).update(state="completed")
    workspace.add_member("eve")
    found = workspace.diff("HEAD~2", "HEAD")
    assert [(one.kind, [change.words for change in one.changes]) for one in found.documents] == [
        ("members", ["member eve added"])
    ]
    (task,) = found.tasks
    assert [(one.kind, one.number, [change.words for change in one.changes]) for one in task.documents] == [
        ("job", 1, ["state: new -> completed"])
    ]


def test_one_task_and_one_job(workspace: Workspace) -> None:
    put(workspace.tasks[1].jobs[0], box(1))
    put(workspace.tasks[1].jobs[1], box(2, 60))
    workspace.add_member("eve")
    assert named(workspace.diff("HEAD~3", "HEAD")) == [(1, "added"), (2, "added")]
    only = workspace.diff("HEAD~3", "HEAD", job=2)
    assert named(only) == [(2, "added")]
    assert only.documents == ()
    assert workspace.diff("HEAD~3", "HEAD", task=7).is_empty


def test_a_task_that_was_deleted(workspace: Workspace) -> None:
    put(workspace.tasks[1].jobs[0], box(1))
    workspace.tasks[1].delete()
    (task,) = workspace.diff("HEAD~1", "HEAD").tasks
    assert (task.name, task.status) == ("street", "removed")
    assert {one.status for one in task.documents} == {"removed"}
    assert [one.id for one in task.objects] == [1]


def test_a_broken_line_is_named_and_the_rest_is_compared(workspace: Workspace) -> None:
    put(workspace.tasks[1].jobs[0], box(1), box(2, 40))
    path = shard_path(1, 1, 0)
    shard = workspace.root / path
    shard.write_bytes(shard.read_bytes() + b"{broken\n")
    (workspace.root / shard_path(1, 1, 32)).unlink()
    found = workspace.diff()
    assert [(one.path, one.side, one.line) for one in found.unreadable] == [(path, "after", 2)]
    assert named(found) == [(2, "removed")]
    (workspace.root / "members.toml").write_text("members = 3", encoding="utf-8")
    assert {one.path for one in workspace.diff().unreadable} == {path, "members.toml"}


def test_a_broken_list_of_tracks(workspace: Workspace) -> None:
    workspace.tasks[1].jobs[0].apply(ChangeSet(tracks=(car(0),)))
    path = tracks_path(1, 1)
    (workspace.root / path).write_bytes(b"[]\n")
    found = workspace.diff()
    assert [(one.path, one.line) for one in found.unreadable] == [(path, 1)]
    assert found.objects == ()


def test_revisions_that_are_not_there(workspace: Workspace) -> None:
    for sides in (("nope", ""), ("HEAD", "nope"), ("HEAD~99", "")):
        with pytest.raises(NotFound):
            workspace.diff(*sides)


def test_a_workspace_that_is_a_folder_of_a_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "model.py").write_text("1", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "model")
    with annotated(tmp_path / "data", amend_seconds=0) as workspace:
        put(workspace.tasks[1].jobs[0], box(1))
        (tmp_path / "model.py").write_text("2", encoding="utf-8")
        shutil.rmtree(workspace.root / "tasks/1/annotations")
        assert named(workspace.diff()) == [(1, "removed")]
        assert named(workspace.diff("HEAD~1", "HEAD")) == [(1, "added")]
        assert [one.path for one in workspace.diff().documents] == ["cvat.toml"]
