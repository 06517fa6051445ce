"""The conflicts of a workspace: what two people did to the same field, kept until somebody chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvatcore.schema import (
    ConflictDocument,
    FieldConflict,
    Issue,
    Job,
    Keyframe,
    Manifest,
    Members,
    Project,
    Shape,
    Task,
    Track,
    WorkspaceSettings,
)
from cvatcore.schema.guide import Guide
from cvatcore.store import Shard, decode_shard, decode_toml, decode_tracks
from cvatcore.store.guide_text import decode_guide
from cvatcore.store.layout import (
    MEMBERS,
    SETTINGS,
    conflict_path,
    conflicts_dir,
    guide_path,
    issue_path,
    job_path,
    project_path,
    shard_path,
    shard_start,
    task_path,
    tracks_path,
)
from cvatcore.workspace.conflict.conflict_fields import field_value, plain_value
from cvatcore.workspace.conflict.conflict_words import field_in_words, thing_in_words, value_in_words

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

ConflictStatus = Literal["open", "changed since", "gone"]
"""Open: the file has one of the two values. Changed since: it has a third one. Gone: the thing is no longer there."""

Thing = Shape | Track | Keyframe | Task | Project | Job | Issue | Guide | WorkspaceSettings | Members | Manifest
"""What a conflict is about, as it is now."""

Field = TypeVar("Field", FieldConflict, "FieldView")


class FieldView(msgspec.Struct, frozen=True):
    """One field of a conflict, with what it has now. Values are as in the files."""

    field: str
    """Its name in the files, as in FieldConflict."""
    base: object
    ours: object
    theirs: object
    now: object
    """None where it has none, and where the thing is gone."""
    type: str = ""
    """The type of the shape, for its points in words."""

    @property
    def title(self) -> str:
        """Its name in words."""
        return field_in_words(self.field)

    def words(self, value: object) -> str:
        """One of its values in words; of a text, what begins with the first line in which the two sides differ."""
        if self.field == "markdown" and isinstance(value, str):
            value = _where_they_differ(value, self.ours, self.theirs)
        return value_in_words(self.field, value, type=self.type)


class ConflictView(msgspec.Struct, frozen=True):
    """A conflict as people see it."""

    document: ConflictDocument
    what: str
    """The thing in words: `rectangle 17 (car)`."""
    status: ConflictStatus
    fields: tuple[FieldView, ...]
    """`ours` is what the file has: where two clones met the same conflict, each has its own side there."""

    @property
    def id(self) -> str:
        """16 hexadecimal digits."""
        return self.document.id

    @property
    def short_id(self) -> str:
        """Its beginning, enough to tell it from others nearly always."""
        return self.document.id[:8]

    @property
    def path(self) -> str:
        """Its file."""
        return conflict_path(self.document)

    @property
    def can_keep_both(self) -> bool:
        """Whether both versions can stay, as two objects."""
        return self.document.kind in {"shape", "track"} and self.status != "gone"


def _where_they_differ(text: str, *sides: object) -> str:
    lines = [side.splitlines() for side in sides if isinstance(side, str)]
    alike = next((at for at, row in enumerate(zip(*lines, strict=False)) if len(set(row)) > 1), 0)
    rest = " ".join(text.splitlines()[alike:])
    return f"… {rest}" if alike else rest


def list_conflicts(workspace: Workspace, *, task: int | None = None, job: int | None = None) -> list[ConflictView]:
    """The conflicts of the workspace, of a task or of a job, by task, job, frame and object.

    Reads the conflicts, and of each job the shards that they are about; more of it only where an object is not there.
    Errors: NotFound for a task or job that there is not; InvalidDocument.
    """
    if job is not None:
        view = workspace.job(job)
        if task is not None and view.task.id != task:
            raise NotFound(f"Job {job} is not in task {task}.", hint=f"It is in task {view.task.id}.")
        task = view.task.id
    elif task is not None:
        workspace.tasks[task].document  # noqa: B018  says so when there is none
    workspace.store.mend()
    documents = [one for one in conflict_documents(workspace, task=task) if job is None or one.job == job]
    documents.sort(key=lambda one: (one.task, one.project, one.job, one.frame, one.kind, one.number, one.id))
    things = Things(workspace)
    return [view_of(one, things) for one in documents]


def conflict_documents(workspace: Workspace, *, task: int | None = None) -> Iterator[ConflictDocument]:
    """The documents of all conflicts, or of those of one task.

    Errors: InvalidDocument.
    """
    if task is not None:
        yield from _in_folder(workspace, conflicts_dir(task=task))
        return
    yield from _in_folder(workspace, conflicts_dir())
    for number in _numbers(workspace, "projects"):
        yield from _in_folder(workspace, conflicts_dir(project=number))
    for number in _numbers(workspace, "tasks"):
        yield from _in_folder(workspace, conflicts_dir(task=number))


def find_conflict(documents: Iterable[ConflictDocument], id: str) -> ConflictDocument:
    """The conflict whose id is this, or the only one that begins with it.

    Errors: NotFound; InvalidInput when several begin with it.
    """
    wanted = id.strip().lower()
    found = [one for one in documents if wanted and one.id.startswith(wanted)]
    if len(found) > 1:
        shown = ", ".join(one.id for one in found[:5]) + (" …" if len(found) > 5 else "")
        raise InvalidInput(f"Several conflicts begin with {id!r}.", hint=f"Give more of the id: {shown}.")
    if not found:
        raise NotFound(f"There is no conflict {id!r}; it may be resolved already.", hint="See: cvat conflicts.")
    return found[0]


class Things:
    """The things that conflicts are about, as the working tree has them now: each file is read once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._shards: dict[str, Shard] = {}
        self._tracks: dict[tuple[int, int], dict[int, Track]] = {}
        self._objects: dict[tuple[int, int], dict[int, Shape | Track]] = {}

    def find(self, conflict: ConflictDocument) -> Thing | None:
        """The thing, a track without its keyframes; None when it is gone.

        Errors: InvalidDocument, StorageFailed.
        """
        task, job = conflict.task, conflict.job
        match conflict.kind:
            case "shape":
                return self._shape(conflict)
            case "keyframe":
                if self.track(conflict) is None:
                    return None
                lines = self._shard(task, job, conflict.frame).keyframes
                wanted = (conflict.number, conflict.frame)
                return next((line for line in lines if (line.track, line.frame) == wanted), None)
            case "track":
                return self._whole(conflict) if _needs_whole(conflict) else self.track(conflict)
            case "manifest":
                there = self._store.document(task_path(task), Task) is not None
                return self._workspace.manifest_of(task) if there else None
            case "task":
                return self._store.document(task_path(task), Task)
            case "project":
                return self._store.document(project_path(conflict.project), Project)
            case "job":
                return self._store.document(job_path(task, job), Job)
            case "issue":
                return self._store.document(issue_path(task, conflict.number), Issue)
            case "guide":
                path = guide_path(task=task, project=conflict.project)
                data = self._store.read(path)
                return None if data is None else decode_guide(data, path=path)
            case "settings":
                data = self._store.read(SETTINGS)
                return None if data is None else decode_toml(data, WorkspaceSettings, path=SETTINGS)
            case "members":
                data = self._store.read(MEMBERS)
                return None if data is None else decode_toml(data, Members, path=MEMBERS)

    def track(self, conflict: ConflictDocument) -> Track | None:
        """The track, or joint of one, that a conflict of a track or a keyframe is about."""
        key = (conflict.task, conflict.job)
        if key not in self._tracks:
            path = tracks_path(*key)
            heads = decode_tracks(self._store.read(path) or b"", path=path)
            self._tracks[key] = {one.id: one for head in heads for one in (*head.elements, head)}
        return self._tracks[key].get(conflict.number)

    def name_of(self, task: int) -> str:
        """What a task is called; empty when it is gone."""
        found = self._store.document(task_path(task), Task)
        return found.name if found else ""

    def _whole(self, conflict: ConflictDocument) -> Shape | Track | None:
        """The object with all that it has; also a shape, where it is to be settled which of both it is."""
        key = (conflict.task, conflict.job)
        if key not in self._objects:
            annotations = self._workspace.annotations_of(*key).read()
            objects: list[Shape | Track] = [*annotations.tracks, *annotations.shapes]
            self._objects[key] = {one.id: one for one in objects}
        return self._objects[key].get(conflict.number)

    def _shape(self, conflict: ConflictDocument) -> Shape | None:
        task, job = conflict.task, conflict.job
        for shape in self._shard(task, job, conflict.frame).shapes:
            if shape.id == conflict.number:
                return shape
        # It is gone, or on another frame: two people may have moved it, or somebody has since.
        found = self._whole(conflict)
        return found if isinstance(found, Shape) else None

    def _shard(self, task: int, job: int, frame: int) -> Shard:
        path = shard_path(task, job, shard_start(max(0, frame)))
        if path not in self._shards:
            self._shards[path] = decode_shard(self._store.read(path) or b"", path=path)
        return self._shards[path]


