"""`cvat diff`, as text, table, JSON and page."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Keyframe, Track, Workspace
from cvatcore.store.layout import shard_path
from kit.annotated import annotated, box, git, put
from kit.command import cvat


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two commits, v1 and v2, with a bit of everything between them."""
    with annotated(tmp_path / "w", segment_size=50, amend_seconds=0) as workspace:
        job = workspace.tasks[1].jobs[0]
        put(job, box(1), box(2, 3), msgspec.structs.replace(box(3, 3, label="person"), attributes={"hat": "red"}))
        keys = tuple(
            Keyframe(frame=frame, track=20, type="rectangle", points=(frame, 0.0, frame + 10, 10.0))
            for frame in (0, 5, 40)
        )
        car = Track(id=20, label="car", keyframes=keys)
        job.apply(ChangeSet(tracks=(car,)))
        git(workspace.root, "commit", "-qam", "settings")
        git(workspace.root, "tag", "v1")
        moved = msgspec.structs.replace(keys[1], points=(8.0, 4.0, 18.0, 14.0))
        job.apply(
            ChangeSet(
                shapes=(
                    msgspec.structs.replace(box(2, 3), points=(4.0, 5.0, 14.0, 35.0)),
                    msgspec.structs.replace(box(3, 3), attributes={"hat": "blue"}),
                    box(4, 40),
                ),
                tracks=(msgspec.structs.replace(car, keyframes=(keys[0], moved)),),
                delete=frozenset({1}),
            )
        )
        workspace.job(1).update(state="completed")
        git(workspace.root, "tag", "v2")
    return tmp_path / "w"


TEXT = """\
task 1, street
  ~ job 1: state: new -> completed
  job 1
    frame 0
      - 1 rectangle car
    frame 3
      ~ 2 rectangle car: moved 9.49 px, 10×20 -> 10×30, IoU 0.29
      ~ 3 rectangle car: label: person -> car; hat: red -> blue
    frame 5
      ~ 20 rectangle track car: keyframes ~1 -1 (frames 5, 40), moved up to 5 px, IoU from 0.27
    frame 40
      + 4 rectangle car
1 added, 3 changed, 1 removed (car +1 ~3 -1)
"""


def test_as_text(root: Path) -> None:
    done = cvat("diff", "v1..v2", workspace=root)
    assert (done.code, done.err) == (0, "")
    assert done.out == TEXT
    assert cvat("diff", "v1", workspace=root).out == TEXT  # The working tree is as v2.
    assert cvat("diff", "v1..", "street", workspace=root).out == TEXT
    assert cvat("diff", "v1..v2", "task:1", "--job", "1", workspace=root).out == TEXT


def test_as_a_table(root: Path) -> None:
    done = cvat("diff", "v1..v2", "--stat", workspace=root)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "TASK  NAME    JOB  LABEL  ADDED  CHANGED  REMOVED",
        "   1  street    1  car        1        3        1",
        "",
        "LABEL  ADDED  CHANGED  REMOVED",
        "car        1        3        1",
        "all        1        3        1",
    ]
    assert "1 document differs too" in done.err


def test_as_json(root: Path) -> None:
    found = cvat("diff", "v1..v2", "--json", workspace=root).json
    assert found["labels"] == [{"label": "car", "added": 1, "changed": 3, "removed": 1}]
    (task,) = found["tasks"]
    assert task["documents"][0]["changes"] == [
        {"field": "state", "before": "new", "after": "completed", "words": "state: new -> completed"}
    ]
    objects = {one["id"]: one for one in task["jobs"][0]["objects"]}
    assert {number: one["status"] for number, one in objects.items()} == {
        1: "removed", 2: "changed", 3: "changed", 4: "added", 20: "changed"
    }  # fmt: skip
    assert objects[2]["movement"]["shift"] == [3.0, 9.0]
    assert objects[2]["after"]["points"] == [4, 5, 14, 35]
    assert objects[4]["before"] is None
    assert [key["status"] for key in objects[20]["keyframes"]] == ["changed", "removed"]
    cut = cvat("diff", "v1..v2", "--json", "--limit", "2", workspace=root).json
    assert cut["left_out"] == 3
    assert [one["id"] for one in cut["tasks"][0]["jobs"][0]["objects"]] == [1, 2]


