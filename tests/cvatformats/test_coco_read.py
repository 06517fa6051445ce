"""COCO files of other programs, good and bad."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Shape, TaskView, Workspace
from cvatcore.errors import InvalidDocument, InvalidInput
from cvatformats import import_task
from kit.tasks import all_shapes, fill, labels, make_task, new_workspace, numbered_pictures


@pytest.fixture
def ws(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


def test_all_subsets_of_an_archive_are_read(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(2), labels=labels("car"))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for number, subset in enumerate(("train", "val")):
            document = minimal(file_name=f"{number:06d}.jpg")
            archive.writestr(f"annotations/instances_{subset}.json", json.dumps(document))
        archive.writestr("annotations/captions_train.json", "not looked at")
        archive.writestr("images/train/000000.jpg", "nor is this")
    assert import_task(task, None, tmp_path / "in.zip").written == 2
    assert [shape.frame for shape in all_shapes(task)] == [0, 1]


def minimal(*, file_name: str = "000000.jpg", **annotation: Any) -> dict[str, Any]:
    """The least that other programs write."""
    return {
        "images": [{"id": 7, "file_name": file_name}],
        "categories": [{"id": 3, "name": "car"}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4], **annotation}],
    }


def import_document(task: TaskView, folder: Path, document: object) -> Any:
    file = folder / "in.json"
    file.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return import_task(task, "coco", file)


@pytest.fixture
def task(ws: Workspace) -> TaskView:
    return make_task(ws, numbered_pictures(2), labels=labels("car"))


def test_the_least_that_other_programs_write_is_enough(task: TaskView, tmp_path: Path) -> None:
    assert import_document(task, tmp_path, minimal()).written == 1
    (shape,) = all_shapes(task)
    assert (shape.type, shape.points, shape.source) == ("rectangle", (1, 2, 4, 6), "file")


def test_several_polygons_of_one_object_are_a_group(task: TaskView, tmp_path: Path) -> None:
    parts = [[0, 0, 5, 0, 5, 5], [20, 20, 25, 20, 25, 25]]
    report = import_document(task, tmp_path, minimal(segmentation=parts))
    assert (report.objects, report.written, report.saved) == (1, 1, 2)
    first, second = all_shapes(task)
    assert first.group == second.group != 0


def test_annotations_that_are_listed_nowhere(task: TaskView, tmp_path: Path) -> None:
    document = minimal()
    document["images"].append({"id": 8, "file_name": "elsewhere.jpg"})
    report = import_document(task, tmp_path, document)
    assert [(loss.kind, loss.count) for loss in report.lost] == [("image", 1)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bbox": [1, 2, 3]}, "the box"),
        ({"bbox": [1, 2, -3, 4]}, "the box"),
        ({"bbox": ["1", 2, 3, 4]}, r"annotations\[0\].bbox\[0\]"),
        ({"bbox": None}, r"annotations\[0\].bbox"),
        ({"bbox": [1e308, 0, 1e308, 1e308]}, "the box"),
        ({"image_id": 99}, "image 99"),
        ({"image_id": "7"}, r"annotations\[0\].image_id"),
        ({"category_id": 99}, "category 99"),
        ({"segmentation": [[1, 2, 3]]}, "polygon of 3"),
        ({"segmentation": {"size": [80, 100], "counts": [1, 2]}}, "3 pixels in a picture"),
        ({"segmentation": {"size": [8, 10], "counts": [80]}}, "mask of 10x8"),
        ({"segmentation": {"size": [80, 100], "counts": "\x00"}}, "broken mask"),
        ({"attributes": {"rotation": "up"}}, "rotation"),
    ],
)
def test_wrong_annotations(task: TaskView, tmp_path: Path, change: dict[str, Any], said: str) -> None:
    fill(task, shapes=[Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 1, 1))])
    before = all_shapes(task)
    with pytest.raises(InvalidDocument, match=said) as caught:
        import_document(task, tmp_path, minimal() | {"annotations": [minimal()["annotations"][0] | change]})
    assert "in.json" in caught.value.message
    assert all_shapes(task) == before


@pytest.mark.parametrize("missing", ["images", "categories", "annotations"])
def test_missing_lists(task: TaskView, tmp_path: Path, missing: str) -> None:
    document = minimal()
    del document[missing]
    with pytest.raises(InvalidDocument, match=missing):
        import_document(task, tmp_path, document)


def test_not_a_number_is_refused_with_its_line(task: TaskView, tmp_path: Path) -> None:
    file = tmp_path / "nan.json"
    file.write_text(json.dumps(minimal(bbox=[float("nan"), 0, 1, 1]), indent=1), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        import_task(task, "coco", file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert "NaN" in lines[caught.value.line - 1]


def test_two_names_for_one_frame(task: TaskView, tmp_path: Path) -> None:
    document = minimal(file_name="a/000000.jpg")
    document["images"].append({"id": 8, "file_name": "b/000000.jpg"})
    with pytest.raises(InvalidInput, match=r"a/000000.jpg.*b/000000.jpg"):
        import_document(task, tmp_path, document)