def view_of(conflict: ConflictDocument, things: Things) -> ConflictView:
    """A conflict as people see it.

    Errors: InvalidDocument, StorageFailed.
    """
    thing = things.find(conflict)
    kind = thing.type if isinstance(thing, Shape | Keyframe) else ""
    fields = tuple(
        FieldView(
            field=one.field,
            base=one.base,
            ours=one.ours,
            theirs=one.theirs,
            now=None if thing is None else _value_now(thing, one),
            type=kind,
        )
        for one in conflict.fields
    )
    if fields and thing is not None and _is_mirrored(fields):
        fields = tuple(msgspec.structs.replace(one, ours=one.theirs, theirs=one.ours) for one in fields)
    changed = any(one.now not in (one.ours, one.theirs) for one in fields)
    status: ConflictStatus = "gone" if thing is None else "changed since" if changed else "open"
    return ConflictView(document=conflict, what=_what(conflict, thing, things), status=status, fields=fields)


def of_manifest(field: Field) -> Field:
    """A field of a manifest as the document has it: frames stand there as `images`."""
    head, dot, rest = field.field.partition(".")
    return msgspec.structs.replace(field, field=f"images{dot}{rest}") if head == "frames" else field


def _needs_whole(conflict: ConflictDocument) -> bool:
    """Whether a track's line in `tracks.jsonl` does not have what the conflict is about."""
    return any(one.field.rpartition(".")[2] in {"keyframes", "elements", "object"} for one in conflict.fields)


