"""Tasks of some frames of their media: files name frames by their numbers there, as CVAT does."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cvatcore import Keyframe, Shape, TaskView, Track, Workspace
from cvatcore.errors import CvatError
from cvatcore.media import ScanOptions
from cvatcore.workspace import TaskData
from cvatformats import export_task, import_task
from kit.samples import video
from kit.tasks import all_shapes, all_tracks


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "w")


def make(ws: Workspace, name: str, options: ScanOptions) -> TaskView:
    return ws.create_task(name, labels=["bike"], data=TaskData(inputs=(video(),), scan=options))


def box(frame: int, x: float) -> Keyframe:
    return Keyframe(frame=frame, track=0, type="rectangle", points=(x, 10.0, x + 50, 60.0))


def annotations(file: Path) -> ElementTree.Element:
    with zipfile.ZipFile(file) as archive:
        return ElementTree.fromstring(archive.read("annotations.xml"))


def draw(task: TaskView) -> None:
    # The last frame of the task is 6.
    track = Track(id=0, label="bike", frame=1, keyframes=(box(1, 5.0), box(4, 50.0)))
    task.write([Shape(frame=2, id=0, type="rectangle", label="bike", points=(1.0, 2.0, 30.0, 40.0))], [track])


@pytest.mark.parametrize("name", ["cvat-video", "cvat-images", "coco"])
def test_what_is_exported_comes_back_to_the_same_frames(ws: Workspace, tmp_path: Path, name: str) -> None:
    task = make(ws, "some", ScanOptions(start=10, step=5, stop=43))
    draw(task)
    export_task(task, name, tmp_path / "first.zip")
    before = sorted((shape.frame, shape.points) for shape in all_shapes(task))
    import_task(task, None, tmp_path / "first.zip")
    if name == "cvat-video":
        tracks = [[(key.frame, key.points, key.outside) for key in track.keyframes] for track in all_tracks(task)]
        assert [(1, (5.0, 10.0, 55.0, 60.0), False), (4, (50.0, 10.0, 100.0, 60.0), False)] in tracks
    else:
        assert set(before) <= {(shape.frame, shape.points) for shape in all_shapes(task)}
    export_task(task, name, tmp_path / "second.zip")
    first, second = (zipfile.ZipFile(tmp_path / file).namelist() for file in ("first.zip", "second.zip"))
    assert first == second


def test_frames_are_numbered_as_in_the_video(ws: Workspace, tmp_path: Path) -> None:
    task = make(ws, "some", ScanOptions(start=10, step=5, stop=43))
    draw(task)
    export_task(task, "cvat-video", tmp_path / "video.zip")
    root = annotations(tmp_path / "video.zip")
    told = [root.findtext(f"meta/task/{name}") for name in ("start_frame", "stop_frame", "frame_filter")]
    assert told == ["10", "40", "step=5"]
    drawn = [row.get("frame") for row in root.findall("track")[0] if row.get("keyframe") == "1"]
    assert drawn == ["15", "30"]
    export_task(task, "cvat-images", tmp_path / "images.zip")
    named = [(image.get("id"), image.get("name")) for image in annotations(tmp_path / "images.zip").findall("image")]
    assert named[1] == ("15", "frame_000015")


def test_a_frame_that_was_not_taken_is_refused(ws: Workspace, tmp_path: Path) -> None:
    whole = make(ws, "whole", ScanOptions(stop=43))
    whole.write([], [Track(id=0, label="bike", frame=11, keyframes=(box(11, 5.0),))])
    export_task(whole, "cvat-video", tmp_path / "video.zip")
    some = make(ws, "some", ScanOptions(start=10, step=5, stop=43))
    with pytest.raises(CvatError, match="frame 11 is not in the task 'some'"):
        import_task(some, None, tmp_path / "video.zip")
