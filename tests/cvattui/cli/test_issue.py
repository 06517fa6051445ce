"""`cvat issue`."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.command import cvat
from kit.tasks import labels, make_task, numbered_pictures


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with the task `street`: jobs 1 and 2, five frames each."""
    with Workspace.init(tmp_path / "w") as workspace:
        make_task(workspace, numbered_pictures(10), labels=labels("car"), segment_size=5)
    return tmp_path / "w"


def test_an_issue_from_its_first_comment_to_its_end(root: Path) -> None:
    done = cvat("issue", "open", "2", "7", "this is no car", "--at-point", "10,20", "--json", workspace=root)
    assert done.code == 0, done.err
    issue = done.json
    assert (issue["job_id"], issue["frame"], issue["position"]) == (2, 7, [10.0, 20.0])
    number = str(issue["id"])
    said = cvat("issue", "comment", number, "it is a van", workspace=root)
    assert cvat("issue", "comment", number, "it is a bus", "--edit", said.out.strip(), workspace=root).code == 0
    shown = cvat("issue", "show", number, workspace=root)
    assert shown.out.splitlines()[0] == f"issue {number}, open: task 1, job 2, frame 7"
    assert "  this is no car" in shown.out.splitlines()
    assert "  it is a bus" in shown.out.splitlines()
    assert cvat("issue", "resolve", number, workspace=root).code == 0
    assert [one["id"] for one in cvat("issue", "ls", "--resolved", "--json", workspace=root).json] == [int(number)]
    assert cvat("issue", "ls", "--open", "--json", workspace=root).json == []
    assert cvat("issue", "reopen", number, workspace=root).code == 0
    table = cvat("issue", "ls", "--task", "street", workspace=root).out.splitlines()
    assert table[0].split() == ["ISSUE", "TASK", "JOB", "FRAME", "STATE", "ASSIGNEE", "COMMENTS", "LAST"]
    assert table[1].split() == [number, "1", "2", "7", "open", "-", "2", "it", "is", "a", "bus"]
    assert cvat("issue", "rm", number, "--yes", workspace=root).code == 0
    assert cvat("issue", "ls", "--json", workspace=root).json == []
    assert cvat("undo", workspace=root).code == 0
    assert len(cvat("issue", "ls", "--json", workspace=root).json) == 1


def test_one_comment_goes_alone(root: Path) -> None:
    number = cvat("issue", "open", "1", "0", "look", workspace=root).out.strip()
    said = cvat("issue", "comment", number, "never mind", workspace=root).out.strip()
    assert cvat("issue", "rm", number, "--comment", said, "--yes", workspace=root).code == 0
    comments = cvat("issue", "show", number, "--json", workspace=root).json["comments"]
    assert [one["message"] for one in comments] == ["look"]


def test_assigning(root: Path) -> None:
    number = cvat("issue", "open", "1", "0", "look", workspace=root).out.strip()
    assert cvat("issue", "assign", number, "nobody-here", workspace=root).code == 4
    with Workspace(root) as workspace:
        workspace.add_member("ann")
    assert cvat("issue", "assign", number, "ann", "--json", workspace=root).json[0]["assignee"] == "ann"
    assert [one["assignee"] for one in cvat("issue", "ls", "--assignee", "ann", "--json", workspace=root).json] == [
        "ann"
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "99"), 4),
        (("open", "9", "0", "look"), 4),
        (("open", "1", "10", "look"), 2),
        (("open", "1", "0", "  "), 2),
        (("open", "1", "0", "look", "--at-point", "1,2,3"), 2),
        (("open", "1", "0", "look", "--at-point", "here"), 2),
        (("open", "1", "0", "look", "--at-point", "nan,1"), 2),
        (("rm", "99", "--yes"), 4),
    ],
)
def test_bad_input_says_so(root: Path, arguments: tuple[str, ...], code: int) -> None:
    done = cvat("issue", *arguments, workspace=root)
    assert done.code == code
    assert done.err.count("\n") <= 2
    assert "Traceback" not in done.err
    assert cvat("issue", "ls", "--json", workspace=root).json == []


def test_a_broken_issue_is_told_and_the_others_are_listed(root: Path) -> None:
    number = cvat("issue", "open", "1", "0", "look", workspace=root).out.strip()
    (root / "tasks/1/issues/77.json").write_text('{"id": 77}', encoding="utf-8")
    done = cvat("issue", "ls", "--json", workspace=root)
    assert [one["id"] for one in done.json] == [int(number)]
    assert "tasks/1/issues/77.json" in done.err
