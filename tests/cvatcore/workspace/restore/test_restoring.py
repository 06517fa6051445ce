"""Bringing back what was committed once: as it was, with its ids, in one commit."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.edit.label_edits import delete_labels, rename_label
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Issue
from cvatcore.store.layout import issue_path, job_path, project_path, task_path
from cvatcore.workspace.labels import LabelSet
from cvatcore.workspace.restore.restore_targets import Target
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.committed import remove_files, write
from kit.tasks import CREATED
from kit.team import snapshot


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Job 1 has the frames 0 to 49, job 2 those from 50; each save is a commit."""
    with annotated(tmp_path, segment_size=50, amend_seconds=0) as made:
        git(tmp_path, "commit", "-qam", "settings")
        yield made


def files(workspace: Workspace) -> dict[str, bytes]:
    return snapshot(workspace.root)[0]


def head(workspace: Workspace) -> str:
    return workspace.store.history.head()


# --- tasks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["street", "task:1", "1", "tasks/1"])
def test_a_deleted_task_comes_back_with_all_that_was_in_it(workspace: Workspace, word: str) -> None:
    put(workspace.job(1), box(1), box(2, 40))
    put(workspace.job(2), box(3, 60))
    write(workspace, **{issue_path(1, 9): Issue(id=9, job=1, frame=3, created=CREATED)})
    before, had = files(workspace), head(workspace)
    workspace.tasks[1].delete()
    (workspace.root / "README").write_text("later\n", encoding="utf-8")
    restored = workspace.restore(word)
    (workspace.root / "README").unlink()
    assert files(workspace) == before
    (item,) = restored.items
    assert (item.title, item.source, item.files) == ("task 1, street", had, 8)
    assert (item.objects.added, item.objects.changed, item.objects.removed) == (3, 0, 0)
    assert restored.commit == head(workspace)
    assert git(workspace.root, "log", "-1", "--format=%s").strip() == f"Restore task 1, street as of {had[:10]}"
    assert workspace.operations()[0].subject == f"Restore task 1, street as of {had[:10]}"
    assert numbers(workspace.tasks["street"].annotations) == [1, 2, 3]
    assert_sound(workspace.root)


def test_a_task_that_is_here_needs_a_revision(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="Task 1 is here"):
        workspace.restore("street")


