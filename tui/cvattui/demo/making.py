"""Making the demo's workspace: all of it, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from cvatcore import JobView, Shape, Workspace
from cvatcore.errors import Conflict, InvalidInput, StorageFailed
from cvatcore.schema import JobStage, JobState
from cvatcore.store.layout import MEDIA, SETTINGS
from cvattui.demo.light import EVENING, LIGHTS
from cvattui.demo.painting import StreetPainter, TrueBox
from cvattui.demo.scene import LABELS
from cvattui.demo.video import write_video

if TYPE_CHECKING:
    from cvatcore import TaskView

DEMO_NAME = "cvatd demo"
"""The name of the workspace, by which it is known again."""

PICTURES = 16
FRAMES = 160

_PICTURE_SIZE = (1280, 720)
_VIDEO_SIZE = (960, 540)
_PEOPLE = ("alice", "bob")

_Course = tuple[JobStage, JobState, str]
"""Stage, state and assignee of a job; `*` is whoever made the demo."""

_OF_PICTURES: tuple[_Course, ...] = (
    ("acceptance", "completed", "alice"),
    ("validation", "in progress", "bob"),
    ("annotation", "in progress", "*"),
    ("annotation", "new", ""),
)
_OF_VIDEO: tuple[_Course, ...] = (
    ("acceptance", "completed", "bob"),
    ("validation", "completed", "alice"),
    ("annotation", "rejected", "*"),
    ("annotation", "new", ""),
)


class Progress(Protocol):
    """Told what is done and what there is."""

    def __call__(self, done: int, total: int, /) -> None:
        """Take note."""


class Demo(msgspec.Struct, frozen=True):
    """The demo's workspace, and whether it was made just now."""

    root: Path
    made: bool


def make_demo(folder: Path, *, pictures: int = PICTURES, frames: int = FRAMES, progress: Progress) -> Demo:
    """Draw the demo into a folder that is missing or empty, or find the one that is there.

    Errors: Conflict when something else is in the folder; StorageFailed, then nothing was made.
    """
    if pictures < 1 or frames < 1:
        raise InvalidInput("The demo needs at least one picture and one frame.")
    root = folder.expanduser().resolve()
    if (root / SETTINGS).is_file():
        with Workspace(root) as workspace:
            if workspace.settings.name == DEMO_NAME:
                return Demo(root=root, made=False)
        raise Conflict(f"{root} is a workspace of yours, not the demo.", hint="Give another folder: cvat demo DIR.")
    try:
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise Conflict(f"{root} is not empty.", hint="Give another folder: cvat demo DIR.")
        # Outside of the folder, which may lie in somebody's git repository: the demo gets its own.
        with tempfile.TemporaryDirectory(prefix="cvat-demo-") as temporary:
            _build(Path(temporary), pictures=pictures, frames=frames, progress=progress)
            _move(Path(temporary), root)
    except OSError as error:
        raise StorageFailed(f"The demo cannot be written to {root}: {error.strerror or error}.") from None
    return Demo(root=root, made=True)


def _move(source: Path, target: Path) -> None:
    """Move what a folder holds; the file that makes it a workspace comes last."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir(), key=lambda entry: entry.name == SETTINGS):
        shutil.move(entry, target / entry.name)


def _build(root: Path, *, pictures: int, frames: int, progress: Progress) -> None:
    done, total = 0, pictures + frames

    def step() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    media = root / MEDIA
    (media / "street").mkdir(parents=True)
    picture_boxes = []
    for number in range(pictures):
        picture_boxes.append(_draw_picture(media / "street" / f"street-{number + 1:02d}.jpg", number))
        step()
    width, height = _VIDEO_SIZE
    painter = StreetPainter(seed=500, light=EVENING, width=width, height=height)
    video_boxes = write_video(media / "evening.mp4", painter, frames=frames, on_frame=step)
    with Workspace.init(root, name=DEMO_NAME) as workspace:
        for username in _PEOPLE:
            workspace.add_member(username)
        for name, data, size, boxes, courses in (
            ("street", media / "street", pictures, picture_boxes, _OF_PICTURES),
            ("evening drive", media / "evening.mp4", frames, video_boxes, _OF_VIDEO),
        ):
            task = workspace.create_task(
                name, labels=LABELS, data=[data], segment_size=-(-size // len(courses)), overlap=0
            )
            _annotate(workspace, task, boxes)
            _put_in_course(workspace, task.jobs, courses)


def _draw_picture(path: Path, number: int) -> list[TrueBox]:
    width, height = _PICTURE_SIZE
    painter = StreetPainter(seed=number, light=LIGHTS[number % len(LIGHTS)], width=width, height=height)
    picture, boxes = painter.paint(number * 1.7)
    picture.save(path, quality=88)
    return boxes


def _annotate(workspace: Workspace, task: TaskView, boxes: Sequence[Sequence[TrueBox]]) -> None:
    """Store the true boxes of every job but the last, which is for the reader to draw."""
    for job in task.jobs[:-1]:
        job.add(*_shapes(boxes, range(job.start, job.stop + 1)))


def _shapes(boxes: Sequence[Sequence[TrueBox]], frames: Iterable[int]) -> list[Shape]:
    return [
        Shape(frame=frame, id=0, type="rectangle", label=box.label, points=box.points, occluded=box.occluded)
        for frame in frames
        for box in boxes[frame]
    ]


def _put_in_course(workspace: Workspace, jobs: Sequence[JobView], courses: Sequence[_Course]) -> None:
    me = workspace.me.username
    for job, (stage, state, assignee) in zip(jobs, courses, strict=False):
        job.update(stage=stage, state=state, assignee=me if assignee == "*" else assignee)
