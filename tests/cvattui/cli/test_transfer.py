"""`cvat export`, `cvat import` and `cvat formats`."""

import json
import zipfile
from pathlib import Path

import pytest

from cvatcore import Shape, Workspace
from kit.command import cvat
from kit.samples import photo


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The task `day` with two boxes and a tag."""
    root = tmp_path / "w"
    with Workspace.init(root) as workspace:
        task = workspace.create_task("day", labels=["car"], data=[photo("camera.png"), photo("coffee.png")])
        task.jobs[0].add(
            Shape(frame=0, id=0, type="rectangle", label="car", points=(10, 20, 110, 220)),
            Shape(frame=1, id=0, type="rectangle", label="car", points=(1, 2, 30, 40)),
            Shape(frame=1, id=0, type="tag", label="car"),
        )
    return root


def test_out_and_in_again_with_counts_that_agree(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "day.zip"
    done = cvat("export", "day", "--format", "COCO 1.0", "-o", out, "--save-images", "--json", workspace=root)
    assert done.code == 0, done.err
    report = done.json
    assert (report["objects"], report["written"], report["images"]) == (3, 2, 2)
    assert [(loss["kind"], loss["count"]) for loss in report["lost"] if not loss["partial"]] == [("tag", 1)]
    with zipfile.ZipFile(out) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".json"))
        coco = json.loads(archive.read(name))
        assert [box["bbox"] for box in coco["annotations"]] == [[10, 20, 100, 200], [1, 2, 29, 38]]
    back = cvat("import", "day", out, workspace=root)
    assert back.code == 0, back.err
    assert "2 objects read" in back.out
    assert cvat("task", "show", "day", "--json", workspace=root).json["job_list"][0]["shapes"] == 2


def test_what_is_not_carried_is_told(root: Path, tmp_path: Path) -> None:
    done = cvat("export", "day", "--format", "COCO 1.0", "-o", tmp_path / "day.zip", workspace=root)
    assert done.code == 0, done.err
    assert "3 objects read, 2 written" in done.out
    assert "Not carried:" in done.out
    assert "1 tag" in done.out


def test_formats_are_listed() -> None:
    table = cvat("formats")
    assert table.code == 0
    assert table.out.splitlines()[0].split() == ["FORMAT", "EXPORT", "IMPORT", "ID"]
    known = {one["title"]: (one["can_export"], one["can_import"]) for one in cvat("formats", "--json").json}
    assert known["COCO 1.0"] == (True, True)
    assert known["CVAT for images 1.1"][0]
    assert known["CVAT 1.1"][1]


def test_an_unknown_format_names_those_there_are(root: Path, tmp_path: Path) -> None:
    done = cvat("export", "day", "--format", "KOKO", "-o", tmp_path / "x.zip", workspace=root)
    assert done.code == 4
    assert "'KOKO'" in done.err
    assert "COCO 1.0" in done.err
    assert not (tmp_path / "x.zip").exists()


def test_a_file_that_is_no_dataset_changes_nothing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 nonsense")
    done = cvat("import", "day", tmp_path / "x.zip", workspace=root)
    assert done.code in {2, 4, 12}
    assert "x.zip" in done.err
    assert "Traceback" not in done.err
    assert cvat("task", "show", "day", "--json", workspace=root).json["job_list"][0]["shapes"] == 2


def test_a_missing_file(root: Path, tmp_path: Path) -> None:
    done = cvat("import", "day", tmp_path / "gone.zip", workspace=root)
    assert done.code == 4
    assert "gone.zip" in done.err
