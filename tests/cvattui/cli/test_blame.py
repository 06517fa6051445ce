"""`cvat blame`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cvatcore import ChangeSet
from cvatcore.store import Author
from kit.annotated import annotated, box, git
from kit.command import cvat

ANN, BOB = Author("ann", "ann@example.org"), Author("bob", "bob@example.org")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Ann made two boxes, bob moved one and deleted the other."""
    with annotated(tmp_path / "w", amend_seconds=0) as workspace:
        git(workspace.root, "commit", "-qam", "settings")
        job = workspace.job(1)
        job.apply(ChangeSet(shapes=(box(1, 3), box(2, 3))), author=ANN)
        job.apply(ChangeSet(shapes=(box(1, 3, at=4.0),)), author=BOB)
        job.apply(ChangeSet(delete=frozenset({2})), author=BOB)
    return tmp_path / "w"


def commits(root: Path) -> list[str]:
    """Newest first."""
    return git(root, "log", "--format=%H").split()


def plain(text: str) -> list[str]:
    return [re.sub(r" +", " ", re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "WHEN", line)) for line in text.splitlines()]


def test_an_object_field_by_field(root: Path) -> None:
    _, moved, made, *_ = (commit[:8] for commit in commits(root))
    done = cvat("blame", "--object", "1", workspace=root)
    assert done.code == 0, done.err
    assert plain(done.out) == [
        "rectangle 1, car: task 1, job 1, frame 3",
        f"made WHEN ann {made} street, job 1: 2 added",
        f"changed WHEN bob {moved} street, job 1: 1 changed",
        "",
        "FIELD VALUE BY WHEN COMMIT WHAT",
        f"frame 3 ann WHEN {made} street, job 1: 2 added",
        f"type rectangle ann WHEN {made} street, job 1: 2 added",
        f"label car ann WHEN {made} street, job 1: 2 added",
        f"points 4 4 14 24 bob WHEN {moved} street, job 1: 1 changed",
        f"source manual ann WHEN {made} street, job 1: 2 added",
    ]


def test_one_that_is_gone(root: Path) -> None:
    done = cvat("blame", "--object", "2", workspace=root)
    assert done.code == 0, done.err
    lines = plain(done.out)
    assert lines[0] == "rectangle 2, car: task 1, job 1, frame 3, gone"
    assert lines[3] == f"removed WHEN bob {commits(root)[0][:8]} street, job 1: 1 removed"


def test_as_json(root: Path) -> None:
    (found,) = cvat("blame", "--object", "1", "--json", workspace=root).json
    assert (found["id"], found["task_id"], found["job_id"], found["is_gone"]) == (1, 1, 1, False)
    by = {field["field"]: field["by"] for field in found["fields"]}
    assert by["points"]["commit"] == commits(root)[1]
    assert (by["label"]["author"], by["label"]["email"]) == ("ann", "ann@example.org")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", by["label"]["time"])


def test_the_objects_of_a_job_and_of_a_frame(root: Path) -> None:
    done = cvat("blame", "1", workspace=root)
    assert done.code == 0, done.err
    head, row = plain(done.out)
    assert head == "OBJECT JOB FRAME TYPE LABEL MADE BY MADE CHANGED BY CHANGED COMMIT"
    assert row == f" 1 1 3 rectangle car ann WHEN bob WHEN {commits(root)[1][:8]}"
    assert cvat("blame", "street", "--frame", "3", workspace=root).out == done.out
    (found,) = cvat("blame", "task:1", "--frame", "3", "--json", workspace=root).json
    assert (found["made"]["author"], found["changed"]["author"]) == ("ann", "bob")
    none = cvat("blame", "street", "--frame", "4", workspace=root)
    assert (none.code, none.out) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--object", "77"), 4),
        (("nowhere",), 4),
        (("99",), 4),
        (("street", "--frame", "1000"), 2),
        ((), 2),
        (("street", "--object", "1"), 2),
    ],
)
def test_what_is_not_there(root: Path, arguments: tuple[str, ...], code: int) -> None:
    done = cvat("blame", *arguments, workspace=root)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("cvat: ")
