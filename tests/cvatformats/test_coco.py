import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Label, Shape, TaskView, Track, Workspace
from cvatcore.schema import Attribute
from cvatformats import counts_agree, export_task, import_task
from kit.format_case import FormatCase
from kit.samples import photo, video
from kit.tasks import all_shapes, all_tracks, fill, film, labels, make_task, new_workspace, numbered_pictures


class TestConformance(FormatCase):
    export_key = import_key = "coco"
    round_trips = frozenset(["rectangle", "polygon", "mask"])
    details = frozenset(["score", "track"])
    annotation_file = "annotations/instances_default.json"


def exported(task: TaskView, folder: Path) -> dict[str, Any]:
    export_task(task, "coco", folder / "out.zip")
    with zipfile.ZipFile(folder / "out.zip") as archive:
        found: dict[str, Any] = json.loads(
            archive.read(f"annotations/instances_{task.document.subset or 'default'}.json")
        )
    return found


@pytest.fixture
def ws(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


def test_real_photos_load_in_pycocotools_with_the_same_boxes(ws: Workspace, tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    task = ws.create_task("zoo", labels=["cat", "cup"], data=[photo("chelsea.png"), photo("coffee.png")])
    boxes = {
        ("chelsea.png", "cat"): (100.5, 20.25, 330, 270),
        ("coffee.png", "cup"): (200, 30, 450.75, 350.125),
    }
    names = {name: number for number, name in enumerate(image.path for image in task.manifest.images)}
    task.jobs[0].add(
        *(
            Shape(frame=names[name], id=0, type="rectangle", label=label, points=points)
            for (name, label), points in boxes.items()
        )
    )
    report = export_task(task, "COCO 1.0", tmp_path / "zoo.zip", save_images=True)
    assert (report.objects, report.written, report.images) == (2, 2, 2)
    with zipfile.ZipFile(tmp_path / "zoo.zip") as archive:
        archive.extractall(tmp_path / "zoo")
    for name in names:
        assert (tmp_path / "zoo/images/default" / name).read_bytes() == photo(name).read_bytes()
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(tmp_path / "zoo/annotations/instances_default.json"))
    found = {
        (coco.imgs[item["image_id"]]["file_name"], coco.cats[item["category_id"]]["name"]): item["bbox"]
        for item in coco.loadAnns(coco.getAnnIds())
    }
    assert found == {key: [x1, y1, x2 - x1, y2 - y1] for key, (x1, y1, x2, y2) in boxes.items()}
    sizes = {item["file_name"]: (item["width"], item["height"]) for item in coco.imgs.values()}
    assert sizes == {"chelsea.png": (451, 300), "coffee.png": (600, 400)}


def test_frames_of_a_real_video_are_pictures(ws: Workspace, tmp_path: Path) -> None:
    from PIL import Image

    from cvatformats.archive_writer import write_archive
    from cvatformats.coco import FORMAT
    from cvatformats.content import TaskContent

    task = ws.create_task("bikes", labels=["bike"], data=[video()])
    task.jobs[0].add(Shape(frame=100, id=0, type="rectangle", label="bike", points=(10, 20, 110, 220)))
    document = exported(task, tmp_path)
    assert document["images"][100]["file_name"] == "frame_000100.PNG"
    assert [item["image_id"] for item in document["annotations"]] == [document["images"][100]["id"]]
    # All frames would take a while; one shows where they come from.
    assert FORMAT.writer is not None
    content = TaskContent(task, format=FORMAT, writer=FORMAT.writer)
    picture = task.frames.frame(100, quality="original")
    with write_archive(tmp_path / "one.zip") as archive:
        archive.picture(f"{FORMAT.writer.picture_folder(content)}/{content.picture_name(100)}", picture.data)
    with zipfile.ZipFile(tmp_path / "one.zip") as opened:
        image = Image.open(io.BytesIO(opened.read("images/default/frame_000100.PNG")))
    assert image.format == "PNG"
    assert image.size == task.manifest.frame_size(100)
    import_task(task, None, tmp_path / "out.zip")
    assert [(shape.frame, shape.points) for shape in all_shapes(task)] == [(100, (10, 20, 110, 220))]


# pycocotools 2.0.11 itself does what NumPy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_masks_and_ellipses_are_masks_in_pycocotools(ws: Workspace, tmp_path: Path) -> None:
    from pycocotools import mask as coco_mask

    task = make_task(ws, numbered_pictures(1, size=(30, 20)), labels=labels("car"))
    fill(
        task,
        shapes=[
            # Rows: .XX / XX. at left 4, top 5.
            Shape(frame=0, id=1, type="mask", label="car", points=(1, 4, 1, 4, 5, 6, 6)),
            Shape(frame=0, id=2, type="ellipse", label="car", points=(15, 10, 20, 6)),
        ],
    )
    first, second = exported(task, tmp_path)["annotations"]
    runs = coco_mask.frPyObjects(first["segmentation"], *first["segmentation"]["size"])
    pixels = coco_mask.decode(runs)
    assert sorted(zip(*np.nonzero(pixels), strict=True)) == [(5, 5), (5, 6), (6, 4), (6, 5)]
    assert (first["area"], first["bbox"], first["iscrowd"]) == (4, [4, 5, 3, 2], 1)
    ellipse = coco_mask.decode(coco_mask.frPyObjects(second["segmentation"], 20, 30))
    assert ellipse.sum() == second["area"] == pytest.approx(np.pi * 5 * 4, rel=0.05)
    assert second["bbox"] == [10, 6, 10, 8]
    # Compressed, as pycocotools writes them, they are read too.
    document = exported(task, tmp_path)
    document["annotations"][0]["segmentation"] = {"size": [20, 30], "counts": runs["counts"].decode()}
    file = tmp_path / "compressed.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    import_task(task, None, file)
    assert all_shapes(task)[0].points == (1, 4, 1, 4, 5, 6, 6)


def test_ellipses_are_said_to_be_masks(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(1), labels=labels("car"))
    shapes = [
        Shape(frame=0, id=1, type="ellipse", label="car", points=(40, 40, 60, 30)),
        Shape(frame=0, id=2, type="ellipse", label="car", points=(4000, 4000, 4001, 3999)),
        Shape(frame=0, id=3, type="mask", label="car", points=(0, 1, 4000, 4000, 4000, 4000)),
    ]
    fill(task, shapes=shapes)
    report = export_task(task, "coco", tmp_path / "out.zip")
    assert (report.objects, report.written, report.entries) == (3, 1, 1)
    assert [(loss.kind, loss.count, loss.partial) for loss in report.lost] == [
        ("ellipse", 1, False),
        ("mask", 1, False),
        ("ellipse", 1, True),
    ]


def test_masks_that_contradict_themselves_are_counted(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(1), labels=labels("car"))
    fill(task, shapes=[Shape(frame=0, id=1, type="mask", label="car", points=(3, 1, 5, 5, 6, 6))])
    # No save would write this.
    (shard,) = ws.root.glob("tasks/*/annotations/*/0.jsonl")
    shard.write_text(shard.read_text(encoding="utf-8").replace("[3.0,", "[7.0,"), encoding="utf-8")
    with Workspace(ws.root) as again:
        report = export_task(again.tasks[task.name], "coco", tmp_path / "out.zip")
    assert (report.objects, report.written) == (1, 0)
    assert [(loss.kind, loss.count, loss.partial) for loss in report.lost] == [("mask", 1, False)]
    assert "run lengths" in report.lost[0].reason


def test_polygons(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(1), labels=labels("car"))
    fill(task, shapes=[Shape(frame=0, id=1, type="polygon", label="car", points=(10, 10, 30, 10, 30, 20, 10, 20))])
    (annotation,) = exported(task, tmp_path)["annotations"]
    assert annotation["segmentation"] == [[10, 10, 30, 10, 30, 20, 10, 20]]
    assert (annotation["area"], annotation["bbox"]) == (200, [10, 10, 20, 10])


def test_attributes_have_their_types(ws: Workspace, tmp_path: Path) -> None:
    label = Label(
        id=1,
        name="car",
        color="#000000",
        attributes=(
            Attribute(id=1, name="parked", input_type="checkbox", default_value="false"),
            Attribute(id=2, name="doors", input_type="number", default_value="4"),
            Attribute(id=3, name="note"),
            Attribute(id=4, name="speed", input_type="number", default_value="0"),
        ),
    )
    task = make_task(ws, numbered_pictures(1), labels=[label])
    values = {"parked": "true", "note": "true", "speed": "1e3"}
    shape = Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 2, 2), attributes=values, score=0.5)
    fill(task, shapes=[shape])
    (annotation,) = exported(task, tmp_path)["annotations"]
    assert annotation["score"] == 0.5
    # 1e3 stays text: as a number it would come back as 1000.
    assert annotation["attributes"] == {
        "parked": True,
        "doors": 4,
        "note": "true",
        "speed": "1e3",
        "occluded": False,
        "rotation": 0,
    }
    import_task(task, None, tmp_path / "out.zip")
    assert all_shapes(task)[0].attributes == {"parked": "true", "doors": "4", "note": "true", "speed": "1e3"}
    assert all_shapes(task)[0].score == 0.5


