"""Workspaces of one task without media, and objects for them."""

import subprocess
from pathlib import Path

from cvatcore import Annotations, ChangeSet, JobView, Shape, Workspace
from cvatcore.schema import Label
from kit.tasks import make_task, numbered_pictures

FRAMES = 100
SKELETON = Label(
    id=3,
    name="body",
    color="#00ff00",
    type="skeleton",
    sublabels=tuple(Label(id=4 + n, name=name, color="#f00") for n, name in enumerate(("knee", "hip", "toe"))),
)
LABELS = (Label(id=1, name="car", color="#ff0000"), Label(id=2, name="person", color="#0000ff"), SKELETON)


def annotated(folder: Path, *, segment_size: int = 0, amend_seconds: int | None = None) -> Workspace:
    """A workspace with a task of 100 frames; its first job has the number 1."""
    folder.mkdir(parents=True, exist_ok=True)
    workspace = Workspace.init(folder)
    if amend_seconds is not None:
        settings = folder / "cvat.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8") + f"[save]\namend_seconds = {amend_seconds}\n", encoding="utf-8"
        )
    make_task(workspace, numbered_pictures(FRAMES), labels=LABELS, segment_size=segment_size)
    return workspace


def box(number: int, frame: int = 0, *, label: str = "car", at: float = 1.0) -> Shape:
    """A rectangle."""
    return Shape(frame=frame, id=number, type="rectangle", label=label, points=(at, at, at + 10, at + 20))


def put(job: JobView, *shapes: Shape) -> str:
    """Save shapes; returns the commit."""
    return job.apply(ChangeSet(shapes=shapes)).commit


def numbers(annotations: Annotations) -> list[int]:
    """The ids of all objects."""
    return sorted([shape.id for shape in annotations.shapes] + [track.id for track in annotations.tracks])


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    """The output of a git command."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=False, capture_output=True, encoding="utf-8", timeout=60
    )
    assert not check or done.returncode == 0, f"git {arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def assert_sound(folder: Path) -> None:
    """The repository is whole, and the working tree and the index are as the newest commit has them."""
    git(folder, "fsck", "--strict", "--no-dangling")
    assert git(folder, "status", "--porcelain") == ""
