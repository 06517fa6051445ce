"""`cvat label`."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.schema import Project
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import project_path
from kit.annotated import git
from kit.command import cvat, cvat_process, take_back
from kit.fresh import loads
from kit.labelled import LABELS, content, labelled, labels, used


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return labelled(tmp_path / "w")


def test_ls_and_show(root: Path) -> None:
    done = cvat("label", "ls", workspace=root)
    assert done.code == 0, done.err
    assert [line.split() for line in done.out.splitlines()] == [
        ["OF", "LABEL", "COLOR", "TYPE", "ATTRIBUTES", "JOINTS", "ONCE"],
        ["task", "1", "car", "#112233", "any", "color", "-", "-"],
        ["task", "1", "van", "#223344", "rectangle", "-", "-", "-"],
        ["task", "1", "body", "#00ff00", "skeleton", "-", "nose,hip", "-"],
    ]
    done = cvat("label", "show", "car", workspace=root)
    assert done.out.splitlines() == [
        "car (any, #112233)",
        "  ATTRIBUTE  TYPE    MUTABLE  VALUES     DEFAULT",
        "  color      select  -        red, blue  red",
    ]
    assert "joint nose (#808080)" in cvat("label", "show", "body", workspace=root).out
    assert cvat("label", "show", "car", "--json", workspace=root).json["attributes"][0]["values"] == ["red", "blue"]


def test_a_workspace_without_labels_says_so(tmp_path: Path) -> None:
    root = Workspace.init(tmp_path / "w").root
    done = cvat("label", "ls", workspace=root)
    assert (done.code, done.out) == (0, "")
    assert "cvat task create" in done.err
    assert cvat("label", "ls", "--json", workspace=root).json == []


def test_dry_run_tells_what_would_happen_and_writes_nothing(root: Path) -> None:
    before = content(root)
    done = cvat("label", "rename", "car", "vehicle", "--dry-run", workspace=root)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Rename the label car to vehicle (task 1, street): 2 objects changed",
        "TASK  NAME    JOB  CHANGED  REMOVED",
        "   1  street    1        1        0",
        "   1  street    2        1        0",
    ]
    assert cvat("label", "rm", "car", "--dry-run", "--json", workspace=root).json == {
        "preview": {
            "subject": "Delete the label car",
            "changed": 0,
            "removed": 2,
            "tasks": [
                {
                    "task": 1,
                    "name": "street",
                    "changed": 0,
                    "removed": 2,
                    "jobs": [{"job": 1, "changed": 0, "removed": 1}, {"job": 2, "changed": 0, "removed": 1}],
                }
            ],
            "lost": [],
            "unfit": [],
            "notes": [],
        },
        "commit": "",
        "undo": "",
    }
    assert content(root) == before
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["rename", "car", "vehicle"],
        ["rename", "body", "beak", "--joint", "nose"],
        ["merge", "car", "--into", "van", "--yes"],
        ["move", "car", "van", "--yes"],
        ["rm", "car", "body", "--yes"],
        ["rm", "car", "--move-to", "van", "--yes"],
        ["recolor", "car", "#abcdef"],
        ["retype", "car", "bbox"],
        ["add", "bus", "tram"],
        ["attr", "add", "car", "doors", "--type", "number", "--value", "1;5;1"],
        ["attr", "set", "car", "color", "--value", "red", "--value", "green", "--yes"],
        ["attr", "rename", "car", "color", "paint"],
        ["attr", "rm", "car", "color", "--yes"],
        ["attr", "add", "body", "seen", "--joint", "nose", "--type", "checkbox"],
    ],
    ids=lambda arguments: "-".join(arguments[:3]),
)
def test_what_a_change_prints_takes_it_back_byte_for_byte(root: Path, arguments: list[str]) -> None:
    before = content(root)
    done = cvat("label", *arguments, workspace=root)
    assert done.code == 0, done.err
    assert content(root) != before
    assert git(root, "status", "--porcelain") == ""
    assert "To take it back:" in done.err
    take_back(done.out)
    assert content(root) == before


def test_json_has_the_commit_and_the_way_back(root: Path) -> None:
    done = cvat("label", "rename", "car", "vehicle", "--json", workspace=root)
    assert done.json["commit"] == git(root, "rev-parse", "HEAD").strip()
    assert done.json["undo"].startswith(f'cvat -C "{root}" undo --operation ')
    assert done.json["preview"]["changed"] == 2
    assert used(root) == ["vehicle", "van", "vehicle", "body"]
    assert labels(root)[0]["aliases"] == ["car"]


def test_what_gets_lost_is_told_and_asked_for(root: Path) -> None:
    before = content(root)
    done = cvat("label", "merge", "car", "--into", "van", workspace=root)
    assert done.code == 2
    assert "Lost: 1 value of color of car, like blue" in done.err
    assert "--yes" in done.err
    done = cvat("label", "rm", "car", workspace=root)
    assert done.code == 2
    assert "2 objects will be gone." in done.err
    assert content(root) == before


def test_what_loses_nothing_is_not_asked_for(root: Path) -> None:
    cvat("label", "add", "bus", workspace=root)
    assert cvat("label", "rm", "bus", workspace=root).code == 0
    assert cvat("label", "merge", "van", "--into", "car", workspace=root).code == 0
    assert used(root) == ["car", "car", "car", "body"]


def test_objects_that_do_not_fit_stay_and_are_told(root: Path) -> None:
    done = cvat("label", "retype", "car", "polygon", "--dry-run", workspace=root)
    assert "Kept as they are: 2 rectangle objects of car" in done.out
    assert cvat("label", "retype", "car", "polygon", "--json", workspace=root).json["preview"]["unfit"] == [
        {"label": "car", "type": "rectangle", "count": 2}
    ]
    assert used(root)[0] == "car"


def test_nothing_to_change_is_said(root: Path) -> None:
    done = cvat("label", "recolor", "car", "#112233", workspace=root)
    assert (done.code, done.out) == (0, "")
    assert "nothing to change" in done.err


def test_add_makes_labels_with_colours_and_ids(root: Path) -> None:
    assert cvat("label", "add", "bus", "--type", "polygon", "--color", "#ABCDEF", workspace=root).code == 0
    assert cvat("label", "add", "bus stop", "person", workspace=root).code == 0
    bus, stop, person = labels(root)[3:]
    assert (bus["color"], bus["type"]) == ("#abcdef", "polygon")
    assert person["color"] == "#c06060"
    assert len({bus["id"], stop["id"], person["id"], 1, 2, 30, 31, 32}) == 8


def test_add_makes_a_skeleton_of_joints_and_edges(root: Path) -> None:
    done = cvat(
        "label", "add", "hand", "--joint", "wrist=50,90", "--joint", "thumb=10,10.5", "--edge", "wrist,thumb",
        workspace=root,
    )  # fmt: skip
    assert done.code == 0, done.err
    hand = labels(root)[3]
    assert [joint["name"] for joint in hand["sublabels"]] == ["wrist", "thumb"]
    assert hand["svg"].count("<line ") == 1
    assert 'cx="10" cy="10.5"' in hand["svg"]


def test_attributes_are_made_and_changed(root: Path) -> None:
    for arguments in (
        ["add", "car", "doors", "--type", "number", "--value", "1;5;1"],
        ["add", "car", "parked", "--type", "checkbox", "--mutable"],
        ["add", "car", "kind", "--type", "radio", "--value", "a", "--value", "b", "--default", "b"],
        ["add", "car", "note"],
        ["set", "car", "doors", "--value", "2;4;2"],
        ["set", "car", "parked", "--default", "true"],
        ["set", "car", "kind", "--type", "select", "--mutable"],
    ):
        done = cvat("label", "attr", *arguments, workspace=root)
        assert done.code == 0, done.err
    found = {one["name"]: one for one in labels(root)[0]["attributes"]}
    assert (found["doors"]["values"], found["doors"]["default_value"]) == (["2", "4", "2"], "2")
    assert (found["parked"]["mutable"], found["parked"]["default_value"]) == (True, "true")
    assert (found["kind"]["input_type"], found["kind"]["mutable"], found["kind"]["default_value"]) == (
        "select",
        True,
        "b",
    )
    assert found["note"].keys() == {"id", "name"}


@pytest.fixture
def two(root: Path) -> Path:
    """A project beside the task."""
    with Workspace(root) as workspace:
        made = Project(id=7, name="city", created="2026-01-02T03:04:05Z", labels=(LABELS[0],))
        workspace.store.commit(
            {project_path(7): encode_json(made)}, message=plain_message("city"), author=workspace.author
        )
    return root


def test_it_has_to_be_said_whose_labels_are_meant(two: Path) -> None:
    done = cvat("label", "rename", "car", "x", workspace=two)
    assert done.code == 2
    assert "--task or --project" in done.err
    assert cvat("label", "rename", "car", "x", "--project", "city", workspace=two).code == 0
    assert used(two)[0] == "car"
    assert cvat("label", "rename", "car", "x", "--task", "street", workspace=two).code == 0
    assert used(two)[0] == "x"
    found = cvat("label", "ls", "--project", "7", "--json", workspace=two).json
    assert [(one["project"], one["task"], one["name"]) for one in found] == [(7, 0, "city")]


def test_names_of_others_cannot_drive_the_terminal(root: Path) -> None:
    document = root / "tasks" / "1" / "task.json"
    text = document.read_text(encoding="utf-8").replace('"street"', r'"a\u001b[31mb"').replace('"van"', r'"v\u001bn"')
    document.write_text(text, encoding="utf-8")
    for arguments in (
        ["ls"],
        ["show", "v\x1bn"],
        ["rename", "v\x1bn", "van", "--dry-run"],
        ["rename", "v\x1bn", "van"],
    ):
        done = cvat("label", *arguments, workspace=root)
        assert "\x1b" not in done.out + done.err
        assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["rename", "bus", "x"], 4, "'bus'"),
        (["rename", "car", "van"], 5, "cvat label merge"),
        (["rename", "car", "x" * 65], 2, "64"),
        (["recolor", "car", "red"], 2, "'red'"),
        (["retype", "car", "blob"], 2, "'blob'"),
        (["retype", "car", "skeleton"], 2, "skeleton"),
        (["merge", "car", "--into", "body"], 2, "skeleton"),
        (["merge", "car", "--into", "bus"], 4, "'bus'"),
        (["move", "car", "car"], 2, "already"),
        (["rm", "bus"], 4, "'bus'"),
        (["add", "car"], 5, "'car'"),
        (["add", "a", "b", "--type", "skeleton"], 2, "alone"),
        (["add", "a", "--type", "skeleton"], 2, "no joint"),
        (["add", "a", "--joint", "b"], 2, "'b'"),
        (["add", "a", "--joint", "b=1"], 2, "'b=1'"),
        (["add", "a", "--joint", "b=1,nan"], 2, "outside"),
        (["add", "a", "--joint", "b=1,1", "--joint", "b=1,2"], 2, "twice"),
        (["add", "a", "--joint", "b=1,1", "--edge", "b"], 2, "'b'"),
        (["add", "a", "--joint", "b=1,1", "--edge", "b,c"], 2, "'c'"),
        (["add", "a", "--color", "red"], 2, "'red'"),
        (["attr", "add", "car", "color"], 5, "'color'"),
        (["attr", "add", "car", "x", "--type", "select"], 2, "no values"),
        (["attr", "add", "car", "x", "--type", "number", "--value", "5;1;1"], 2, "starts at 5"),
        (["attr", "add", "car", "x", "--type", "list"], 2, "'list'"),
        (["attr", "set", "car", "color"], 2, "nothing to change"),
        (["attr", "set", "car", "color", "--default", "green"], 2, "'green'"),
        (["attr", "set", "car", "size", "--mutable"], 4, "'size'"),
        (["attr", "rename", "car", "size", "x"], 4, "'size'"),
        (["attr", "rm", "body", "seen", "--joint", "knee"], 4, "'knee'"),
        (["svg", "export", "car"], 2, "no skeleton"),
        (["svg", "import", "body", "missing.svg"], 4, "missing.svg"),
        (["import", "missing.json"], 4, "missing.json"),
        (["show", "bus"], 4, "'bus'"),
        (["ls", "--task", "west"], 4, "'west'"),
        (["rename", "car", "x", "--task", "1", "--project", "1"], 2, "one of them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals(root: Path, arguments: list[str], code: int, says: str) -> None:
    before, head = content(root), git(root, "rev-parse", "HEAD")
    done = cvat("label", *arguments, workspace=root)
    assert done.code == code, done
    assert done.out == ""
    assert says in done.err
    assert "Traceback" not in done.err
    assert (content(root), git(root, "rev-parse", "HEAD")) == (before, head)


def test_a_dry_run_loads_no_git_and_no_pictures(root: Path) -> None:
    code = f"from cvattui.cli import main\nmain(['-C', {str(root)!r}, 'label', 'rename', 'car', 'x', '--dry-run'])"
    assert loads(code, "pygit2", "PIL", "av", "numpy", "starlette", "textual", "lmdb") == []


def test_help_is_there_for_each_command() -> None:
    for command in ("ls", "show", "add", "rename", "recolor", "retype", "merge", "move", "rm", "export", "import"):
        done = cvat_process("label", command, "--help") if command == "ls" else cvat("label", command, "--help")
        assert done.code == 0
        assert "Usage: " in done.out
