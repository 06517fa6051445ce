"""`cvat label export`, `import` and `svg`."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kit.annotated import git
from kit.command import cvat, take_back
from kit.labelled import content, labelled, labels, used
from kit.samples import photo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return labelled(tmp_path / "w")


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
        take_back(done.out)
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