def test_attributes_that_the_label_does_not_have_are_counted(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(1), labels=labels("car"))
    fill(
        task,
        shapes=[Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 2, 2), attributes={"wild": "1"})],
    )
    export_task(task, "coco", tmp_path / "out.zip")
    report = import_task(task, None, tmp_path / "out.zip")
    assert [(loss.kind, loss.count, loss.partial) for loss in report.lost] == [("attribute", 1, True)]
    assert "'wild'" in report.lost[0].reason
    assert report.written == 1


def test_tracks_are_boxes_on_each_frame_and_come_back_as_tracks(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(8), labels=labels("car"))
    track = Track(
        id=1,
        label="car",
        frame=1,
        keyframes=(
            Keyframe(frame=1, track=1, type="rectangle", points=(0, 0, 10, 10), rotation=350),
            Keyframe(frame=3, track=1, type="rectangle", points=(20, 4, 30, 14), rotation=10),
            Keyframe(frame=4, track=1, type="rectangle", points=(20, 4, 30, 14), rotation=10, outside=True),
            Keyframe(frame=6, track=1, type="rectangle", points=(50, 4, 60, 14), occluded=True),
        ),
    )
    fill(task, tracks=[track])
    document = exported(task, tmp_path)
    found = {
        item["image_id"] - 1: (item["bbox"][0], item["attributes"]["rotation"], item["attributes"]["keyframe"])
        for item in document["annotations"]
    }
    assert found == {
        1: (0, 350, True),
        2: (10, 0, False),
        3: (20, 10, True),
        6: (50, 0, True),
        7: (50, 0, False),
    }
    assert {item["attributes"]["track_id"] for item in document["annotations"]} == {0}
    report = import_task(task, None, tmp_path / "out.zip")
    assert (report.objects, report.written, report.saved) == (5, 5, 1)
    assert counts_agree(report)
    (back,) = all_tracks(task)
    again = [msgspec.structs.replace(keyframe, track=1) for keyframe in back.keyframes]
    assert again == list(track.keyframes)


