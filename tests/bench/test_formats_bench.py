"""Exporting and importing 100,000 boxes, single ones and in tracks. Prints ratios, since machines differ."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cvatcore import Keyframe, Shape, TaskView, Track, Workspace
from cvatcore.tracks import track_shapes
from cvatformats import export_task, import_task
from kit.tasks import fill, film, labels, make_task, new_workspace, numbered_pictures

pytestmark = pytest.mark.bench

FRAMES, BOXES = 5_000, 100_000
SIZE = (1920, 1080)
ROUNDS = 5


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaskView]:
    with new_workspace(tmp_path_factory.mktemp("bench") / "w") as workspace:
        task = make_task(workspace, numbered_pictures(FRAMES, size=SIZE), labels=labels("car", "person"))
        first = workspace.store.ids.take("object", BOXES)
        fill(task, shapes=list(_boxes(first)))
        yield task


def test_coco_export_is_five_times_as_fast_as_datumaro(
    street: TaskView, tmp_path: Path, benchmark: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    root = street.workspace.root

    def cold(number: int) -> None:
        # What the command line does: nothing of the task was read before.
        with Workspace(root) as workspace:
            export_task(workspace.tasks["street"], "COCO 1.0", tmp_path / f"cold-{number}.zip")

    ours_cold = _best(cold)
    ours = _best(lambda number: export_task(street, "COCO 1.0", tmp_path / f"ours-{number}.zip"))
    benchmark.pedantic(lambda: export_task(street, "COCO 1.0", tmp_path / "again.zip"), rounds=1)
    dataset = _datumaro_dataset()
    theirs = _best(lambda number: dataset.export(str(tmp_path / f"datumaro-{number}"), "coco_instances"), rounds=3)
    with capsys.disabled():
        print(
            f"\nCOCO export of {BOXES} boxes: {ours:.2f} s, from the files {ours_cold:.2f} s, datumaro {theirs:.2f} s:"
            f" {theirs / ours:.1f} and {theirs / ours_cold:.1f} times as fast"
        )


@pytest.mark.parametrize("format", ["COCO 1.0", "CVAT for images 1.1"])
def test_import_against_export(
    street: TaskView, tmp_path: Path, benchmark: Any, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    file = tmp_path / "street.zip"
    writing = _best(lambda _: export_task(street, format, file), rounds=2)
    with new_workspace(tmp_path / "w") as workspace:
        other = make_task(workspace, numbered_pictures(FRAMES, size=SIZE), labels=labels("car", "person"))
        reading = _best(lambda _: import_task(other, None, file), rounds=1)
        benchmark.pedantic(lambda: import_task(other, None, file), rounds=1)
        assert sum(len(job.annotations.shapes) for job in other.jobs) == BOXES
    with capsys.disabled():
        print(f"\n{format}: {BOXES} boxes written in {writing:.2f} s, read and saved in {reading:.2f} s")


TRACKS, STEPS = 100, 1_000
EVERY = 10
"""Each track has a keyframe on every tenth frame."""


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TaskView]:
    with new_workspace(tmp_path_factory.mktemp("tracks") / "w") as workspace:
        task = make_task(workspace, film(STEPS, size=SIZE), labels=labels("car", "person"))
        first = workspace.store.ids.take("object", TRACKS)
        fill(task, tracks=list(_tracks(first)))
        yield task


def test_video_export_against_datumaro(
    street: TaskView, crossing: TaskView, tmp_path: Path, benchmark: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ours finds out where the boxes are between keyframes and compresses; datumaro is given all of them."""
    ours = _best(lambda number: export_task(crossing, "cvat-video", tmp_path / f"ours-{number}.zip"))
    images = _best(lambda number: export_task(street, "cvat-images", tmp_path / f"images-{number}.zip"), rounds=2)
    benchmark.pedantic(lambda: export_task(crossing, "cvat-video", tmp_path / "again.zip"), rounds=1)
    # It changes the annotations that it writes: every run gets its own.
    datasets = [_datumaro_tracks(crossing) for _ in range(2)]

    def theirs(number: int) -> None:
        datasets[number].export(str(tmp_path / f"datumaro-{number}"), "cvat", use_track=True)

    times = _best(theirs, rounds=len(datasets))
    boxes = TRACKS * STEPS
    with capsys.disabled():
        print(
            f"\nCVAT for video export of {TRACKS} tracks on {STEPS} frames: {ours:.2f} s"
            f" ({ours / boxes * 1e6:.1f} us a box; for images {images / BOXES * 1e6:.1f} us),"
            f" datumaro {times:.2f} s: {times / ours:.1f} times as fast"
        )


