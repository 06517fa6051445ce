"""All rules over all of a workspace."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cvatcore.errors import CvatError, InvalidDocument
from cvatcore.media import located
from cvatcore.schema import Job, Label, Manifest, Project, Task, decode_manifest
from cvatcore.schema.label_check import label_problems
from cvatcore.store.files import MISSING
from cvatcore.store.layout import (
    MEMBERS,
    SETTINGS,
    annotations_dir,
    job_path,
    manifest_path,
    project_path,
    shard_path,
    task_dir,
    task_path,
    tracks_path,
)
from cvatcore.store.shard_files import list_shards
from cvatcore.validate.annotations import check_job
from cvatcore.validate.context_media import check_context
from cvatcore.validate.duplicates import IdLog, place_duplicates
from cvatcore.validate.finding import Finding
from cvatcore.validate.media import check_media
from cvatcore.validate.reading import numbered_lines
from cvatcore.validate.rules import (
    BAD_DOCUMENT,
    BAD_LABEL,
    BAD_SETTING,
    CHANGED_MEDIA,
    DUPLICATE_ID,
    DUPLICATE_LABEL,
    MISSING_MEDIA,
    ORPHAN_ANNOTATIONS,
    RULES,
)
from cvatcore.validate.surroundings import Surroundings, label_map

if TYPE_CHECKING:
    from cvatcore.workspace import Workspace  # It stands above the rules; it is handed in.

Document = TypeVar("Document", bound=msgspec.Struct)
Found = Generator[Finding, None, Document | None]
"""Yields what is wrong with a document and returns it, or None where it cannot be read."""


def validate(workspace: Workspace, *, task: int | str | None = None) -> list[Finding]:
    """Everything that is wrong, sorted by file and line; nothing is changed.

    Rules that `[validate] ignore` in `cvat.toml` names are left out.

    Args:
        workspace: what to look at.
        task: look at this task only, by id or name; ids are then compared within it.

    Errors: NotFound without such a task; StorageFailed for a file that cannot be read at all.
    """
    ignored = frozenset(workspace.settings.validate.ignore)
    number = None if task is None else workspace.tasks[task].id
    findings = [finding for finding in _Validation(workspace, ignored).run(only=number) if finding.rule not in ignored]
    findings.sort(key=lambda finding: (finding.path, finding.line, finding.rule, finding.message))
    return findings


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether one of them is more than a warning."""
    return any(finding.severity == "error" for finding in findings)


