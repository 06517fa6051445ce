"""`cvat label`."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cvatcore import Annotations, Shape, Workspace
from cvatcore.schema import Attribute, Element, Label, Project
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import project_path
from kit.annotated import git
from kit.command import cvat, cvat_process
from kit.fresh import loads
from kit.labels import skeleton_label
from kit.samples import photo
from kit.tasks import make_task, new_workspace, numbered_pictures

COLOR = Attribute(11, "color", "select", False, "red", ("red", "blue"))
LABELS = (
    Label(id=1, name="car", color="#112233", attributes=(COLOR,)),
    Label(id=2, name="van", color="#223344", type="rectangle"),
    skeleton_label("nose", "hip", edges=[("nose", "hip")]),
)


def box(number: int, frame: int = 0, label: str = "car", **attributes: str) -> Shape:
    return Shape(frame, number, "rectangle", label, points=(0.0, 0.0, 9.0, 9.0), attributes=attributes)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One task with two jobs: two cars, a van and a skeleton."""
    with new_workspace(tmp_path / "w") as workspace:
        task = make_task(workspace, numbered_pictures(10), labels=LABELS, segment_size=5)
        joints = tuple(Element(31 + n, "points", name, (1.0, 1.0)) for n, name in enumerate(("nose", "hip")))
        body = Shape(0, 30, "skeleton", "body", elements=joints)
        task.replace({1: Annotations((box(1, color="blue"), box(2, 1, "van"), body)), 2: Annotations((box(3, 7),))})
        return workspace.root


def content(root: Path) -> dict[str, bytes]:
    return {name: (root / name).read_bytes() for name in git(root, "ls-files").splitlines()}


def labels(root: Path) -> list[dict[str, Any]]:
    found = cvat("label", "ls", "--json", workspace=root).json[0]["labels"]
    assert isinstance(found, list)
    return found


def used(root: Path) -> list[str]:
    """The labels of all shapes by id."""
    with Workspace(root) as workspace:
        shapes = [shape for job in workspace.tasks[1].jobs for shape in job.annotations.shapes]
    return [shape.label for shape in sorted(shapes, key=lambda shape: shape.id)]


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
    subprocess.run(shlex.split(done.out), check=True, capture_output=True)
    assert content(root) == before


def test_json_has_the_commit_and_the_way_back(root: Path) -> None:
    done = cvat("label", "rename", "car", "vehicle", "--json", workspace=root)
    assert done.json["commit"] == git(root, "rev-parse", "HEAD").strip()
    assert done.json["undo"].endswith(done.json["commit"])
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


class TestRaw:
    def test_export_and_import_change_nothing(self, root: Path, tmp_path: Path) -> None:
        out = tmp_path / "labels.json"
        assert cvat("label", "export", "-o", out, workspace=root).code == 0
        assert cvat("label", "export", workspace=root).out == out.read_text(encoding="utf-8")
        done = cvat("label", "import", out, workspace=root)
        assert done.code == 0, done.err
        assert "nothing to change" in done.err

    def test_import_renames_adds_and_removes_in_one_commit(self, root: Path, tmp_path: Path) -> None:
        before, count = content(root), int(git(root, "rev-list", "--count", "HEAD"))
        items = cvat("label", "export", workspace=root).json
        items[0]["name"] = "vehicle"
        items[0]["attributes"][0]["values"] = ["red", "green"]
        del items[1]
        items.append({"name": "bus"})
        file = tmp_path / "labels.json"
        file.write_text(json.dumps(items), encoding="utf-8")
        asked = cvat("label", "import", file, workspace=root)
        assert asked.code == 2
        assert "1 object will be gone." in asked.err
        assert "Lost: 1 value of color of car, like blue" in asked.err
        done = cvat("label", "import", file, "--yes", workspace=root)
        assert done.code == 0, done.err
        assert int(git(root, "rev-list", "--count", "HEAD")) == count + 1
        assert [label["name"] for label in labels(root)] == ["vehicle", "body", "bus"]
        assert used(root) == ["vehicle", "vehicle", "body"]
        subprocess.run(shlex.split(done.out), check=True, capture_output=True)
        assert content(root) == before

    def test_without_ids_labels_are_new_unless_by_name(self, root: Path, tmp_path: Path) -> None:
        file = tmp_path / "labels.json"
        file.write_text('[{"name": "car"}, {"name": "van"}]', encoding="utf-8")
        plain = cvat("label", "import", file, "--dry-run", "--json", workspace=root).json["preview"]
        by_name = cvat("label", "import", file, "--by-name", "--dry-run", "--json", workspace=root).json["preview"]
        assert (plain["removed"], by_name["removed"]) == (4, 1)

    def test_a_task_can_be_made_with_a_file_or_with_text(self, root: Path, tmp_path: Path) -> None:
        file = tmp_path / "labels.json"
        cvat("label", "export", "-o", file, workspace=root)
        data = photo("camera.png")
        done = cvat("task", "create", "two", "--labels-file", file, "--data", data, workspace=root)
        assert done.code == 0, done.err
        done = cvat("task", "create", "three", "--labels", '[{"name": "a,b"}]', "--data", data, workspace=root)
        assert done.code == 0, done.err
        one, two, three = cvat("label", "ls", "--json", workspace=root).json
        assert [label["name"] for label in two["labels"]] == ["car", "van", "body"]
        assert two["labels"][0]["attributes"][0]["values"] == ["red", "blue"]
        assert two["labels"][2]["svg"] == one["labels"][2]["svg"]
        ids = [label["id"] for each in (two, three) for label in each["labels"]]
        ids += [joint["id"] for joint in two["labels"][2]["sublabels"]]
        assert len(set(ids)) == len(ids)
        assert [label["name"] for label in three["labels"]] == ["a,b"]
        both = cvat("task", "create", "x", "--labels", "a", "--labels-file", file, "--data", data, workspace=root)
        assert both.code == 2
        file.write_text('[{"name": "a", "color": "red"}]', encoding="utf-8")
        bad = cvat("task", "create", "x", "--labels-file", file, "--data", data, workspace=root)
        assert (bad.code, bad.out) == (2, "")
        assert "[0].color" in bad.err