def test_a_track_cut_into_jobs_is_one_track_again(ws: Workspace, tmp_path: Path) -> None:
    whole = make_task(ws, film(10), labels=labels("car"))
    track = Track(
        id=1,
        label="car",
        keyframes=(
            Keyframe(frame=0, track=1, type="rectangle", points=(0, 0, 10, 10)),
            Keyframe(frame=9, track=1, type="rectangle", points=(90, 0, 100, 10)),
        ),
    )
    fill(whole, tracks=[track])
    before = exported(whole, tmp_path)
    cut = make_task(ws, film(10), labels=labels("car"), name="cut", segment_size=4, overlap=2)
    import_task(cut, None, tmp_path / "out.zip")
    assert len(all_tracks(cut)) == len(cut.jobs) > 2
    report = export_task(cut, "coco", tmp_path / "back.zip")
    assert report.entries == 10
    assert report.united == len(cut.jobs) - 1
    assert counts_agree(report)
    after = exported(cut, tmp_path)
    assert [item["bbox"] for item in after["annotations"]] == [item["bbox"] for item in before["annotations"]]
    assert {item["attributes"]["track_id"] for item in after["annotations"]} == {0}


def test_polygon_tracks_of_different_point_counts(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, film(6), labels=labels("car"))
    keyframes = (
        Keyframe(frame=0, track=1, type="polygon", points=(0, 0, 9, 0, 9, 9)),
        Keyframe(frame=4, track=1, type="polygon", points=(0, 0, 9, 0, 9, 9, 0, 9)),
    )
    fill(task, tracks=[Track(id=1, label="car", keyframes=keyframes)])
    report = export_task(task, "coco", tmp_path / "out.zip")
    assert (report.entries, report.lost) == (6, ())
    items = exported(task, tmp_path)["annotations"]
    assert [item["attributes"]["keyframe"] for item in items] == [True, False, False, False, True, False]
    halfway = items[2]["segmentation"][0]
    assert halfway[:6] == [0, 0, 9, 0, 9, 9]
    assert len(halfway) == 8


