"""`cvat project`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat, take_back
from kit.samples import photo


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the task `day` of two photos, with the labels car and person."""
    root = tmp_path_factory.mktemp("projects")
    with Workspace.init(root) as workspace:
        workspace.create_task("day", labels=["car", "person"], data=[photo("astronaut.png"), photo("camera.png")])
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "w"))


def test_a_project_from_its_making_to_its_end(root: Path) -> None:
    done = cvat("project", "ls", workspace=root)
    assert (done.code, done.out) == (0, "")
    assert "no projects" in done.err
    done = cvat("project", "create", "city", "--labels", "car,walker", "--assignee", "ann", "--json", workspace=root)
    assert done.code == 0, done.err
    assert (done.json["id"], done.json["labels"], done.json["assignee"]) == (1, ["car", "walker"], "ann")
    done = cvat("project", "set", "city", "--bug-tracker", "https://bugs", "--assignee", "", workspace=root)
    assert done.code == 0, done.err
    assert cvat("project", "rename", "1", "town", workspace=root).code == 0
    with Workspace(root) as workspace:
        workspace.job(1).add(Shape(0, 0, "rectangle", "person", points=(1, 1, 5, 5)))
    refused = cvat("project", "add", "town", "day", workspace=root)
    assert refused.code != 0
    assert "person" in refused.err
    moved = cvat("project", "add", "town", "day", "--label", "person=walker", workspace=root)
    assert moved.code == 0, moved.err
    with Workspace(root) as workspace:
        assert [shape.label for shape in workspace.job(1).annotations.shapes] == ["walker"]
    rows = cvat("project", "ls", workspace=root).out.splitlines()
    assert [row.split() for row in rows] == [
        ["PROJECT", "NAME", "TASKS", "FRAMES", "ASSIGNEE", "LABELS"],
        ["1", "town", "1", "2", "-", "car,walker"],
    ]
    shown = cvat("project", "show", "town", workspace=root).out
    assert "https://bugs" in shown
    assert shown.splitlines()[-1].split() == ["1", "day", "-", "2"]
    again = cvat("project", "add", "town", "day", workspace=root)
    assert (again.code, again.out) == (0, "")
    removed = cvat("project", "rm", "town", "--yes", workspace=root)
    assert removed.code == 0, removed.err
    assert cvat("task", "ls", "--json", workspace=root).json == []
    take_back(removed.out.strip())
    assert cvat("project", "show", "town", "--json", workspace=root).json["tasks"][0]["name"] == "day"
    take_back(moved.out.strip())
    with Workspace(root) as workspace:
        assert [shape.label for shape in workspace.job(1).annotations.shapes] == ["person"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "nowhere"), "no project 'nowhere'"),
        (("create", " "), "empty"),
        (("create", "x", "--labels", "a,a"), "twice"),
        (("set", "nowhere", "--name", "x"), "no project"),
        (("set", "nowhere"), "nothing to change"),
        (("rm", "nowhere", "--yes"), "no project"),
        (("add", "nowhere", "day"), "no project"),
    ],
)
def test_what_is_refused(root: Path, arguments: tuple[str, ...], words: str) -> None:
    done = cvat("project", *arguments, workspace=root)
    assert done.code != 0
    assert words in done.err


def test_labels_in_cvats_raw_form(root: Path) -> None:
    done = cvat("project", "create", "x", "--labels", '[{"name": "car", "color": "#010203"}]', workspace=root)
    assert done.code == 0, done.err
    with Workspace(root) as workspace:
        assert [label.color for label in workspace.project(1).labels] == ["#010203"]
    wrong = cvat("project", "add", "x", "day", "--label", "car", workspace=root)
    assert "names no two labels" in wrong.err
