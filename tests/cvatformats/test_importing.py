import zipfile
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Shape, TaskView, Workspace
from cvatcore.errors import InvalidInput
from cvatcore.store import Author
from cvatformats import export_task, import_task, report_lines
from kit.tasks import all_shapes, fill, labels, make_task, new_workspace, numbered_pictures, pictures


@pytest.fixture
def ws(tmp_path: Path) -> Any:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


def boxes(count: int, *, label: str = "car") -> list[Shape]:
    return [
        Shape(frame=number, id=number + 1, type="rectangle", label=label, points=(0, 0, 9, 9))
        for number in range(count)
    ]


@pytest.fixture
def file(ws: Workspace, tmp_path: Path) -> Path:
    """A COCO file of a box on each of six frames."""
    whole = make_task(ws, numbered_pictures(6), labels=labels("car"), name="whole")
    fill(whole, shapes=boxes(6))
    export_task(whole, "coco", tmp_path / "in.zip")
    return tmp_path / "in.zip"


def test_boxes_of_pictures_do_not_go_into_point_clouds(ws: Workspace, file: Path) -> None:
    task = make_task(ws, pictures("000000.pcd"), labels=labels("car"), name="clouds")
    with pytest.raises(InvalidInput, match=r"'clouds' is of point clouds, and COCO 1\.0 is a format for pictures"):
        import_task(task, None, file)
    assert not all_shapes(task)


def test_an_import_is_one_commit_of_its_author(ws: Workspace, file: Path) -> None:
    task = make_task(ws, numbered_pictures(6), labels=labels("car"), segment_size=2)
    before = ws.store.history
    report = import_task(task, None, file, author=Author(name="Mara", email="mara@example.org"))
    assert report.jobs == 3
    assert [len(job.annotations.shapes) for job in task.jobs] == [2, 2, 2]
    import subprocess

    log = subprocess.run(
        ["git", "log", "--format=%an|%s", "-2"], cwd=ws.root, capture_output=True, encoding="utf-8", check=True
    )
    newest, older = log.stdout.splitlines()
    assert newest == f"Mara|{task.name}, 3 jobs: 6 added"
    assert not older.startswith("Mara")
    assert before is ws.store.history


def test_ground_truth_stays(ws: Workspace, file: Path) -> None:
    import msgspec

    from cvatcore.store import encode_json, plain_message
    from cvatcore.store.layout import job_path

    task = make_task(ws, numbered_pictures(6), labels=labels("car"), segment_size=3)
    truth = task.jobs[1].document
    changed = msgspec.structs.replace(truth, type="ground_truth", start=0, stop=2)
    ws.store.commit(
        {job_path(task.id, truth.id): encode_json(changed)}, message=plain_message("Check"), author=ws.author
    )
    fill(task, shapes=boxes(1), job=1)
    report = import_task(task, None, file)
    # Frames 3 to 5 are in no job now.
    assert (report.objects, report.written) == (6, 3)
    assert [(loss.kind, loss.count, loss.reason) for loss in report.lost] == [
        ("rectangle", 3, "on frames that are in no job")
    ]
    assert len(task.jobs[1].annotations.shapes) == 1
    exported = export_task(task, "coco", file.with_name("out.zip"))
    assert exported.objects == 3


def test_a_fault_in_the_last_job_leaves_the_first_as_it_was(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(6), labels=labels("car"), segment_size=3)
    fill(task, shapes=boxes(2))
    before = all_shapes(task)
    body = "".join(
        f'<image id="{frame}" name="{frame:06d}.jpg"><box label="car" xtl="0" ytl="0" xbr="{9 if frame < 5 else "x"}"'
        ' ybr="9"/></image>'
        for frame in range(6)
    )
    wrong = tmp_path / "in.xml"
    wrong.write_text(f"<annotations>{body}</annotations>", encoding="utf-8")
    head = ws.store.history.read(f"tasks/{task.id}/task.json")
    with pytest.raises(InvalidInput, match="000005"):
        import_task(task, None, wrong)
    assert all_shapes(task) == before
    assert ws.store.history.read(f"tasks/{task.id}/task.json") == head


def test_progress(ws: Workspace, file: Path) -> None:
    task = make_task(ws, numbered_pictures(6), labels=labels("car"), segment_size=2)
    told: list[tuple[int, int]] = []
    import_task(task, None, file, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)


def test_the_report_for_a_person(ws: Workspace, file: Path) -> None:
    task = make_task(ws, numbered_pictures(6), labels=labels("car"), segment_size=4, overlap=2)
    fill(task, shapes=boxes(1))
    report = import_task(task, None, file)
    assert report_lines(report) == [
        f"6 objects read from {file} (COCO 1.0), 6 written.",
        f"{report.saved} objects on 6 frames in {len(task.jobs)} jobs; 1 replaced.",
    ]


def test_a_format_that_only_writes(ws: Workspace, file: Path) -> None:
    task = make_task(ws, numbered_pictures(6), labels=labels("car"))
    with pytest.raises(InvalidInput, match="exported only"):
        import_task(task, "CVAT for images 1.1", file)


def test_an_archive_of_something_else(ws: Workspace, tmp_path: Path) -> None:
    task = make_task(ws, numbered_pictures(1), labels=labels("car"))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("a.json", "{}")
        archive.writestr("b.json", "{}")
    with pytest.raises(InvalidInput, match=r"There is no COCO file") as caught:
        import_task(task, "coco", tmp_path / "in.zip")
    assert "a.json" in caught.value.hint
    with pytest.raises(InvalidInput, match=r"no annotations\.xml"):
        import_task(task, "cvat", tmp_path / "in.zip")


def test_a_former_name_of_a_label_is_known(ws: Workspace, file: Path) -> None:
    import msgspec

    (vehicle,) = labels("vehicle")
    task = make_task(ws, numbered_pictures(6), labels=[msgspec.structs.replace(vehicle, aliases=("car",))])
    import_task(task, None, file)
    assert {shape.label for shape in all_shapes(task)} == {"vehicle"}


def test_loading_a_task_view(ws: Workspace) -> None:
    task: TaskView = make_task(ws, numbered_pictures(1), labels=labels("car"))
    assert task.workspace is ws
