"""A file that cannot be read hides nothing but what it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.errors import InvalidDocument, NotFound
from cvatcore.workspace.labels import find_labels, label_sets
from cvatcore.workspace.restore.restore_targets import find_target
from cvatcore.workspace.unreadable import Unreadable, read_each
from kit.samples import photo


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The tasks `one`, `two` and `three`, a job each; `three` is of a project."""
    with Workspace.init(tmp_path / "w") as made:
        for name in ("one", "two"):
            made.create_task(name, labels=["car"], data=[photo("camera.png")])
        made.create_task("three", labels=["car"], data=[photo("camera.png")], project="city")
        yield made


def break_file(workspace: Workspace, path: str, *, line: int = 3) -> None:
    lines = (workspace.root / path).read_text().splitlines()
    lines[line - 1] = "<<<<<<< HEAD"
    (workspace.root / path).write_text("\n".join(lines) + "\n")


def names(workspace: Workspace) -> tuple[list[str], list[Unreadable]]:
    return read_each(workspace.tasks, lambda task: task.name)


def test_all_is_read_where_nothing_is_wrong(workspace: Workspace) -> None:
    assert names(workspace) == (["one", "two", "three"], [])


def test_a_broken_task_is_told_and_the_others_are_read(workspace: Workspace) -> None:
    break_file(workspace, "tasks/1/task.json")
    found, (unreadable,) = names(workspace)
    assert found == ["two", "three"]
    assert (unreadable.task, unreadable.job, unreadable.path, unreadable.line) == (1, 0, "tasks/1/task.json", 3)
    assert unreadable.message.startswith("tasks/1/task.json:3: ")
    assert "conflict markers" in unreadable.hint


def test_a_broken_job_is_told_with_its_task(workspace: Workspace) -> None:
    break_file(workspace, "tasks/2/jobs/2.json", line=2)
    jobs = [job for task in workspace.tasks for job in task.jobs]
    found, (unreadable,) = read_each(jobs, lambda job: job.start)
    assert found == [0, 0]
    assert (unreadable.task, unreadable.job, unreadable.path) == (2, 2, "tasks/2/jobs/2.json")


def test_what_went_away_meanwhile_is_no_fault(workspace: Workspace) -> None:
    tasks = list(workspace.tasks)
    workspace.tasks[2].delete()
    found, unreadable = read_each(tasks, lambda task: task.name)
    assert (found, unreadable) == (["one", "three"], [])


def test_a_task_whose_project_is_gone_cannot_be_read(workspace: Workspace) -> None:
    number = workspace.tasks["three"].document.project
    (workspace.root / f"projects/{number}/project.json").unlink()
    found, (unreadable,) = read_each(workspace.tasks, lambda task: len(task.labels))
    assert found == [1, 1]
    assert (unreadable.task, unreadable.path) == (3, "tasks/3/task.json")
    assert "project" in unreadable.message


def test_others_are_found_by_name_beside_a_broken_one(workspace: Workspace) -> None:
    break_file(workspace, "tasks/1/task.json")
    assert workspace.tasks["two"].id == 2
    assert find_target(workspace, "two").number == 2
    with pytest.raises(NotFound) as refusal:
        workspace.tasks["one"]
    assert "tasks/1/task.json:3" in refusal.value.hint


def test_labels_of_others_are_listed_but_none_is_guessed(workspace: Workspace) -> None:
    break_file(workspace, "tasks/1/task.json")
    sets, unreadable = label_sets(workspace)
    assert [one.title for one in sets] == ["project 1, city", "task 2, two"]
    assert [one.task for one in unreadable] == [1]
    with pytest.raises(InvalidDocument):
        find_labels(workspace)
