"""Workspaces of one task without media, objects for them, and hypothesis strategies that make objects."""

import subprocess
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cvatcore import Annotations, ChangeSet, JobView, Keyframe, Shape, Track, Workspace
from cvatcore.schema import Element, Label
from kit.tasks import make_task, numbered_pictures

FRAMES = 100
SKELETON = Label(
    id=3, name="body", color="#00ff00", type="skeleton", sublabels=(Label(id=4, name="knee", color="#f00"),)
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


coordinates = st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 2) + 0.0)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
attributes = st.dictionaries(names, names, max_size=3)
label_names = st.sampled_from(["car", "person"])


@st.composite
def shapes(draw: st.DrawFn, ids: st.SearchStrategy[int], last: int = FRAMES - 1) -> Shape:
    """Rectangles, polygons and tags, and skeletons of one joint whose id is the skeleton's and 1000."""
    number = draw(ids)
    given: dict[str, Any] = {
        "frame": draw(st.integers(0, last)),
        "id": number,
        "occluded": draw(st.booleans()),
        "z_order": draw(st.integers(-3, 3)),
        "group": draw(st.integers(0, 3)),
        "source": draw(st.sampled_from(["manual", "auto", "file"])),
        "score": draw(st.none() | st.floats(0, 1)),
        "attributes": draw(attributes),
    }
    kind = draw(st.sampled_from(["rectangle", "polygon", "tag", "skeleton"]))
    if kind == "skeleton":
        knee = Element(id=number + 1000, type="points", label="knee", points=(draw(coordinates), draw(coordinates)))
        return Shape(type="skeleton", label="body", elements=(knee,), **given)
    if kind == "tag":
        return Shape(type="tag", label=draw(label_names), **given)
    if kind == "polygon":
        pairs = draw(st.lists(coordinates, min_size=6, max_size=6))
        return Shape(type="polygon", label=draw(label_names), points=tuple(pairs), **given)
    corners = draw(st.lists(coordinates, min_size=4, max_size=4))
    rotation = draw(st.floats(0, 360))
    return Shape(type="rectangle", label=draw(label_names), points=tuple(corners), rotation=rotation, **given)


@st.composite
def keyframes(draw: st.DrawFn, number: int, last: int = FRAMES - 1) -> tuple[Keyframe, ...]:
    """Keyframes of one track, by frame."""
    frames = sorted(draw(st.sets(st.integers(0, last), max_size=4)))
    return tuple(
        Keyframe(
            frame=frame,
            track=number,
            type="rectangle",
            points=tuple(draw(st.lists(coordinates, min_size=4, max_size=4))),
            outside=draw(st.booleans()),
            attributes=draw(attributes),
        )
        for frame in frames
    )


@st.composite
def tracks(draw: st.DrawFn, ids: st.SearchStrategy[int], last: int = FRAMES - 1) -> Track:
    """Tracks of rectangles, some with a joint whose id is the track's and 1000."""
    number = draw(ids)
    elements: tuple[Track, ...] = ()
    label = draw(label_names)
    if draw(st.booleans()):
        label = "body"
        elements = (Track(id=number + 1000, label="knee", keyframes=draw(keyframes(number + 1000, last))),)
    return Track(
        id=number,
        label=label,
        frame=draw(st.integers(0, last)),
        attributes=draw(attributes),
        elements=elements,
        keyframes=draw(keyframes(number, last)),
    )


@st.composite
def changes(draw: st.DrawFn, last: int = FRAMES - 1) -> ChangeSet:
    """Changes to a dozen objects, shapes and tracks that take each other's place among them."""
    ids = draw(st.sets(st.integers(1, 12), max_size=4))
    new_shapes: list[Shape] = []
    new_tracks: list[Track] = []
    for number in sorted(ids):
        if draw(st.booleans()):
            new_shapes.append(draw(shapes(st.just(number), last)))
        else:
            new_tracks.append(draw(tracks(st.just(number), last)))
    gone = draw(st.frozensets(st.integers(1, 12), max_size=3)) - ids
    return ChangeSet(shapes=tuple(new_shapes), tracks=tuple(new_tracks), delete=gone)