def test_video_import_against_export(
    crossing: TaskView, tmp_path: Path, benchmark: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "crossing.zip"
    writing = _best(lambda _: export_task(crossing, "cvat-video", file), rounds=2)
    with new_workspace(tmp_path / "w") as workspace:
        other = make_task(workspace, film(STEPS, size=SIZE), labels=labels("car", "person"))
        reading = _best(lambda _: import_task(other, None, file), rounds=2)
        benchmark.pedantic(lambda: import_task(other, None, file), rounds=1)
        assert sum(len(job.annotations.tracks) for job in other.jobs) == TRACKS
    with capsys.disabled():
        print(f"\nCVAT for video: {TRACKS * STEPS} boxes written in {writing:.2f} s, read and saved in {reading:.2f} s")


def _best(action: Callable[[int], object], *, rounds: int = ROUNDS) -> float:
    """The least time of several runs, in seconds: what disturbs a run only ever makes it longer."""
    times: list[float] = []
    for number in range(rounds):
        started = time.perf_counter()
        action(number)
        times.append(time.perf_counter() - started)
    return min(times)


def _corners() -> Iterator[tuple[float, float, float, float]]:
    numbers = random.Random(7)
    for _ in range(BOXES):
        x, y = numbers.uniform(0, 1500), numbers.uniform(0, 800)
        corners = (x, y, x + numbers.uniform(5, 400), y + numbers.uniform(5, 200))
        x1, y1, x2, y2 = (round(value, 2) for value in corners)
        yield x1, y1, x2, y2


def _boxes(first: int) -> Iterator[Shape]:
    for index, corners in enumerate(_corners()):
        yield Shape(
            frame=index * FRAMES // BOXES,
            id=first + index,
            type="rectangle",
            label=("car", "person")[index % 2],
            points=corners,
        )


def _tracks(first: int) -> Iterator[Track]:
    numbers = random.Random(11)
    for index in range(TRACKS):
        x, y, wide, high = (numbers.uniform(0, 400) for _ in range(4))
        keyframes: list[Keyframe] = []
        for frame in range(0, STEPS, EVERY):
            x, y = x + numbers.uniform(-5, 15), y + numbers.uniform(-3, 7)
            corners = tuple(round(number, 2) for number in (x, y, x + wide, y + high))
            keyframes.append(Keyframe(frame=frame, track=first + index, type="rectangle", points=corners))
        yield Track(id=first + index, label=("car", "person")[index % 2], keyframes=tuple(keyframes))


def _datumaro_tracks(task: TaskView) -> Any:
    import numpy as np
    from datumaro.components.annotation import AnnotationType, Bbox, LabelCategories
    from datumaro.components.dataset import Dataset
    from datumaro.components.dataset_base import DatasetItem
    from datumaro.components.media import Image

    boxes: dict[int, list[Any]] = {}
    for number, track in enumerate(task.jobs[0].annotations.tracks):
        for item in track_shapes(track, stop=STEPS - 1):
            x1, y1, x2, y2 = item.shape.points
            attributes = {"track_id": number, "keyframe": item.keyframe, "outside": False, "occluded": False}
            box = Bbox(x1, y1, x2 - x1, y2 - y1, label=number % 2, attributes=attributes)
            boxes.setdefault(item.shape.frame, []).append(box)
    blank = np.zeros((1, 1, 3), dtype=np.uint8)
    items = [
        DatasetItem(
            id=f"{frame:06d}",
            subset="default",
            media=Image.from_numpy(data=blank, size=(SIZE[1], SIZE[0])),
            annotations=boxes[frame],
            attributes={"frame": frame},
        )
        for frame in range(STEPS)
    ]
    categories = {AnnotationType.label: LabelCategories.from_iterable(["car", "person"])}
    return Dataset.from_iterable(items, categories=categories, media_type=Image)


def _datumaro_dataset() -> Any:
    import numpy as np
    from datumaro.components.annotation import AnnotationType, Bbox, LabelCategories
    from datumaro.components.dataset import Dataset
    from datumaro.components.dataset_base import DatasetItem
    from datumaro.components.media import Image

    boxes: dict[int, list[Any]] = {}
    for index, (x1, y1, x2, y2) in enumerate(_corners()):
        attributes = {"occluded": False, "rotation": 0.0}
        boxes.setdefault(index * FRAMES // BOXES, []).append(
            Bbox(x1, y1, x2 - x1, y2 - y1, label=index % 2, id=index + 1, group=index + 1, attributes=attributes)
        )
    blank = np.zeros((1, 1, 3), dtype=np.uint8)
    items = [
        DatasetItem(
            id=f"{frame:06d}",
            subset="default",
            media=Image.from_numpy(data=blank, size=(SIZE[1], SIZE[0])),
            annotations=boxes[frame],
        )
        for frame in range(FRAMES)
    ]
    categories = {AnnotationType.label: LabelCategories.from_iterable(["car", "person"])}
    return Dataset.from_iterable(items, categories=categories, media_type=Image)