def test_a_task_becomes_as_it_was(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    before = files(workspace)
    git(workspace.root, "tag", "v1")
    put(workspace.job(1), box(1, at=9.0), box(2, 40))
    workspace.job(2).update(state="completed")
    workspace.tasks[1].delete_frames([3])
    guide = workspace.root / "tasks/1/notes.txt"
    guide.write_text("mine\n", encoding="utf-8")
    restored = workspace.restore("street", at="v1")
    assert guide.read_text(encoding="utf-8") == "mine\n"
    guide.unlink()
    assert files(workspace) == before
    (item,) = restored.items
    assert (item.objects.added, item.objects.changed, item.objects.removed) == (0, 1, 1)
    again = workspace.restore("street", at="v1")
    assert (again.commit, again.items[0].is_empty) == ("", True)


def test_a_task_by_the_name_that_it_had_then(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    then = head(workspace)
    write(workspace, **{task_path(1): msgspec.structs.replace(workspace.tasks[1].document, name="night")})
    workspace.restore("street", at=then)
    assert workspace.tasks[1].name == "street"


def test_a_dry_run_tells_and_writes_nothing(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    workspace.tasks[1].delete()
    before, newest = snapshot(workspace.root), head(workspace)
    planned = workspace.restore("street", dry_run=True)
    assert (planned.commit, planned.items[0].objects.added) == ("", 1)
    assert "tasks/1/task.json" in planned.paths
    assert (snapshot(workspace.root), head(workspace)) == (before, newest)
    done = workspace.restore("street")
    assert (done.items, done.paths) == (planned.items, planned.paths)


def test_a_task_brings_its_project_where_that_is_gone(workspace: Workspace) -> None:
    project = in_project(workspace)
    put(workspace.job(1), box(1))
    before = files(workspace)
    remove_files(workspace, "tasks", "projects")
    restored = workspace.restore("street")
    assert files(workspace) == before
    assert workspace.project(5).name == project
    assert restored.items[0].title == "task 1, street"


def test_a_project_comes_back_by_its_name(workspace: Workspace) -> None:
    in_project(workspace)
    before = files(workspace)
    remove_files(workspace, "projects")
    assert workspace.restore("Roads").items[0].title == "project 5, Roads"
    assert files(workspace) == before


def test_a_task_gives_the_project_the_labels_that_it_needs(workspace: Workspace) -> None:
    in_project(workspace)
    put(workspace.job(1), box(1), box(2, label="person"))
    workspace.tasks[1].delete()
    LabelSet(workspace, project=5).apply(lambda known: delete_labels(known, ["person"]))
    LabelSet(workspace, project=5).apply(lambda known: rename_label(known, "car", "auto"))
    workspace.restore("street")
    assert [label.name for label in workspace.project(5).labels] == ["auto", "body", "person"]
    assert numbers(workspace.job(1).annotations) == [1, 2]


def in_project(workspace: Workspace) -> str:
    """Make the task one of a new project."""
    task = workspace.tasks[1].document
    from cvatcore.schema import Project

    project = Project(id=5, name="Roads", created=CREATED, labels=task.labels)
    write(
        workspace,
        **{project_path(5): project, task_path(1): msgspec.structs.replace(task, project=5, labels=())},
    )
    return project.name


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_the_annotations_of_a_job_as_they_were(workspace: Workspace) -> None:
    put(workspace.job(1), box(1), box(2, 40))
    put(workspace.job(2), box(3, 60))
    then = head(workspace)
    put(workspace.job(1), box(4), box(1, at=8.0))
    put(workspace.job(2), box(5, 61))
    workspace.job(1).update(state="completed")
    (item,) = workspace.restore("job:1", at=then).items
    assert (item.objects.added, item.objects.changed, item.objects.removed) == (0, 1, 1)
    assert numbers(workspace.job(1).annotations) == [1, 2]
    # Another job's work, and the job's own document, are as they are now.
    assert numbers(workspace.job(2).annotations) == [3, 5]
    assert workspace.job(1).document.state == "completed"


def test_a_job_without_objects_gets_the_last_ones_it_had(workspace: Workspace) -> None:
    put(workspace.job(1), box(1), box(2, 40))
    with pytest.raises(InvalidInput, match="Job 1 is here"):
        workspace.restore("job:1")
    workspace.job(1).replace(())
    workspace.restore("1")
    assert numbers(workspace.job(1).annotations) == [1, 2]
    with pytest.raises(InvalidInput, match="never had an object"):
        workspace.restore("job:2")


def test_a_job_that_is_gone_comes_back_with_its_issues(workspace: Workspace) -> None:
    put(workspace.job(2), box(3, 60))
    write(
        workspace,
        **{
            issue_path(1, 8): Issue(id=8, job=2, frame=60, created=CREATED),
            issue_path(1, 9): Issue(id=9, job=1, frame=3, created=CREATED),
        },
    )
    before = files(workspace)
    remove_files(workspace, job_path(1, 2), "tasks/1/annotations/2", issue_path(1, 8))
    restored = workspace.restore("2")
    assert restored.items[0].title == "job 2"
    assert files(workspace) == before


def test_a_job_whose_task_is_gone_needs_the_task(workspace: Workspace) -> None:
    put(workspace.job(2), box(3, 60))
    workspace.tasks[1].delete()
    with pytest.raises(InvalidInput, match="one of task 1, which is gone") as caught:
        workspace.restore("job:2")
    assert "task:1" in caught.value.hint


# --- documents, and what cannot be ------------------------------------------------------------------------------------


def test_a_whole_document(workspace: Workspace) -> None:
    before = (workspace.root / "members.toml").read_bytes()
    then = head(workspace)
    workspace.add_member("bob")
    (item,) = workspace.restore("members.toml", at=then).items
    assert (item.kind, item.path, item.files) == ("file", "members.toml", 1)
    assert (workspace.root / "members.toml").read_bytes() == before


@pytest.mark.parametrize("word", ["nothing", "77", "task:77", "job:77", "project:9", "../x", ".git/config", ""])
def test_what_never_was(workspace: Workspace, word: str) -> None:
    with pytest.raises((NotFound, InvalidInput)):
        workspace.restore(word)


def test_what_was_not_there_at_that_revision(workspace: Workspace) -> None:
    first = git(workspace.root, "rev-list", "--max-parents=0", "HEAD").strip()
    put(workspace.job(1), box(1))
    for what, objects in (("street", ()), ("job:1", ()), ("tasks/1/task.json", ())):
        with pytest.raises(NotFound, match=f"at {first[:10]}"):
            workspace.restore(what, objects=objects, at=first)
    with pytest.raises(NotFound, match="no object 1 at"):
        workspace.restore(objects=[1], at=first)
    with pytest.raises(NotFound, match="no revision"):
        workspace.restore("street", at="v99")
    with pytest.raises(InvalidInput, match="what to restore"):
        workspace.restore()


def test_a_past_state_restores_nothing(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    then = head(workspace)
    put(workspace.job(1), box(2))
    with workspace.at(then) as past, pytest.raises(InvalidInput, match="does not change"):
        past.restore("street", at=then)


def test_hand_edits_are_committed_first(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    then = head(workspace)
    put(workspace.job(1), box(2))
    path = workspace.root / "tasks/1/annotations/1/0.jsonl"
    by_hand = path.read_bytes().replace(b'"car"', b'"person"')
    path.write_bytes(by_hand)
    restored = workspace.restore("job:1", at=then)
    assert workspace.job(1).annotations.shapes == (box(1),)
    kept = git(workspace.root, "show", f"{restored.hand_edits}:tasks/1/annotations/1/0.jsonl")
    assert kept.encode() == by_hand
    assert_sound(workspace.root)


def test_a_task_that_was_removed_by_hand(workspace: Workspace) -> None:
    import shutil

    put(workspace.job(1), box(1))
    before = files(workspace)
    shutil.rmtree(workspace.root / "tasks/1")
    restored = workspace.restore("street")
    assert files(workspace) == before
    assert restored.hand_edits
    assert_sound(workspace.root)


def test_several_things_are_one_commit(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    put(workspace.job(2), box(3, 60))
    workspace.job(1).apply(ChangeSet(delete=frozenset({1})))
    workspace.job(2).replace(())
    commits = int(git(workspace.root, "rev-list", "--count", "HEAD"))
    restored = workspace.restore("job:2", Target("object", 1))
    assert int(git(workspace.root, "rev-list", "--count", "HEAD")) == commits + 1
    assert [item.title for item in restored.items] == ["job 2", "object 1"]
    assert numbers(workspace.tasks[1].annotations) == [1, 3]
    then = head(workspace)
    with pytest.raises(InvalidInput, match="in job 1, which is restored as a whole"):
        workspace.restore("street", Target("object", 1), at=then)


def test_undo_takes_a_restore_back(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    workspace.tasks[1].delete()
    before = files(workspace)
    workspace.restore("street")
    workspace.undo()
    assert files(workspace) == before


def test_a_workspace_in_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    git_root = tmp_path / "model"
    git_root.mkdir()
    git(git_root, "init", "-q")
    (git_root / "train.py").write_text("x = 1\n", encoding="utf-8")
    git(git_root, "add", ".")
    git(git_root, "commit", "-qm", "code")
    with annotated(git_root / "data") as workspace:
        put(workspace.job(1), box(1))
        workspace.tasks[1].delete()
        (git_root / "train.py").write_text("x = 2\n", encoding="utf-8")
        workspace.restore("street")
        assert numbers(workspace.job(1).annotations) == [1]
        workspace.undo()
        workspace.redo()
        assert numbers(workspace.job(1).annotations) == [1]
    assert git(git_root, "status", "--porcelain") == " M train.py\n"


def test_reports_are_plain_data(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    workspace.tasks[1].delete()
    assert json.loads(msgspec.json.encode(workspace.restore("street")))["items"][0]["kind"] == "task"