class _Validation:
    def __init__(self, workspace: Workspace, ignored: frozenset[str]) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._root = workspace.root
        self._with_media = not {MISSING_MEDIA.id, CHANGED_MEDIA.id} <= ignored
        self._ids = IdLog()
        self._files: list[tuple[str, bool]] = []
        """Each annotation file, and whether it is a `tracks.jsonl`."""
        self._jobs: dict[int, str] = {}

    def run(self, *, only: int | None) -> Iterator[Finding]:
        if only is None:
            yield from self._check_settings()
        for number in self._numbers("tasks"):
            if only is None or number == only:
                yield from self._check_task(number)
        twice = self._ids.twice()
        if twice:
            yield from place_duplicates(twice, self._files, self._store.read)

    def _check_settings(self) -> Iterator[Finding]:
        known = {rule.id for rule in RULES}
        for name in self._workspace.settings.validate.ignore:
            if name not in known:
                message = f"[validate] ignore names {name!r}, which is no rule."
                line = self._line_of(SETTINGS, f'"{name}"')
                yield BAD_SETTING.broken(message, path=SETTINGS, line=line)
        try:
            self._workspace.members  # noqa: B018  reads them
        except InvalidDocument as error:
            yield _bad(error, MEMBERS)
        for number in self._numbers("projects"):
            path = project_path(number)
            project = yield from self._document(path, Project)
            if project is not None:
                yield from self._check_id(project.id, number, path=path)
                yield from self._check_labels(project.labels, path=path)

    def _check_task(self, number: int) -> Iterator[Finding]:
        path = task_path(number)
        document = yield from self._document(path, Task)
        labels: tuple[Label, ...] | None = None
        if document is not None:
            yield from self._check_id(document.id, number, path=path)
            yield from self._check_labels(document.labels, path=path)
            labels = document.labels
            if document.project:
                try:
                    labels = self._workspace.project(document.project).labels
                except CvatError:
                    message = f"Project {document.project} is missing or cannot be read."
                    yield BAD_DOCUMENT.broken(message, path=path, line=self._line_of(path, '"project"'))
                    labels = None
        manifest = yield from self._check_manifest(number, document)
        jobs = yield from self._check_jobs(number, manifest)
        for job, shards in self._annotated(number).items():
            if job not in jobs:
                folder = annotations_dir(number, job)
                where = shard_path(number, job, shards[0]) if shards else tracks_path(number, job)
                message = f"{folder} holds annotations, and task {number} has no job {job}."
                yield ORPHAN_ANNOTATIONS.broken(message, path=where)
                continue
            known = jobs[job]
            if known is None or labels is None:
                continue  # Its document is broken, which is said already; nothing can be judged by it.
            around = Surroundings(
                task=number,
                job=job,
                start=known.start,
                stop=known.stop,
                frames=frozenset(known.frames) if known.frames else None,
                labels=label_map(labels),
                manifest=manifest,
            )
            paths = [(first, shard_path(number, job, first)) for first in shards]
            self._files.append((tracks_path(number, job), True))
            self._files += [(shard, False) for _, shard in paths]
            yield from check_job(self._store, around, paths, ids=self._ids)
            self._ids.end_job()
        self._ids.end_task()

    def _check_manifest(self, number: int, document: Task | None) -> Found[Manifest]:
        path = manifest_path(number)
        data = self._store.read(path)
        if data is None:
            yield BAD_DOCUMENT.broken("The list of frames is missing.", path=path)
            return None
        try:
            manifest = decode_manifest(data, path=path)
        except InvalidDocument as error:
            yield _bad(error, path)
            return None
        if document is not None and self._with_media:
            # The version and the type come before the frames.
            lines = [line for line, _ in numbered_lines(data)][2:]
            here = located(document.data, self._workspace.media_map, task=number)
            yield from check_media(here, manifest, root=self._root, path=path, lines=lines)
            yield from check_context(here, manifest, root=self._root, path=path, lines=lines)
        return manifest

    def _check_jobs(self, number: int, manifest: Manifest | None) -> Generator[Finding, None, dict[int, Job | None]]:
        """The jobs of a task by number, None for one whose document cannot be read."""
        jobs: dict[int, Job | None] = {}
        names = self._store.files.listing(f"{task_dir(number)}/jobs").files
        for job in sorted(int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdecimal()):
            path = job_path(number, job)
            document = yield from self._document(path, Job)
            jobs[job] = document
            if job in self._jobs:
                message = f"The job id {job} is taken already, at {self._jobs[job]}."
                yield DUPLICATE_ID.broken(message, path=path, line=self._line_of(path, '"id"'))
            self._jobs.setdefault(job, path)
            if document is None:
                continue
            yield from self._check_id(document.id, job, path=path)
            size = document.stop + 1 if manifest is None else manifest.size
            if not 0 <= document.start <= document.stop < size:
                message = f"The job has the frames {document.start} to {document.stop} of a task with {size}."
                yield BAD_DOCUMENT.broken(message, path=path, line=self._line_of(path, '"stop"'))
            if problem := _frames_problem(document):
                yield BAD_DOCUMENT.broken(problem, path=path, line=self._line_of(path, '"frames"'))
        # Two people may each have made one before they met.
        for job in [number for number, one in jobs.items() if one is not None and one.type == "ground_truth"][1:]:
            path = job_path(number, job)
            message = "The task has a job of ground truth already: it can have only one."
            hint = f"Remove one of them: cvat job rm {job}."
            yield BAD_DOCUMENT.broken(message, path=path, line=self._line_of(path, '"type"'), hint=hint)
        return jobs

    def _annotated(self, number: int) -> dict[int, list[int]]:
        """The folders of annotations by job, and the first frames of their shards."""
        found: dict[int, list[int]] = {}
        names = self._store.files.listing(f"{task_dir(number)}/annotations").folders
        for job in sorted(int(name) for name in names if name.isdecimal()):
            held = list_shards(self._store.files, task=number, job=job)
            if held.shards or held.heads != MISSING:
                found[job] = sorted(held.shards)
        return found

    def _document(self, path: str, kind: type[Document]) -> Found[Document]:
        try:
            document = self._store.document(path, kind)
        except InvalidDocument as error:
            yield _bad(error, path)
            return None
        if document is None:
            yield BAD_DOCUMENT.broken("The document is missing.", path=path, hint="Restore it from the history.")
        return document

    def _check_id(self, found: int, expected: int, *, path: str) -> Iterator[Finding]:
        if found != expected:
            message = f"The document says id {found}, and its place says {expected}."
            yield BAD_DOCUMENT.broken(message, path=path, line=self._line_of(path, '"id"'))

    def _check_labels(self, labels: tuple[Label, ...], *, path: str) -> Iterator[Finding]:
        seen: set[str] = set()
        twice: set[str] = set()
        for index, label in enumerate(labels):
            if label.name in seen:
                line = self._line_of(path, _named(label), last=True)
                yield DUPLICATE_LABEL.broken(f"The label {label.name!r} comes twice.", path=path, line=line)
                twice.add(f"[{index}].name")
            seen.add(label.name)
        for problem in label_problems(labels):
            if problem.place not in twice:
                number = int(problem.place[1 : problem.place.index("]")])
                line = self._line_of(path, _named(labels[number]))
                yield BAD_LABEL.broken(f"labels{problem.place}: {problem.reason}", path=path, line=line)

    def _line_of(self, path: str, text: str, *, last: bool = False) -> int:
        """The line where a text stands first, or last; 1 when it is nowhere."""
        data = self._store.read(path) or b""
        where = data.rfind(text.encode()) if last else data.find(text.encode())
        return data.count(b"\n", 0, where) + 1 if where >= 0 else 1

    def _numbers(self, folder: str) -> list[int]:
        """The numbered folders in a folder."""
        return sorted(int(name) for name in self._store.files.listing(folder).folders if name.isdecimal())


def _bad(error: InvalidDocument, path: str) -> Finding:
    return BAD_DOCUMENT.broken(error.reason, path=path, line=error.line, hint=error.hint)


def _frames_problem(job: Job) -> str:
    """What is wrong with the list of frames of a job; empty when nothing is."""
    if not job.frames:
        return ""
    if job.type != "ground_truth":
        return "The job has a list of frames, which only ground truth has."
    if list(job.frames) != sorted(set(job.frames)):
        return "The list of frames is not in order, or has one twice."
    if job.frames[0] < job.start or job.frames[-1] > job.stop:
        return f"The list of frames goes beyond the job's frames {job.start} to {job.stop}."
    return ""


def _named(label: Label) -> str:
    """How a document names a label."""
    return f'"name": {msgspec.json.encode(label.name).decode()}'
