"""`cvat validate`: its exit codes and formats; the rules have tests of their own."""

from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat
from kit.samples import photo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The tasks `day` and `night`, with a box each."""
    root = tmp_path / "w"
    with Workspace.init(root) as workspace:
        for name in ("day", "night"):
            task = workspace.create_task(name, labels=["car"], data=[photo("camera.png")])
            task.jobs[0].add(Shape(frame=0, id=0, type="rectangle", label="car", points=(10, 20, 110, 220)))
    return root


@pytest.fixture
def broken(root: Path) -> Path:
    """The same, with a label in `day` that it does not have."""
    shard = root / "tasks" / "1" / "annotations" / "1" / "0.jsonl"
    shard.write_text(shard.read_text(encoding="utf-8").replace('"car"', '"cat"'), encoding="utf-8")
    return root


def test_a_sound_workspace_ends_with_0(root: Path) -> None:
    done = cvat("validate", workspace=root)
    assert done.code == 0, done.out
    assert done.out == "Nothing is wrong.\n"
    as_json = cvat("validate", "--format", "json", workspace=root)
    assert (as_json.code, as_json.json) == (0, [])
    assert cvat("validate", "--format", "github", workspace=root).out == ""


def test_a_broken_rule_ends_with_1_and_names_file_and_line(broken: Path) -> None:
    done = cvat("validate", workspace=broken)
    assert done.code == 1
    assert done.out.startswith("tasks/1/annotations/1/0.jsonl:1: error [")
    assert "cat" in done.out
    (finding,) = cvat("validate", "--format", "json", workspace=broken).json
    assert (finding["path"], finding["line"]) == ("tasks/1/annotations/1/0.jsonl", 1)
    github = cvat("validate", "--format", "github", workspace=broken)
    assert github.code == 1
    assert github.out.startswith("::error file=tasks/1/annotations/1/0.jsonl,line=1,title=")


def test_one_task_alone(broken: Path) -> None:
    assert cvat("validate", "night", workspace=broken).code == 0
    assert cvat("validate", "day", workspace=broken).code == 1


@pytest.mark.parametrize("arguments", [["dusk"], ["--format", "xml"], ["--colour"]])
def test_what_cannot_be_checked_ends_with_2(root: Path, arguments: list[str]) -> None:
    done = cvat("validate", *arguments, workspace=root)
    assert (done.code, done.out) == (2, "")
    assert arguments[-1] in done.err


def test_no_workspace_ends_with_2(tmp_path: Path) -> None:
    done = cvat("validate", workspace=tmp_path)
    assert done.code == 2
    assert "not in a workspace" in done.err
