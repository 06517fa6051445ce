"""What is to be brought back, as a person names it, and the commit that has it."""

from __future__ import annotations

import contextlib
import posixpath
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from cvatcore.errors import CvatError, InvalidInput, NotFound
from cvatcore.schema import Project, Task
from cvatcore.store import decode_json
from cvatcore.store.layout import LOCAL, TASKS, annotations_dir, job_path, place_of, project_path, task_path
from cvatcore.workspace.history.past_search import newest_file, newest_with

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

SHORT = 10
"""Digits of a commit's id in sentences."""

TargetKind = Literal["task", "job", "project", "object", "file"]

_NUMBERED = re.compile(r"(task|job|project|object):(\d{1,18})")
_FOLDER = re.compile(r"(task|project)s/(\d{1,18})")


class Target(msgspec.Struct, frozen=True):
    """One thing that is to be brought back."""

    kind: TargetKind
    number: int = 0
    """The id of a task, job, project or object."""
    path: str = ""
    """Of a file, relative to the workspace."""

    @property
    def title(self) -> str:
        """What it is, in words."""
        return self.path or f"{self.kind} {self.number}"


class Source(msgspec.Struct, frozen=True):
    """Where a target is taken from."""

    commit: str
    task: int = 0
    """The task of a job."""


def find_target(workspace: Workspace, word: str, *, at: str = "") -> Target:
    """What a person means by a word.

    `task:7`, `job:3`, `project:1` and `object:12` are clear. A number is the id of a task that is gone, else of a job;
    a name is a task's or a project's, also of one that is gone; all else is the path of a file of the workspace.

    Args:
        workspace: the workspace.
        word: what was given.
        at: the commit that it is to be brought back from; empty for the newest that had it.

    Errors: NotFound when there is nothing of that name, and never was.
    """
    text = word.strip().rstrip("/")
    if match := _NUMBERED.fullmatch(text):
        return Target(_kind(match[1]), int(match[2]))
    if match := _FOLDER.fullmatch(text):
        return Target(_kind(match[1]), int(match[2]))
    if at and (found := _named_then(workspace, text, at=at)) is not None:
        return found
    for task in workspace.tasks.named(text)[0]:
        return Target("task", task.id)
    if text.isdecimal() and len(text) <= 18:
        return _numbered(workspace, int(text))
    if (project := workspace.find_project(text)) is not None:
        return Target("project", project.id)
    if (path := _as_path(text)) and (place_of(path) is not None or "/" in path or "." in path):
        target = Target("file", path=path)
        if workspace.store.read(path) is not None or _known_file(workspace, path, at=at):
            return target
    if (found := _gone_by_name(workspace, text)) is not None:
        return found
    raise NotFound(
        f"There is nothing called {word!r}, and never was.",
        hint="Name a task, or say task:ID, job:ID, project:ID, --object ID, or the path of a file.",
    )


def find_source(workspace: Workspace, target: Target, *, at: str = "") -> Source:
    """The commit that a task, job, project or file is taken from: the one given, else the newest that had it.

    Errors: NotFound when that commit has none, or no commit had it; InvalidInput when it is here as it was last, and
    `at` does not say which other state is meant.
    """
    if target.kind == "job":
        return _source_of_job(workspace, target.number, at=at)
    path = target.path or (task_path if target.kind == "task" else project_path)(target.number)
    if at:
        if workspace.past.entry(path, commit=at) is None:
            raise NotFound(f"There was no {target.title} at {at[:SHORT]}.", hint="See when there was: cvat log.")
        return Source(at)
    if workspace.store.read(path) is not None:
        raise _is_here(target)
    found = newest_with(workspace, path)
    if not found:
        raise NotFound(f"There is no {target.title}, and never was.")
    return Source(found)