def test_objects_on_deleted_frames_and_unknown_labels_are_counted(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(3), labels=labels("car", "cat"), deleted_frames=(1,))
    fill(
        task,
        shapes=[
            Shape(frame=0, id=1, type="rectangle", label="car", points=(0, 0, 2, 2)),
            Shape(frame=1, id=2, type="rectangle", label="car", points=(0, 0, 2, 2)),
        ],
    )
    document = exported(task, tmp_path)
    report = export_task(task, "coco", tmp_path / "out.zip")
    assert [image["id"] for image in document["images"]] == [1, 3]
    assert [(loss.kind, loss.reason) for loss in report.lost] == [("rectangle", "on a deleted frame")]
    assert report.frames == 2


def test_the_subset_names_file_and_folder(ws: Workspace, tmp_path: Path) -> None:
    task = ws.create_task("zoo", labels=["cat"], data=[photo("chelsea.png")], subset="train")
    export_task(task, "coco", tmp_path / "out.zip", save_images=True)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["annotations/instances_train.json", "images/train/chelsea.png"]


numbers = st.integers(0, 9_999_999).map(lambda number: number / 1000)
boxes = st.tuples(numbers, numbers, numbers, numbers).map(
    lambda n: (min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3]))
)
rings = st.lists(numbers, min_size=3, max_size=12).map(lambda n: tuple(n + n))


def shape_of(**fields: Any) -> st.SearchStrategy[Shape]:
    return st.builds(
        Shape,
        frame=st.integers(0, 3),
        id=st.just(0),
        label=st.sampled_from(["car", "cat"]),
        occluded=st.booleans(),
        score=st.none() | st.integers(0, 100).map(lambda number: number / 100),
        source=st.just("file"),
        **fields,
    )


coco_shapes = shape_of(type=st.just("rectangle"), points=boxes, rotation=st.integers(0, 3599).map(lambda n: n / 10)) | (
    shape_of(type=st.just("polygon"), points=rings)
)


@given(st.lists(coco_shapes, max_size=8))
def test_boxes_and_polygons_round_trip(shared: tuple[TaskView, Path], shapes: list[Shape]) -> None:
    task, folder = shared
    numbered = [msgspec.structs.replace(shape, id=index) for index, shape in enumerate(shapes, start=1)]
    fill(task, shapes=numbered)
    export_task(task, "coco", folder / "out.zip")
    import_task(task, "coco", folder / "out.zip")
    back = [msgspec.structs.replace(shape, id=0) for shape in all_shapes(task)]
    assert back == sorted(shapes, key=lambda shape: shape.frame)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("coco")
    with new_workspace(folder / "w") as workspace:
        yield make_task(workspace, numbered_pictures(4), labels=labels("car", "cat")), folder
