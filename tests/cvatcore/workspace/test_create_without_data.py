"""Tasks that are made before their frames are there, and what of a task can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.workspace import Workspace
from cvatcore.workspace.create import create_task
from cvatcore.workspace.task_data import TaskData
from kit.pictures import write_picture


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    for number in range(4):
        write_picture(tmp_path / "pictures" / f"{number}.png", (8, 6))
    with Workspace.init(tmp_path / "ws", name="test") as made:
        yield made


def test_segment_size_and_assignee_wait_for_the_frames(workspace: Workspace, tmp_path: Path) -> None:
    bob = workspace.add_member("bob")
    number = create_task(
        workspace, " a  task ", data=None, labels=["car"], segment_size=3, overlap=1, assignee=bob.username, subset="s"
    )
    task = workspace.tasks[number]
    known = task.document
    assert (known.name, known.segment_size, known.overlap, known.assignee) == ("a task", 3, 1, "bob")
    assert (task.size, task.jobs) == (0, ())
    task.attach(TaskData(inputs=(tmp_path / "pictures",), segment_size=known.segment_size, overlap=known.overlap))
    assert [(job.start, job.stop) for job in task.jobs] == [(0, 2), (2, 3)]


def test_a_project_by_its_number_is_never_made(workspace: Workspace) -> None:
    create_task(workspace, "one", data=None, labels=["car"], project="7")
    (project,) = workspace.projects
    number = create_task(workspace, "two", data=None, project=project.id)
    assert workspace.tasks[number].document.project == project.id
    with pytest.raises((NotFound, InvalidInput)):
        create_task(workspace, "three", data=None, labels=["car"], project=7)
    assert len(workspace.projects) == 1
    assert len(workspace.tasks) == 2


def test_a_task_is_renamed_and_given_away(workspace: Workspace) -> None:
    workspace.add_member("bob")
    task = workspace.tasks[create_task(workspace, "one", data=None, labels=["car"], subset="train")]
    before = workspace.store.history.head()
    task.update(name="one")
    assert workspace.store.history.head() == before
    after = task.update(name="two", subset="", assignee="bob")
    assert (after.name, after.subset, after.assignee) == ("two", "", "bob")
    assert task.document == after
    assert task.update(assignee="").assignee == ""


@pytest.mark.parametrize("change", [{"name": " "}, {"name": "a\x00"}, {"subset": "x" * 65}, {"assignee": "nobody"}])
def test_a_wrong_change_changes_nothing(workspace: Workspace, change: dict[str, str]) -> None:
    task = workspace.tasks[create_task(workspace, "one", data=None, labels=["car"])]
    before = workspace.store.history.head()
    with pytest.raises((InvalidInput, NotFound)):
        task.update(**change)  # type: ignore[arg-type]  # an author is none of them
    assert workspace.store.history.head() == before
