"""`cvat conflicts` and `cvat resolve`."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.schema import FieldConflict
from kit.annotated import annotated, box, put
from kit.command import cvat
from kit.conflicts import leave_conflict, points

ONE, TWO, GONE = "1111111111111111", "1122222222222222", "3333333333333333"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Box 7 at 20, in conflict with 30, and with another label; and the conflict of a box that is gone."""
    with annotated(tmp_path / "ws") as workspace:
        put(workspace.job(1), box(7, 5, at=20.0))
        leave_conflict(
            workspace,
            ONE,
            FieldConflict("label", "person", "car", "body"),
            points(base=1, ours=20, theirs=30),
            number=7,
            frame=5,
        )
        leave_conflict(workspace, TWO, FieldConflict("subset", "", "", "train"), kind="task", job=0)
        leave_conflict(workspace, GONE, points(base=1, ours=2, theirs=3), number=8, frame=6)
    return tmp_path / "ws"


def left(root: Path) -> list[str]:
    return [one["id"] for one in cvat("conflicts", "--json", workspace=root).json]


def test_a_table_with_a_line_a_field(root: Path) -> None:
    done = cvat("conflicts", workspace=root)
    assert done.code == 0
    rows = [line.split() for line in done.out.splitlines()]
    assert rows[0] == ["ID", "TASK", "JOB", "FRAME", "WHAT", "FIELD", "BASE", "OURS", "THEIRS"]
    assert " ".join(rows[1]) == "11222222 1 - - task street subset (empty) (empty) train"
    assert " ".join(rows[2]) == "11111111 1 1 5 rectangle 7 (car) label person car body"
    assert " ".join(rows[3]) == "position 1, 1 – 11, 21 20, 20 – 30, 40 30, 30 – 40, 50"
    assert " ".join(rows[4][:7]) == "33333333 1 1 6 object 8, gone"


def test_as_json(root: Path) -> None:
    found = cvat("conflicts", "street", "--json", workspace=root).json
    assert [one["id"] for one in found] == [TWO, ONE, GONE]
    assert found[1] == {
        "id": ONE,
        "kind": "shape",
        "status": "open",
        "what": "rectangle 7 (car)",
        "project_id": 0,
        "task_id": 1,
        "task_name": "street",
        "job_id": 1,
        "object_id": 7,
        "frame": 5,
        "fields": [
            {"field": "label", "name": "label", "base": "person", "ours": "car", "theirs": "body", "now": "car"},
            {
                "field": "points",
                "name": "position",
                "base": [1, 1, 11, 21],
                "ours": [20, 20, 30, 40],
                "theirs": [30, 30, 40, 50],
                "now": [20, 20, 30, 40],
            },
        ],
    }
    assert [one["id"] for one in cvat("conflicts", "--job", "1", "--json", workspace=root).json] == [ONE, GONE]
    assert cvat("conflicts", "nowhere", workspace=root).code == 4


def test_resolve_by_the_beginning_of_an_id(root: Path) -> None:
    done = cvat("resolve", "112", "--theirs", workspace=root)
    assert (done.code, done.out) == (0, "Took theirs: task street (subset)\n")
    assert left(root) == [ONE, GONE]
    with Workspace(root) as workspace:
        assert workspace.tasks[1].document.subset == "train"


def test_what_cannot_be_done_says_why(root: Path) -> None:
    for arguments, code, words in (
        (("resolve", "11", "--ours"), 2, "Several conflicts begin with '11'"),
        (("resolve", "9", "--ours"), 4, "There is no conflict '9'"),
        (("resolve", "33", "--theirs"), 4, "is gone"),
        (("resolve", "112", "--both"), 2, "there cannot be two"),
        (("resolve", "112"), 2, "Choose one side"),
        (("resolve", "112", "--ours", "--theirs"), 2, "Choose one side"),
        (("resolve", "--ours"), 2, "which conflicts are meant"),
        (("resolve", "112", "--all", "--ours"), 2, "which conflicts are meant"),
        (("resolve", "112", "--task", "1", "--ours"), 2, "--task goes with --all"),
    ):
        done = cvat(*arguments, workspace=root)
        assert (done.code, done.out) == (code, ""), arguments
        assert words in done.err
    assert left(root) == [TWO, ONE, GONE]
    assert "cvat resolve 33333333 --ours" in cvat("resolve", "33", "--theirs", workspace=root).err


def test_all_with_a_choice(root: Path) -> None:
    done = cvat("resolve", "--all", "--both", "--json", workspace=root)
    assert done.code == 5
    report = done.json
    assert (report["choice"], report["resolved"], list(report["skipped"])) == ("both", [ONE], [TWO, GONE])
    (new,) = report["added"]
    with Workspace(root) as workspace:
        assert {shape.id: shape.label for shape in workspace.job(1).annotations.shapes} == {7: "car", new: "body"}
        assert workspace.store.history.head() == report["commit"]
    done = cvat("resolve", "--all", "--theirs", "--task", "street", workspace=root)
    assert (done.code, done.out) == (5, "Took theirs: task street (subset)\n")
    assert done.err.startswith("Left: Conflict 33333333 is about object 8, which is gone")
    done = cvat("resolve", "--all", "--ours", workspace=root)
    assert (done.code, done.out) == (0, "Kept ours: object 8 (position)\n")
    for again in (cvat("resolve", "--all", "--ours", workspace=root), cvat("conflicts", workspace=root)):
        assert (again.code, again.out, again.err) == (0, "", "There are no conflicts.\n")
    assert cvat("resolve", "--all", "--ours", "--json", workspace=root).json["commit"] == ""