class TestSvg:
    def test_export_and_import(self, root: Path, tmp_path: Path) -> None:
        file = tmp_path / "body.svg"
        assert cvat("label", "svg", "export", "body", "-o", file, workspace=root).code == 0
        assert "nothing to change" in cvat("label", "svg", "import", "body", file, workspace=root).err
        done = cvat("label", "svg", "import", "person", file, workspace=root)
        assert done.code == 0, done.err
        body, person = labels(root)[2:]
        assert person["svg"] == body["svg"]
        assert [joint["name"] for joint in person["sublabels"]] == ["nose", "hip"]
        file.write_text(file.read_text(encoding="utf-8").replace('cy="50"', 'cy="70"'), encoding="utf-8")
        done = cvat("label", "svg", "import", "body", file, workspace=root)
        assert done.code == 0, done.err
        assert 'cy="70"' in labels(root)[2]["svg"]

    def test_other_joints_are_refused_while_there_are_objects(self, root: Path, tmp_path: Path) -> None:
        file = tmp_path / "one.svg"
        file.write_text(
            '<svg><circle data-type="element node" data-element-id="1" cx="1" cy="1"/></svg>', encoding="utf-8"
        )
        done = cvat("label", "svg", "import", "body", file, workspace=root)
        assert done.code == 2
        assert "1 object in job 1" in done.err


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


def test_bad_files_are_refused(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    for data, says in ((b"\xff\xfe\x00", "UTF-8"), (b"<svg>", "cannot be read"), (b"", "no joint")):
        file.write_bytes(data)
        done = cvat("label", "svg", "import", "new", file, workspace=root)
        assert done.code == 2
        assert says in done.err
    for data, says in ((b"\xff\xfe\x00", "no JSON"), (b"{}", "array"), (b'[{"name":"car","id":99}]', "[0].id")):
        file.write_bytes(data)
        done = cvat("label", "import", file, workspace=root)
        assert done.code == 2
        assert says in done.err
    assert cvat("label", "import", tmp_path, workspace=root).code == 8


def test_a_file_can_come_from_a_pipe(root: Path) -> None:
    text = msgspec.json.encode([{"id": 1, "name": "vehicle"}, {"id": 2, "name": "van"}, {"id": 30, "name": "body"}])
    done = subprocess.run(
        [sys.executable, "-c", "from cvattui.cli import main; main()", "-C", str(root), "label", "import", "-"],
        input=text,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert used(root)[0] == "vehicle"


def test_a_dry_run_loads_no_git_and_no_pictures(root: Path) -> None:
    code = f"from cvattui.cli import main\nmain(['-C', {str(root)!r}, 'label', 'rename', 'car', 'x', '--dry-run'])"
    assert loads(code, "pygit2", "PIL", "av", "numpy", "starlette", "textual", "lmdb") == []


def test_help_is_there_for_each_command() -> None:
    for command in ("ls", "show", "add", "rename", "recolor", "retype", "merge", "move", "rm", "export", "import"):
        done = cvat_process("label", command, "--help") if command == "ls" else cvat("label", command, "--help")
        assert done.code == 0
        assert "Usage: " in done.out