def _source_of_job(workspace: Workspace, number: int, *, at: str) -> Source:
    """Of a job whose objects are all gone too, the newest commit in which it had some."""
    suffix = f"/jobs/{number}.json"
    if at:
        task = _task_of_job(workspace, number, at=at)
        if not task:
            raise NotFound(f"There was no job {number} at {at[:SHORT]}.", hint="See when there was: cvat log.")
        return Source(at, task=task)
    try:
        task = workspace.job(number).task.id
    except NotFound:
        found = newest_file(workspace, lambda name, _: name.endswith(suffix), under=TASKS)
        if found is None:
            raise NotFound(f"There is no job {number}, and never was.") from None
        return Source(newest_with(workspace, found[1].path), task=_task_in(found[1].path))
    annotations = workspace.annotations_of(task, number).read()
    if annotations.shapes or annotations.tracks:
        raise _is_here(Target("job", number))
    folder = annotations_dir(task, number)
    last = newest_file(workspace, lambda name, _: name.endswith(".jsonl"), under=folder)
    if last is None:
        raise InvalidInput(f"Job {number} is here, and never had an object.")
    return Source(last[0], task=task)


def _task_of_job(workspace: Workspace, number: int, *, at: str) -> int:
    """The task that a job is of in a commit, or 0."""
    past = workspace.past
    with_job = (
        int(name)
        for name in past.entries(TASKS, commit=at)
        if name.isdecimal() and past.entry(job_path(int(name), number), commit=at) is not None
    )
    return next(with_job, 0)


def _numbered(workspace: Workspace, number: int) -> Target:
    path, suffix = task_path(number), f"/jobs/{number}.json"
    if workspace.store.read(path) is None and newest_with(workspace, path):
        return Target("task", number)
    try:
        workspace.job(number)
    except NotFound:
        if newest_file(workspace, lambda name, _: name.endswith(suffix), under=TASKS) is None:
            return Target("task", number)
    return Target("job", number)


def _named_then(workspace: Workspace, name: str, *, at: str) -> Target | None:
    """The task that had that name in a commit."""
    past = workspace.past
    for number in sorted(int(name) for name in past.entries(TASKS, commit=at) if name.isdecimal()):
        found = past.entry(task_path(number), commit=at)
        if found is None:
            continue
        with contextlib.suppress(CvatError):  # It was broken then.
            if decode_json(past.blob(found.id), Task, path=task_path(number)).name == name:
                return Target("task", number)
    return None


def _gone_by_name(workspace: Workspace, name: str) -> Target | None:
    """The task or project of that name that went last."""

    def is_it(path: str, content: str) -> bool:
        place = place_of(path)
        if place is None or place.kind not in {"task", "project"}:
            return False
        kind: type[Task | Project] = Task if place.kind == "task" else Project
        try:
            document = decode_json(workspace.past.blob(content), kind, path=path)
        except CvatError:
            return False  # It was broken then.
        return document.name == name and workspace.store.read(path) is None

    for folder in (TASKS, "projects"):
        found = newest_file(workspace, is_it, under=folder)
        if found is not None and (place := place_of(found[1].path)) is not None:
            return Target("task", place.task) if place.task else Target("project", place.project)
    return None


def _known_file(workspace: Workspace, path: str, *, at: str) -> bool:
    if at:
        found = workspace.past.entry(path, commit=at)
        return found is not None and not found.is_folder
    return bool(newest_with(workspace, path))


def _as_path(text: str) -> str:
    """The text as a path within the workspace, or empty."""
    path = posixpath.normpath(text.replace("\\", "/"))
    first = path.partition("/")[0]
    return "" if path.startswith("/") or first in {"", ".", "..", ".git", LOCAL} else path


def _task_in(path: str) -> int:
    place = place_of(path)
    return place.task if place is not None else 0


def _kind(word: str) -> TargetKind:
    kinds: dict[str, TargetKind] = {"task": "task", "job": "job", "project": "project", "object": "object"}
    return kinds[word]


def _is_here(target: Target) -> InvalidInput:
    where = {"task": f" {target.number}", "job": f" --job {target.number}"}.get(target.kind, "")
    title = target.title
    return InvalidInput(
        f"{title[:1].upper()}{title[1:]} is here.",
        hint=f"Say which of its former states is meant, with --at REV. See them with: cvat log{where}.",
    )
