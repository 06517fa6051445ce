"""What differs between two states of a workspace: two revisions, or one and the working tree.

Only files that differ are read, and of shards only the lines that differ are decoded: what it costs follows the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument, UnsupportedVersion
from cvatcore.merge.diff import LabelCounts, ObjectDiff, Status, count_labels, diff_annotations
from cvatcore.merge.document_diff import DocumentChange, diff_documents
from cvatcore.schema import (
    Annotations,
    ConflictDocument,
    Issue,
    Job,
    Keyframe,
    Members,
    Project,
    Shape,
    Task,
    Track,
    WorkspaceSettings,
    decode_manifest,
)
from cvatcore.schema.guide import GuideAsset
from cvatcore.store import Place, Shard, decode_json, decode_shard, decode_toml, decode_tracks, place_of
from cvatcore.store.guide_text import decode_guide
from cvatcore.store.layout import task_dir, task_path, tracks_path
from cvatcore.store.past import FileChange, Past
from cvatcore.store.reading import CommitFiles, Files
from cvatcore.store.working import working_changes

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

Side = Literal["before", "after"]

DocumentKind = Literal[
    "settings", "members", "project", "task", "manifest", "job", "issue", "guide", "asset", "conflict", "file"
]
"""What a document is; `file` is one that the format knows nothing of."""


class DocumentDiff(msgspec.Struct, frozen=True):
    """A document that was added, changed or removed."""

    path: str
    kind: DocumentKind
    number: int
    """The id of the project, task, job or issue; 0 for the others."""
    name: str
    """Of a project or task, now; empty for the others."""
    status: Status
    changes: tuple[DocumentChange, ...]
    """Only for what was changed."""


class JobDiff(msgspec.Struct, frozen=True):
    """The objects of a job that differ."""

    job: int
    objects: tuple[ObjectDiff, ...]


class TaskDiff(msgspec.Struct, frozen=True):
    """What differs of a task."""

    task: int
    name: str
    """Now, or of a task that was removed the one it had."""
    status: Status
    documents: tuple[DocumentDiff, ...]
    """Its own, its frames, its jobs and issues."""
    jobs: tuple[JobDiff, ...]

    @property
    def objects(self) -> tuple[ObjectDiff, ...]:
        """Of all its jobs."""
        return tuple(diff for job in self.jobs for diff in job.objects)


class Unreadable(msgspec.Struct, frozen=True):
    """A file that differs and that one of the two states has in a form that cannot be read."""

    path: str
    side: Side
    line: int
    """0 where it is not known."""
    reason: str


class WorkspaceDiff(msgspec.Struct, frozen=True):
    """What differs between two states of a workspace, or of one task of it."""

    before: str
    """The commit; empty for the empty workspace."""
    after: str
    """The commit; empty for the working tree."""
    documents: tuple[DocumentDiff, ...]
    """Projects, settings, people and files of no task."""
    tasks: tuple[TaskDiff, ...]
    unreadable: tuple[Unreadable, ...]

    @property
    def objects(self) -> tuple[ObjectDiff, ...]:
        """Of all its tasks."""
        return tuple(diff for task in self.tasks for diff in task.objects)

    @property
    def labels(self) -> tuple[LabelCounts, ...]:
        """How many objects of each label were added, changed and removed."""
        return count_labels(self.objects)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.documents or self.tasks or self.unreadable)


def diff_workspace(workspace: Workspace, before: str, after: str, *, task: int = 0, job: int = 0) -> WorkspaceDiff:
    """What differs between two revisions; an empty `after` is the workspace as it is open: its working tree.

    `task` and `job` (0: all) leave the rest out. What cannot be read is listed, not raised.
    Errors: NotFound for a revision that does not exist, StorageFailed.
    """
    past = workspace.past
    old = past.resolve(before)
    if after or workspace.revision:
        new = past.resolve(after or workspace.revision)
        changes: Iterable[FileChange] = past.changes(old, new, under=task_dir(task) if task else "")
        files: Files = CommitFiles(past, new)
    else:
        new = ""
        changes = working_changes(workspace.root, commit=old)
        files = workspace.store.files
    reading = _Reading(past, CommitFiles(past, old), files, working=not new)
    return reading.whole(old, new, changes, task=task, job=job)


class _Lines(msgspec.Struct):
    """What of a job differs on one side."""

    shapes: list[Shape] = []
    keyframes: list[Keyframe] = []
    heads: dict[int, Track] | None = None


_Document = TypeVar("_Document", bound=msgspec.Struct)


class _Reading:
    """Both sides, and what could not be read of them."""

    def __init__(self, past: Past, before: Files, after: Files, *, working: bool) -> None:
        self._past = past
        self._files: Mapping[Side, Files] = {"before": before, "after": after}
        self._working = working
        self._unreadable: dict[tuple[str, Side], Unreadable] = {}

    def whole(self, before: str, after: str, changes: Iterable[FileChange], *, task: int, job: int) -> WorkspaceDiff:
        loose: list[DocumentDiff] = []
        documents: dict[int, list[DocumentDiff]] = {}
        jobs: dict[int, dict[int, list[tuple[FileChange, Place]]]] = {}
        for change in changes:
            place = place_of(change.path)
            owner = _task_of(change.path) if place is None else place.task
            if (task and owner != task) or (job and (place is None or place.job != job)):
                continue
            if place is not None and place.kind in {"shard", "tracks"}:
                jobs.setdefault(place.task, {}).setdefault(place.job, []).append((change, place))
            else:
                diff = self._document(change, place)
                if diff is not None:
                    (documents.setdefault(owner, []) if owner else loose).append(diff)
        tasks = [
            found
            for number in sorted(documents.keys() | jobs.keys())
            if (found := self._task(number, documents.get(number, []), jobs.get(number, {}))) is not None
        ]
        return WorkspaceDiff(
            before=before,
            after=after,
            documents=tuple(loose),
            tasks=tuple(tasks),
            unreadable=tuple(value for _, value in sorted(self._unreadable.items())),
        )

    def _task(
        self,
        number: int,
        documents: Sequence[DocumentDiff],
        jobs: Mapping[int, Sequence[tuple[FileChange, Place]]],
    ) -> TaskDiff | None:
        diffs = [JobDiff(job, self._objects(number, job, changes)) for job, changes in sorted(jobs.items())]
        found = tuple(diff for diff in diffs if diff.objects)
        if not (documents or found):
            return None  # Its text differs, what it says does not.
        own = next((diff for diff in documents if diff.kind == "task"), None)
        name = own.name if own is not None else self._task_name(number)
        return TaskDiff(number, name, own.status if own is not None else "changed", tuple(documents), found)

    def _task_name(self, number: int) -> str:
        for side in ("after", "before"):
            found = self._decode(task_path(number), side, self._files[side].read(task_path(number)), Task)
            if found is not None:
                return found.name
        return ""

    def _objects(self, task: int, job: int, changes: Sequence[tuple[FileChange, Place]]) -> tuple[ObjectDiff, ...]:
        sides: dict[Side, _Lines] = {"before": _Lines(), "after": _Lines()}
        path = tracks_path(task, job)
        for change, place in changes:
            texts = self._texts(change)
            if place.kind == "tracks":
                heads = {side: self._heads(path, side, texts[side]) for side in texts}
                if None not in heads.values():
                    for side, tracks in heads.items():
                        sides[side].heads = tracks
                continue
            old, new = different_lines(texts["before"], texts["after"])
            lines: dict[Side, bytes] = {"before": old, "after": new}
            shards = {side: self._shard(change.path, side, lines[side], texts[side]) for side in lines}
            for side, shard in shards.items():
                if None not in shards.values():  # With one side alone all would be added, or removed.
                    sides[side].shapes += shard.shapes if shard is not None else ()
                    sides[side].keyframes += shard.keyframes if shard is not None else ()
        if any(lines.keyframes for lines in sides.values()):
            for side, found in sides.items():
                if found.heads is None:
                    found.heads = self._heads(path, side, self._files[side].read(path) or b"")
        before, after = _partial(sides["before"], sides["after"])
        return diff_annotations(before, after)

    def _texts(self, change: FileChange) -> dict[Side, bytes]:
        before = self._past.blob(change.before) if change.before else b""
        if self._working:
            after = self._files["after"].read(change.path) or b""
        else:
            after = self._past.blob(change.after) if change.after else b""
        return {"before": before, "after": after}

    def _shard(self, path: str, side: Side, lines: bytes, whole: bytes) -> Shard | None:
        try:
            return decode_shard(lines, path=path)
        except InvalidDocument:
            pass
        try:
            decode_shard(whole, path=path)  # That knows the number of the line.
        except InvalidDocument as error:
            self._note(path, side, error.line, error.reason)
        return None

    def _heads(self, path: str, side: Side, data: bytes) -> dict[int, Track] | None:
        try:
            return {track.id: track for track in reversed(decode_tracks(data, path=path))}
        except InvalidDocument as error:
            self._note(path, side, error.line, error.reason)
            return None

    def _document(self, change: FileChange, place: Place | None) -> DocumentDiff | None:
        status: Status = "changed" if change.before and change.after else "added" if change.after else "removed"
        if place is None or place.kind == "asset_file":
            return DocumentDiff(change.path, "file", 0, "", status, ())
        texts = self._texts(change)
        before = self._decode_place(change.path, "before", texts["before"], place) if change.before else None
        after = self._decode_place(change.path, "after", texts["after"], place) if change.after else None
        changes = diff_documents(before, after)
        if status == "changed" and before is not None and before == after:
            return None
        now = before if after is None else after
        name = now.name if isinstance(now, (Task, Project)) else ""
        number = place.issue or place.job or place.task or place.project
        return DocumentDiff(change.path, place.kind, number, name, status, changes)  # type: ignore[arg-type]  # shards and tracks are no documents

    def _decode_place(self, path: str, side: Side, data: bytes, place: Place) -> msgspec.Struct | None:
        if place.kind == "manifest":
            try:
                return decode_manifest(data, path=path)
            except (InvalidDocument, UnsupportedVersion) as error:
                self._note(path, side, getattr(error, "line", 0), error.message)
                return None
        if place.kind == "guide":
            try:
                return decode_guide(data, path=path)
            except InvalidDocument as error:
                self._note(path, side, error.line, error.reason)
                return None
        return self._decode(path, side, data, _KINDS[place.kind])

    def _decode(self, path: str, side: Side, data: bytes | None, kind: type[_Document]) -> _Document | None:
        if data is None:
            return None
        decode = decode_toml if path.endswith(".toml") else decode_json
        try:
            return decode(data, kind, path=path)
        except InvalidDocument as error:
            self._note(path, side, error.line, error.reason)
            return None

    def _note(self, path: str, side: Side, line: int, reason: str) -> None:
        self._unreadable[path, side] = Unreadable(path, side, line, reason)


_KINDS: Mapping[str, type[msgspec.Struct]] = {
    "settings": WorkspaceSettings,
    "members": Members,
    "project": Project,
    "task": Task,
    "job": Job,
    "issue": Issue,
    "asset": GuideAsset,
    "conflict": ConflictDocument,
}


def _task_of(path: str) -> int:
    """The task in whose folder a file lies that the format does not know; 0 for none."""
    parts = path.split("/", 2)
    return int(parts[1]) if len(parts) == 3 and parts[0] == "tasks" and parts[1].isdecimal() else 0


def different_lines(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """The lines of two files that the other one does not have: what is on the same line is the same object."""
    old, new = before.split(b"\n"), after.split(b"\n")
    in_old, in_new = set(old), set(new)
    return (
        b"\n".join([line for line in old if line not in in_new]),
        b"\n".join([line for line in new if line not in in_old]),
    )


def _partial(before: _Lines, after: _Lines) -> tuple[Annotations, Annotations]:
    """Both sides of a job as annotations of what differs: tracks have only the keyframes that do."""
    old, new = before.heads or {}, after.heads or {}
    different = {number for number in old.keys() | new.keys() if old.get(number) != new.get(number)}
    owners = {joint.id: track.id for heads in (old, new) for track in heads.values() for joint in track.elements}
    touched = {owners.get(key.track, key.track) for lines in (before, after) for key in lines.keyframes}
    wanted = different | touched
    return (
        Annotations(shapes=tuple(before.shapes), tracks=tuple(_with_keyframes(old, wanted, before.keyframes))),
        Annotations(shapes=tuple(after.shapes), tracks=tuple(_with_keyframes(new, wanted, after.keyframes))),
    )


def _with_keyframes(heads: Mapping[int, Track], wanted: set[int], keyframes: Iterable[Keyframe]) -> Iterator[Track]:
    by_track: dict[int, list[Keyframe]] = {}
    for key in keyframes:
        by_track.setdefault(key.track, []).append(key)
    for number in sorted(wanted & heads.keys()):
        yield _filled(heads[number], by_track)


def _filled(head: Track, keyframes: Mapping[int, list[Keyframe]]) -> Track:
    return msgspec.structs.replace(
        head,
        keyframes=tuple(sorted(keyframes.get(head.id, ()), key=lambda key: key.frame)),
        elements=tuple(_filled(joint, keyframes) for joint in head.elements),
    )