def test_a_limit_says_what_is_left_out(root: Path) -> None:
    done = cvat("diff", "v1..v2", "--limit", "2", workspace=root)
    assert "3 more objects are left out" in done.out
    assert " 4 rectangle" not in done.out


def test_what_is_edited_by_hand_is_the_default(root: Path) -> None:
    done = cvat("diff", workspace=root)
    assert (done.code, done.out, done.err) == (0, "", "Nothing differs.\n")
    shard = root / shard_path(1, 1, 32)
    shard.unlink()
    assert "- 4 rectangle car" in cvat("diff", workspace=root).out
    assert "- 4 rectangle car" in cvat("diff", "street", workspace=root).out
    assert cvat("diff", "task:1", workspace=root).out == cvat("diff", "HEAD", "street", workspace=root).out


def test_a_task_that_is_gone_can_be_named(root: Path) -> None:
    with Workspace(root) as workspace:
        workspace.tasks[1].delete()
    done = cvat("diff", "v2..HEAD", "street", workspace=root)
    assert done.code == 0, done.err
    assert done.out.startswith("task 1, street (removed)\n")


@pytest.mark.parametrize(
    "arguments",
    [("nope",), ("nope..v2",), ("v1..nope",), ("HEAD~99",), ("v1..v2", "nowhere"), ("v1", "task:7")],
)
def test_what_is_not_there(root: Path, arguments: tuple[str, ...]) -> None:
    done = cvat("diff", *arguments, workspace=root)
    assert (done.code, done.out) == (4, "")
    first, *rest = done.err.splitlines()
    assert first.startswith("cvat: There is no ")
    assert len(rest) <= 1


@pytest.mark.parametrize("arguments", [("v1...v2",), ("v1", "--stat", "--json"), ("--job", "0")])
def test_what_makes_no_sense(root: Path, arguments: tuple[str, ...]) -> None:
    assert cvat("diff", *arguments, workspace=root).code == 2


def test_a_broken_line_is_named_after_all_else(root: Path) -> None:
    shard = root / shard_path(1, 1, 0)
    shard.write_bytes(shard.read_bytes() + b"<<<<<<< ours\n")
    (root / shard_path(1, 1, 32)).unlink()
    done = cvat("diff", workspace=root)
    assert done.code == 12
    assert "- 4 rectangle car" in done.out
    assert re.search(rf"{shard_path(1, 1, 0)}:\d+: A conflict marker", done.err)


def test_names_of_others_do_not_reach_the_terminal(root: Path) -> None:
    with Workspace(root) as workspace:
        put(workspace.tasks[1].jobs[0], box(9))
        shard = root / shard_path(1, 1, 0)
        text = shard.read_text(encoding="utf-8")
        assert '"id":9,"type":"rectangle","label":"car"' in text
    broken = text.replace('"id":9,"type":"rectangle","label":"car"', '"id":9,"type":"rectangle","label":"\\u001b[2J"')
    shard.write_text(broken, encoding="utf-8", newline="\n")
    done = cvat("diff", workspace=root)
    assert "\x1b" not in done.out
    assert "label: car ->" in done.out


def test_as_a_page(root: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = cvat("diff", "v1..v2", "--html", page, workspace=root)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"Wrote {page}: 4 frames.\n"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    cut = cvat("diff", "v1..v2", "--html", page, "--limit", "1", workspace=root)
    assert "1 frame, 3 left out" in cut.err
    refused = cvat("diff", "v1", "--html", page / "p.html", workspace=root)
    assert (refused.code, refused.out) == (8, "")
