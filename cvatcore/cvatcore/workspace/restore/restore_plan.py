"""The files that bring things back: planned one thing after the other, written in one commit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cvatcore.edit import ChangeSet, Counts
from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvatcore.schema import Annotations, Issue, Keyframe, Project, Shape, Task, Track, object_ids
from cvatcore.store import Author, Plan, Store, decode_json, decode_shard, decode_tracks, encode_json, plain_message
from cvatcore.store.layout import (
    annotations_dir,
    issues_dir,
    job_path,
    place_of,
    project_path,
    shard_start,
    task_dir,
    task_path,
    tracks_path,
)
from cvatcore.workspace.history.past_search import ObjectPlace
from cvatcore.workspace.restore.restore_targets import SHORT, Source, Target
from cvatcore.workspace.restore.restored import Restored, RestoredItem
from cvatcore.workspace.restore.restored_labels import labels_with, used_labels

if TYPE_CHECKING:
    from cvatcore.store import JobAnnotations
    from cvatcore.workspace.workspace import Workspace

Document = TypeVar("Document", bound=msgspec.Struct)


class RestorePlan:
    """The files that bring things back, and what they are."""

    def __init__(self, workspace: Workspace, held: ExitStack) -> None:
        """Begin with nothing; what has to stay open until the plan is written is left in `held`."""
        self._workspace = workspace
        self._held = held
        self._past = workspace.past
        self._then: dict[str, Workspace] = {}
        self._plans: list[tuple[JobAnnotations, Plan]] = []
        self._whole: set[str] = set()
        """Folders that are restored as a whole."""
        self.files: dict[str, bytes | None] = {}
        self.items: list[RestoredItem] = []

    def whole(self, target: Target, source: Source) -> None:
        """A task, a job, a project or a file becomes as a commit has it."""
        if target.kind == "task":
            self._task(target, source)
        elif target.kind == "job":
            self._job(target, source)
        elif target.kind == "project":
            folder = project_path(target.number).rpartition("/")[0]
            document = self._document(project_path(target.number), Project, source.commit)
            self._add(target, source, self._folder(folder, source.commit), name=document.name)
        else:
            place = place_of(target.path)
            data = self._blob(target.path, source.commit)
            self._add(target, source, {target.path: data}, task=place.task if place else 0)

    def objects(self, places: dict[int, list[ObjectPlace]], *, is_chosen: bool) -> None:
        """Single objects come back into the jobs that had them."""
        by_job: dict[ObjectPlace, list[int]] = {}
        for number, found in sorted(places.items()):
            for place in found:
                by_job.setdefault(place, []).append(number)
        changes: dict[tuple[int, int], dict[int, Shape | Track]] = {}
        for place, numbers in sorted(by_job.items()):
            self._check_job(place, numbers[0])
            job = (place.task, place.job)
            self._held.enter_context(self._workspace.annotations_of(*job).editing())
            found_now = _by_id(self._workspace.annotations_of(*job).read())
            found_then = _by_id(self._at(place.commit).annotations_of(*job).read())
            for number in numbers:
                item, now = found_then[number], found_now.get(number)
                if now is not None and not is_chosen:
                    raise InvalidInput(
                        f"Object {number} is here, in job {place.job}.",
                        hint="Say which of its former states is meant, with --at REV. "
                        f"See them with: cvat log --object {number}.",
                    )
                if now != item:
                    changes.setdefault(job, {})[item.id] = item
                files = 0 if now == item else _files_of(item)
                counts = Counts(added=int(now is None), changed=int(now is not None and now != item))
                self._note(Target("object", item.id), place.commit, task=place.task, files=files, counts=counts)
            self._labels(place.task, place.commit, changes.get(job, {}).values())
        for (task, number), items in changes.items():
            kept_objects = self._workspace.annotations_of(task, number)
            change = ChangeSet(
                shapes=tuple(item for item in items.values() if isinstance(item, Shape)),
                tracks=tuple(item for item in items.values() if isinstance(item, Track)),
            )
            plan = kept_objects.plan(change)
            self._plans.append((kept_objects, plan))
            self.files |= plan.files

    def result(self, *, commit: str = "", hand_edits: str = "") -> Restored:
        """What is planned, in words."""
        return Restored(tuple(self.items), commit, hand_edits, tuple(sorted(self.files)))

    def write(self, head: str, author: Author) -> Restored:
        """Write it in one commit; what was edited by hand goes into one of its own first."""
        if not self.files:
            return self.result()
        store = self._workspace.store
        edited = {
            path: now for path in self.files if (now := store.read(path)) != store.history.read(path, commit=head)
        }
        title = _subject(self.items)
        kept = store.commit(
            edited, message=plain_message("What was edited by hand (before a restore)"), author=author, onto=head
        )
        commit = store.commit(self.files, message=plain_message(title), author=author, onto=kept)
        for kept_objects, plan in self._plans:
            kept_objects.accept(plan)
        for item in self.items:
            if item.kind == "task":
                self._workspace.forget_task(item.number)
        return self.result(commit="" if commit == head else commit, hand_edits="" if kept == head else kept)

    def _task(self, target: Target, source: Source) -> None:
        task = self._document(task_path(target.number), Task, source.commit)
        files = self._folder(task_dir(target.number), source.commit)
        project = project_path(task.project) if task.project else ""
        if project and self._read(project) is None:
            for path, data in self._folder(project.rpartition("/")[0], source.commit).items():
                files.setdefault(path, data)
        self._add(target, source, files, name=task.name, task=task.id)
        self._whole.add(task_dir(task.id) + "/")
        if project:
            for number in self._at(source.commit).job_numbers(task.id):
                self._labels(task.id, source.commit, self._objects_of(task.id, number, source.commit))

    def _job(self, target: Target, source: Source) -> None:
        task, number = source.task, target.number
        if self._read(task_path(task)) is None:
            raise InvalidInput(
                f"Job {number} is one of task {task}, which is gone.", hint=f"Restore it as a whole: task:{task}."
            )
        files = self._folder(annotations_dir(task, number), source.commit)
        path = job_path(task, number)
        if self._read(path) is None:
            files[path] = self._blob(path, source.commit)
            files |= self._issues(task, number, source.commit)
        self._add(target, source, files, task=task)
        self._whole.add(annotations_dir(task, number) + "/")
        self._labels(task, source.commit, self._objects_of(task, number, source.commit))

    def _issues(self, task: int, job: int, commit: str) -> dict[str, bytes | None]:
        """The issues of a job that is gone, as far as they are gone too."""
        found: dict[str, bytes | None] = {}
        for name, entry in self._past.entries(issues_dir(task), commit=commit).items():
            path = f"{issues_dir(task)}/{name}"
            if entry.is_folder or self._read(path) is not None:
                continue
            data = self._past.blob(entry.id)
            with contextlib.suppress(InvalidDocument):
                if decode_json(data, Issue, path=path).job == job:
                    found[path] = data
        return found

    def _check_job(self, place: ObjectPlace, number: int) -> None:
        if any(f"{annotations_dir(place.task, place.job)}/".startswith(folder) for folder in self._whole):
            raise InvalidInput(f"Object {number} is in job {place.job}, which is restored as a whole.")
        if self._read(job_path(place.task, place.job)) is None:
            gone = f"job:{place.job}" if self._read(task_path(place.task)) is not None else f"task:{place.task}"
            raise InvalidInput(
                f"Object {number} was in job {place.job} of task {place.task}, which is gone.",
                hint=f"Restore that as a whole: {gone}.",
            )

    def _labels(self, task: int, commit: str, objects: Iterable[Shape | Track]) -> None:
        """Bring back the labels and attributes that objects need."""
        used = used_labels(objects)
        if not used:
            return
        document = decode_json(self._read(task_path(task)) or b"", Task, path=task_path(task))
        then = self._at(commit).tasks[task].labels
        path = project_path(document.project) if document.project else task_path(task)
        if not document.project:
            labels = labels_with(document.labels, then, used)
            if labels != document.labels:
                self.files[path] = encode_json(msgspec.structs.replace(document, labels=labels))
            return
        project = decode_json(self._read(path) or b"", Project, path=path)
        labels = labels_with(project.labels, then, used)
        if labels != project.labels:
            self.files[path] = encode_json(msgspec.structs.replace(project, labels=labels))

    def _objects_of(self, task: int, job: int, commit: str) -> list[Shape | Track]:
        with contextlib.suppress(InvalidDocument):
            annotations = self._at(commit).annotations_of(task, job).read()
            return [*annotations.shapes, *annotations.tracks]
        return []  # They come back as broken as they were, for `cvat validate` to name.

    def _folder(self, folder: str, commit: str) -> dict[str, bytes | None]:
        """What makes a folder as a commit has it. Files that are not the format's only come, and never go."""
        files: dict[str, bytes | None] = {
            change.path: self._past.blob(change.after) for change in self._past.changes("", commit, under=folder)
        }
        for path in _files_below(self._workspace.store, folder):
            if place_of(path) is not None:
                files.setdefault(path, None)
        return files

    def _add(
        self,
        target: Target,
        source: Source,
        files: dict[str, bytes | None],
        *,
        name: str = "",
        task: int = 0,
    ) -> None:
        changed = {path: data for path, data in files.items() if data != self._read(path)}
        counts = _counts(self._workspace.store, changed)
        self._note(target, source.commit, name=name, task=task, files=len(changed), counts=counts)
        self.files |= changed

    def _note(self, target: Target, commit: str, *, task: int, files: int, counts: Counts, name: str = "") -> None:
        info = self._past.commit(commit)
        self.items.append(
            RestoredItem(
                title=f"{target.title}, {name}" if name else target.title,
                kind=target.kind,
                number=target.number,
                path=target.path,
                task=task,
                source=commit,
                subject=info.subject,
                time=info.time,
                files=files,
                objects=counts,
            )
        )

    def _read(self, path: str) -> bytes | None:
        return self.files[path] if path in self.files else self._workspace.store.read(path)

    def _blob(self, path: str, commit: str) -> bytes:
        found = self._past.entry(path, commit=commit)
        if found is None or found.is_folder:
            raise NotFound(f"There was no {path} at {commit[:SHORT]}.")
        return self._past.blob(found.id)

    def _document(self, path: str, kind: type[Document], commit: str) -> Document:
        return decode_json(self._blob(path, commit), kind, path=path)

    def _at(self, commit: str) -> Workspace:
        if commit not in self._then:
            self._then[commit] = self._held.enter_context(self._workspace.at(commit))
        return self._then[commit]


