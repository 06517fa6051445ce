"""Tasks made without any media: a manifest says what the frames would be. For tests that need no pixels."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cvatcore import ChangeSet, Label, TaskView, Workspace
from cvatcore.schema import (
    DataSpec,
    ImageFrame,
    Job,
    Manifest,
    Shape,
    Task,
    Track,
    VideoProperties,
    cut_segments,
    encode_manifest,
    object_ids,
)
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import job_path, manifest_path, task_path

OWN_IDS = 1000

CREATED = "2026-01-02T03:04:05Z"


def pictures(*names: str, size: tuple[int, int] = (100, 80)) -> Manifest:
    """A manifest of pictures of one size."""
    split = [name.rpartition(".") for name in names]
    return Manifest(
        images=tuple(
            ImageFrame(name=stem, extension=f".{extension}", width=size[0], height=size[1])
            for stem, _, extension in split
        )
    )


def numbered_pictures(count: int, *, size: tuple[int, int] = (100, 80)) -> Manifest:
    """A manifest of pictures `000000.jpg` and on."""
    return pictures(*(f"{number:06d}.jpg" for number in range(count)), size=size)


def film(length: int, *, size: tuple[int, int] = (100, 80)) -> Manifest:
    """A manifest of a video."""
    return Manifest(video=VideoProperties(name="film.mp4", resolution=size, length=length))


def labels(*names: str) -> tuple[Label, ...]:
    """Labels without attributes, with ids from 1."""
    return tuple(Label(id=number, name=name, color="#112233") for number, name in enumerate(names, start=1))


def make_task(
    workspace: Workspace,
    manifest: Manifest,
    *,
    labels: Sequence[Label],
    name: str = "street",
    segment_size: int = 0,
    overlap: int = 0,
    subset: str = "",
    deleted_frames: tuple[int, ...] = (),
) -> TaskView:
    """A task with its jobs. Object ids up to 1000 are the test's own: nobody else gets them."""
    if workspace.store.ids.take("object") <= OWN_IDS:
        workspace.store.ids.take("object", OWN_IDS)
    number = workspace.store.ids.take("task")
    task = Task(
        id=number,
        name=name,
        created=CREATED,
        owner="mara",
        labels=tuple(labels),
        segment_size=segment_size,
        overlap=overlap,
        subset=subset,
        data=DataSpec(deleted_frames=deleted_frames),
    )
    runs = cut_segments(manifest.size, segment_size=segment_size, overlap=overlap)
    first = workspace.store.ids.take("job", len(runs))
    jobs = [Job(id=first + index, start=start, stop=stop) for index, (start, stop) in enumerate(runs)]
    workspace.store.commit(
        {
            task_path(number): encode_json(task),
            manifest_path(number): encode_manifest(manifest),
            **{job_path(number, job.id): encode_json(job) for job in jobs},
        },
        message=plain_message(f"Create the task {name}"),
        author=workspace.author,
    )
    return workspace.tasks[number]


def new_workspace(folder: Path) -> Workspace:
    """An empty workspace in a new folder."""
    folder.mkdir(parents=True)
    return Workspace.init(folder)


def fill(task: TaskView, *, shapes: Iterable[Shape] = (), tracks: Iterable[Track] = (), job: int = 0) -> None:
    """Make these the only objects of one job of the task."""
    view = task.jobs[job]
    now = view.annotations
    gone = frozenset(shape.id for shape in now.shapes) | frozenset(track.id for track in now.tracks)
    new_shapes, new_tracks = tuple(shapes), tuple(tracks)
    items: list[Shape | Track] = [*new_shapes, *new_tracks]
    kept = {number for item in items for number in object_ids(item)}
    view.apply(ChangeSet(shapes=new_shapes, tracks=new_tracks, delete=gone - kept))


def all_shapes(task: TaskView) -> list[Shape]:
    """The shapes of all jobs, by frame and id."""
    return sorted((s for job in task.jobs for s in job.annotations.shapes), key=lambda s: (s.frame, s.id))


def all_tracks(task: TaskView) -> list[Track]:
    """The tracks of all jobs, by id."""
    return sorted((track for job in task.jobs for track in job.annotations.tracks), key=lambda track: track.id)
