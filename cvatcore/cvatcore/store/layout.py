"""Where things stand in a workspace: paths relative to its root, with forward slashes."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from cvatcore.schema import ConflictDocument
from cvatcore.schema.guide import ASSET_TYPES

SETTINGS = "cvat.toml"
MEMBERS = "members.toml"
LOCAL = ".cvat"
"""The folder of this machine only: caches, locks, secrets. Never in git."""
MEDIA = "media"
TASKS = "tasks"

SHARD_FRAMES = 32
"""Frames a shard. Fewer give more files, more give larger writes a save (docs/adr/0004)."""

FANOUT_FRAMES = 256 * SHARD_FRAMES
"""From this frame on shards lie in folders of 256: git writes a whole folder's list anew with every save."""

_PROJECT = re.compile(r"projects/(\d+)/project\.json$")
_TASK = re.compile(r"tasks/(\d+)/task\.json$")
_MANIFEST = re.compile(r"tasks/(\d+)/manifest\.jsonl$")
_JOB = re.compile(r"tasks/(\d+)/jobs/(\d+)\.json$")
_SHARD = re.compile(r"tasks/(\d+)/annotations/(\d+)/(?:(\d+)/)?(\d+|tracks)\.jsonl$")
_ISSUE = re.compile(r"tasks/(\d+)/issues/(\d+)\.json$")
_GUIDE = re.compile(r"(tasks|projects)/(\d+)/guide\.md$")
_ASSET = re.compile(r"(tasks|projects)/(\d+)/guide/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(json|\w+)$")
_CONFLICT = re.compile(r"(?:(tasks|projects)/(\d+)/)?conflicts/([0-9a-f]{16})\.json$")


def project_dir(project: int) -> str:
    """The folder of a project."""
    return f"projects/{project}"


def project_path(project: int) -> str:
    """The document of a project."""
    return f"projects/{project}/project.json"


def task_dir(task: int) -> str:
    """The folder of a task."""
    return f"tasks/{task}"


def task_path(task: int) -> str:
    """The document of a task."""
    return f"tasks/{task}/task.json"


def manifest_path(task: int) -> str:
    """The frames of a task."""
    return f"tasks/{task}/manifest.jsonl"


def job_path(task: int, job: int) -> str:
    """The document of a job."""
    return f"tasks/{task}/jobs/{job}.json"


def annotations_dir(task: int, job: int) -> str:
    """The folder of a job's shards."""
    return f"tasks/{task}/annotations/{job}"


def shard_path(task: int, job: int, first: int) -> str:
    """The shard of the run of frames that starts at `first`."""
    folder = annotations_dir(task, job)
    above = first - first % FANOUT_FRAMES
    return f"{folder}/{above}/{first}.jsonl" if above else f"{folder}/{first}.jsonl"


def tracks_path(task: int, job: int) -> str:
    """The heads of a job's tracks."""
    return f"tasks/{task}/annotations/{job}/tracks.jsonl"


def issues_dir(task: int) -> str:
    """The folder of a task's issues."""
    return f"tasks/{task}/issues"


def issue_path(task: int, issue: int) -> str:
    """The document of an issue."""
    return f"tasks/{task}/issues/{issue}.json"


def guide_path(*, task: int = 0, project: int = 0) -> str:
    """The text of the guide of a task, or of a project."""
    return f"projects/{project}/guide.md" if project else f"tasks/{task}/guide.md"


def guide_dir(*, task: int = 0, project: int = 0) -> str:
    """The folder of the files that a guide shows."""
    return f"projects/{project}/guide" if project else f"tasks/{task}/guide"


def asset_path(asset: str, extension: str, *, task: int = 0, project: int = 0) -> str:
    """A file that a guide shows, or with the extension `json` what is known of it."""
    return f"{guide_dir(task=task, project=project)}/{asset}.{extension}"


def conflicts_dir(*, task: int = 0, project: int = 0) -> str:
    """The folder of the conflicts of a task, of a project, or of the workspace's own documents."""
    if task:
        return f"tasks/{task}/conflicts"
    return f"projects/{project}/conflicts" if project else "conflicts"


def conflict_path(conflict: ConflictDocument) -> str:
    """Where a conflict is kept."""
    return f"{conflicts_dir(task=conflict.task, project=conflict.project)}/{conflict.id}.json"


def shard_start(frame: int) -> int:
    """The first frame of the shard that holds a frame."""
    return frame - frame % SHARD_FRAMES


PlaceKind = Literal[
    "settings",
    "members",
    "project",
    "task",
    "manifest",
    "job",
    "shard",
    "tracks",
    "issue",
    "guide",
    "asset",
    "asset_file",
    "conflict",
]
"""What a file is; an `asset` is what is known of an `asset_file`."""


class Place(msgspec.Struct, frozen=True):
    """What a path of the workspace is."""

    kind: PlaceKind
    project: int = 0
    task: int = 0
    job: int = 0
    first: int = 0
    """The first frame of a shard."""
    issue: int = 0
    conflict: str = ""


def place_of(path: str) -> Place | None:
    """What a path (relative, forward slashes) is, or None for anything that is not the format's."""
    if path == SETTINGS:
        return Place("settings")
    if path == MEMBERS:
        return Place("members")
    if match := _SHARD.match(path):
        task, job = int(match[1]), int(match[2])
        if match[4] == "tracks":
            return None if match[3] else Place("tracks", task=task, job=job)
        first = int(match[4])
        return Place("shard", task=task, job=job, first=first) if shard_path(task, job, first) == path else None
    if match := _JOB.match(path):
        return Place("job", task=int(match[1]), job=int(match[2]))
    if match := _TASK.match(path):
        return Place("task", task=int(match[1]))
    if match := _MANIFEST.match(path):
        return Place("manifest", task=int(match[1]))
    if match := _PROJECT.match(path):
        return Place("project", project=int(match[1]))
    if match := _ISSUE.match(path):
        return Place("issue", task=int(match[1]), issue=int(match[2]))
    if match := _GUIDE.match(path) or _ASSET.match(path):
        return _place_of_guide(match)
    if match := _CONFLICT.match(path):
        number = int(match[2] or 0)
        return Place(
            "conflict",
            task=number if match[1] == "tasks" else 0,
            project=number if match[1] == "projects" else 0,
            conflict=match[3],
        )
    return None


def _place_of_guide(match: re.Match[str]) -> Place | None:
    number, is_of_task = int(match[2]), match[1] == "tasks"
    kind: PlaceKind = "guide"
    if match.re is _ASSET:
        if match[4] not in {"json", *ASSET_TYPES}:
            return None
        kind = "asset" if match[4] == "json" else "asset_file"
    return Place(kind, task=number if is_of_task else 0, project=0 if is_of_task else number)