def _value_now(thing: Thing, field: FieldConflict) -> object:
    if field.field == "object":
        return plain_value(thing)
    if isinstance(thing, Manifest):
        if field.field == "frames":
            return [image.path for image in thing.images]
        return thing.kind if field.field == "type" else field_value(thing, of_manifest(field).field)
    if isinstance(thing, Task | Project) and _is_united(thing, field):
        return field.ours  # Of two labels that got one name there is one now, under the number of the other.
    return field_value(thing, field.field)


def _is_united(thing: Task | Project, field: FieldConflict) -> bool:
    head, _, rest = field.field.partition(".")
    number, _, name = rest.partition(".")
    if (head, name) != ("labels", "name") or any(str(label.id) == number for label in thing.labels):
        return False
    return any(label.name == field.ours for label in thing.labels)


def _is_mirrored(fields: tuple[FieldView, ...]) -> bool:
    """Whether the file has what the conflict calls theirs: it was met by another clone, whose sides are the others."""
    return any(one.now == one.theirs != one.ours for one in fields) and all(one.now != one.ours for one in fields)


def _what(conflict: ConflictDocument, thing: Thing | None, things: Things) -> str:
    drawn = label = name = ""
    match thing:
        case Shape():
            drawn, label = thing.type, thing.label
        case Track():
            label = thing.label
        case Keyframe():
            track = things.track(conflict)
            label = track.label if track else ""
        case Task() | Project():
            name = thing.name
        case Manifest():
            name = things.name_of(conflict.task)
        case Guide() if conflict.task:
            name = things.name_of(conflict.task)
    return thing_in_words(conflict, type=drawn, label=label, name=name)


def _in_folder(workspace: Workspace, folder: str) -> Iterator[ConflictDocument]:
    for name in sorted(workspace.store.files.listing(folder).files):
        if not name.endswith(".json"):
            continue
        path = f"{folder}/{name}"
        document = workspace.store.document(path, ConflictDocument)
        if document is None:
            continue  # It was resolved just now.
        if conflict_path(document) != path or not document.fields:
            raise InvalidDocument(
                "The file does not have the name of the conflict in it, or the conflict has no fields.",
                path=path,
                hint=f"Remove the file, or bring it back as it was: git checkout HEAD -- {path}.",
            )
        yield document


def _numbers(workspace: Workspace, folder: str) -> list[int]:
    return sorted(int(name) for name in workspace.store.files.listing(folder).folders if name.isdecimal())
