"""Git trees written from dictionaries of paths, and read back; workspaces as such dictionaries."""

from collections.abc import Mapping, Sequence

import msgspec
import pygit2
from pygit2.enums import FileMode

from cvatcore.schema import (
    Issue,
    Job,
    Keyframe,
    Label,
    Manifest,
    Project,
    Shape,
    Task,
    Track,
    WorkspaceSettings,
    encode_manifest,
)
from cvatcore.store import Shard, encode_json, encode_shard, encode_toml, encode_tracks
from cvatcore.store.layout import (
    SETTINGS,
    issue_path,
    job_path,
    manifest_path,
    project_path,
    shard_path,
    shard_start,
    task_path,
    tracks_path,
)
from kit.tasks import CREATED, labels, numbered_pictures

Files = Mapping[str, bytes]


def write_tree(repository: pygit2.Repository, files: Files) -> pygit2.Tree:
    """The tree with these files."""
    builder = repository.TreeBuilder()
    below: dict[str, dict[str, bytes]] = {}
    for path, data in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = data
        else:
            builder.insert(name, repository.create_blob(data), FileMode.BLOB)
    for name, inner in below.items():
        builder.insert(name, write_tree(repository, inner).id, FileMode.TREE)
    return repository[builder.write()].peel(pygit2.Tree)


def read_tree(tree: pygit2.Tree, path: str = "") -> dict[str, bytes]:
    """All files of a tree."""
    files: dict[str, bytes] = {}
    for entry in tree:
        if isinstance(entry, pygit2.Tree):
            files |= read_tree(entry, f"{path}{entry.name}/")
        elif isinstance(entry, pygit2.Blob):
            files[f"{path}{entry.name}"] = entry.data
    return files


def objects_of(tree: pygit2.Tree) -> set[str]:
    """The ids of a tree, and of all folders and files in it."""
    found = {str(tree.id)}
    for entry in tree:
        found |= objects_of(entry) if isinstance(entry, pygit2.Tree) else {str(entry.id)}
    return found


class Plain(msgspec.Struct, frozen=True):
    """A workspace with one task 1, whose jobs are one after the other, and perhaps a project 1."""

    shapes: Mapping[int, Sequence[Shape]] = {}
    """By job."""
    tracks: Mapping[int, Sequence[Track]] = {}
    """By job."""
    manifest: Manifest = numbered_pictures(64)
    jobs: tuple[Job, ...] = (Job(id=1, start=0, stop=31), Job(id=2, start=32, stop=63))
    labels: tuple[Label, ...] = labels("car", "person")
    project: int = 0
    """With one the labels are the project's."""
    issues: tuple[Issue, ...] = ()
    deleted_frames: tuple[int, ...] = ()
    name: str = "street"

    @property
    def files(self) -> dict[str, bytes]:
        """All its files."""
        task = Task(id=1, name=self.name, created=CREATED, labels=self.labels)
        task = msgspec.structs.replace(
            task, data=msgspec.structs.replace(task.data, deleted_frames=self.deleted_frames)
        )
        files = {SETTINGS: encode_toml(WorkspaceSettings(format=1, name="plain"))}
        if self.project:
            project = Project(id=self.project, name="roads", created=CREATED, labels=self.labels)
            files[project_path(self.project)] = encode_json(project)
            task = msgspec.structs.replace(task, project=self.project, labels=())
        files[task_path(1)] = encode_json(task)
        files[manifest_path(1)] = encode_manifest(self.manifest)
        for job in self.jobs:
            files[job_path(1, job.id)] = encode_json(job)
            files |= annotation_files(1, job.id, self.shapes.get(job.id, ()), self.tracks.get(job.id, ()))
        for issue in self.issues:
            files[issue_path(1, issue.id)] = encode_json(issue)
        return files


def annotation_files(task: int, job: int, shapes: Sequence[Shape], tracks: Sequence[Track]) -> dict[str, bytes]:
    """The files of a job's objects."""
    keyframes: list[Keyframe] = [key for track in tracks for key in track.keyframes]
    files = {}
    frames = [*(shape.frame for shape in shapes), *(key.frame for key in keyframes)]
    for first in sorted({shard_start(frame) for frame in frames}):
        shard = Shard(
            shapes=tuple(shape for shape in shapes if shard_start(shape.frame) == first),
            keyframes=tuple(key for key in keyframes if shard_start(key.frame) == first),
        )
        files[shard_path(task, job, first)] = encode_shard(shard)
    if tracks:
        files[tracks_path(task, job)] = encode_tracks(tracks)
    return files


def box(number: int, *, frame: int = 0, label: str = "car", left: float = 1.0, score: float | None = None) -> Shape:
    """A rectangle."""
    points = (left, 2.0, 30.0, 40.0)
    return Shape(frame=frame, id=number, type="rectangle", label=label, points=points, score=score)


def moving(number: int, *frames: int, label: str = "car", left: float = 1.0) -> Track:
    """A track with a keyframe on each of the frames."""
    keyframes = tuple(
        Keyframe(frame=frame, track=number, type="rectangle", points=(left, 2.0, 30.0, 40.0)) for frame in frames
    )
    return Track(id=number, label=label, frame=frames[0], keyframes=keyframes)