def _by_id(annotations: Annotations) -> dict[int, Shape | Track]:
    """The objects by their ids and by those of their joints."""
    items: list[Shape | Track] = [*annotations.shapes, *annotations.tracks]
    return {number: item for item in items for number in object_ids(item)}


def _files_of(item: Shape | Track) -> int:
    """How many files an object is written to."""
    if isinstance(item, Shape):
        return 1
    keyframes = [*item.keyframes, *(keyframe for element in item.elements for keyframe in element.keyframes)]
    return 1 + len({shard_start(keyframe.frame) for keyframe in keyframes})


def _files_below(store: Store, folder: str) -> Iterator[str]:
    """The paths of all files in a folder and in those below."""
    listing = store.files.listing(folder)
    yield from (f"{folder}/{name}" for name in listing.files)
    for name in listing.folders:
        yield from _files_below(store, f"{folder}/{name}")


def _counts(store: Store, files: dict[str, bytes | None]) -> Counts:
    """What writing files would do to the objects in them. A file that cannot be read holds none."""
    before: dict[int, list[Shape | Keyframe | Track]] = {}
    after: dict[int, list[Shape | Keyframe | Track]] = {}
    owners: dict[int, int] = {}
    jobs: dict[str, None] = {}
    for path in files:
        place = place_of(path)
        if place is not None and place.kind in {"shard", "tracks"}:
            jobs[tracks_path(place.task, place.job)] = None
    heads: tuple[set[int], set[int]] = set(), set()
    for path in jobs:
        # Read of every job that changes: keyframes in a shard do not tell whether their track is new.
        old = store.read(path)
        for data, side, known in ((old, before, heads[0]), (files.get(path, old), after, heads[1])):
            for track in _tracks(data, path):
                known.add(track.id)
                side.setdefault(track.id, []).append(track)
                owners |= dict.fromkeys(object_ids(track), track.id)
    for path, new in files.items():
        place = place_of(path)
        if place is None or place.kind != "shard":
            continue
        for data, side in ((store.read(path), before), (new, after)):
            with contextlib.suppress(InvalidDocument):
                shard = decode_shard(data or b"", path=path)
                for shape in shard.shapes:
                    side.setdefault(shape.id, []).append(shape)
                for keyframe in shard.keyframes:
                    side.setdefault(owners.get(keyframe.track, keyframe.track), []).append(keyframe)
    return Counts(
        added=len(after.keys() - before.keys()),
        changed=sum(1 for number in after.keys() & before.keys() if after[number] != before[number]),
        removed=len(before.keys() - after.keys()),
    )


def _tracks(data: bytes | None, path: str) -> tuple[Track, ...]:
    try:
        return tuple(decode_tracks(data or b"", path=path))
    except InvalidDocument:
        return ()


def _subject(items: Iterable[RestoredItem]) -> str:
    """The subject of the commit."""
    things = [item for item in items if item.kind != "object"]
    objects = [item for item in items if item.kind == "object"]
    words = [item.title for item in things[:3]]
    if len(things) > 3:
        words.append(f"{len(things) - 3} more")
    if objects:
        words.append(objects[0].title if len(objects) == 1 else f"{len(objects)} objects")
    sources = {item.source for item in (*things, *objects)}
    as_of = f" as of {next(iter(sources))[:SHORT]}" if len(sources) == 1 else ""
    return " ".join(f"Restore {' and '.join(words)}{as_of}".split())
