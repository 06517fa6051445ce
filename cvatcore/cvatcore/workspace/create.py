"""Making a task: everything is looked at first, then written in one commit."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.label_change import count_new, numbered
from cvatcore.errors import InvalidInput
from cvatcore.media import Scan, copy_media, scan
from cvatcore.schema import (
    DEFAULT_QUALITY,
    DataSpec,
    Job,
    Label,
    Project,
    Task,
    check_label_names,
    cut_segments,
    default_color,
    encode_manifest,
)
from cvatcore.schema.label_check import check_labels
from cvatcore.schema.raw_labels import without_ids
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import MEDIA, job_path, manifest_path, project_path, task_path

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are (0: not known yet)."""

MAX_NAME = 256
"""CVAT's limit on the name of a task or project, in characters."""


def create_task(
    workspace: Workspace,
    name: str,
    *,
    labels: Sequence[str | Label] = (),
    data: Iterable[Path | str] = (),
    segment_size: int = 0,
    overlap: int | None = None,
    project: str = "",
    subset: str = "",
    image_quality: int = DEFAULT_QUALITY,
    copy: bool = False,
    progress: Progress | None = None,
) -> int:
    """Make a task with its jobs from pictures, folders and archives, or from one video. Returns its id.

    Labels are names, or labels whose ids do not count. With a project, its labels are the task's; a project of that
    name is made when there is none.
    Errors: InvalidInput, InvalidMedia, StorageFailed; then nothing was made.
    """
    title = _checked_name(name)
    asked = _asked_labels(labels)
    if segment_size < 0 or (overlap or 0) < 0:
        raise InvalidInput("The segment size and the overlap are numbers of frames from 0 up.")
    paths = [Path(path).expanduser() for path in data]
    if not paths:
        raise InvalidInput("A task needs something to annotate.", hint="Name files or folders with --data.")
    if not 0 <= image_quality <= 100:
        raise InvalidInput(f"The image quality is {image_quality}, not within 0 to 100 percent.")
    found_project = workspace.find_project(project) if project else None
    _check_labels_of_project(found_project, asked, project=project)
    scanned = scan(paths, root=workspace.root, progress=progress)
    copied: tuple[Path, ...] = ()
    try:
        if copy:
            copied = copy_media(paths, into=workspace.root / MEDIA, progress=progress)
            scanned = scan(copied, root=workspace.root)
        return _write_task(
            workspace,
            scanned,
            title=title,
            labels=asked,
            segment_size=segment_size,
            overlap=overlap,
            project=project,
            subset=subset,
            image_quality=image_quality,
        )
    except BaseException:
        _remove_copies(copied, media=workspace.root / MEDIA)
        raise


def _write_task(
    workspace: Workspace,
    scanned: Scan,
    *,
    title: str,
    labels: Sequence[Label],
    segment_size: int,
    overlap: int | None,
    project: str,
    subset: str,
    image_quality: int,
) -> int:
    with workspace.writing():
        files: dict[str, bytes | None] = {}
        found_project = workspace.find_project(project) if project else None
        owner = workspace.me.username
        project_id = found_project.id if found_project else 0
        if project and found_project is None:
            made = Project(
                id=workspace.store.ids.take("project"),
                name=_checked_name(project),
                created=_now(),
                owner=owner,
                labels=_make_labels(workspace, labels),
            )
            project_id = made.id
            files[project_path(project_id)] = encode_json(made)
        overlap = (5 if scanned.manifest.video else 0) if overlap is None else overlap
        effective = segment_size if segment_size < scanned.manifest.size else 0
        task = Task(
            id=workspace.store.ids.take("task"),
            name=title,
            created=_now(),
            project=project_id,
            subset=subset,
            owner=owner,
            labels=() if project else _make_labels(workspace, labels),
            segment_size=effective,
            overlap=min(overlap, effective // 2),
            data=DataSpec(sources=scanned.sources, image_quality=image_quality),
        )
        files[task_path(task.id)] = encode_json(task)
        files[manifest_path(task.id)] = encode_manifest(scanned.manifest)
        files |= _jobs(workspace, task, size=scanned.manifest.size)
        workspace.store.commit(
            files,
            message=plain_message(f"Create the task {title} (task {task.id}, {_frames(scanned.manifest.size)})"),
            author=workspace.author,
        )
    return task.id


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _remove_copies(copied: Sequence[Path], *, media: Path) -> None:
    for folder in {media / path.relative_to(media).parts[0] for path in copied}:
        shutil.rmtree(folder, ignore_errors=True)


def _jobs(workspace: Workspace, task: Task, *, size: int) -> dict[str, bytes | None]:
    runs = cut_segments(size, segment_size=task.segment_size, overlap=task.overlap)
    first = workspace.store.ids.take("job", len(runs))
    jobs = [Job(id=first + index, start=start, stop=stop) for index, (start, stop) in enumerate(runs)]
    return {job_path(task.id, job.id): encode_json(job) for job in jobs}


def _asked_labels(labels: Sequence[str | Label]) -> tuple[Label, ...]:
    """The labels as new ones, with colours.

    Errors: InvalidInput for labels that no task can have.
    """
    check_label_names(label if isinstance(label, str) else label.name for label in labels)
    asked: list[Label] = []
    for label in labels:
        new = Label(id=0, name=label, color="") if isinstance(label, str) else label
        color = new.color or default_color(new.name, taken=[other.color for other in asked])
        asked.append(msgspec.structs.replace(new, color=color))
    check_labels(asked)
    return without_ids(asked)


def _make_labels(workspace: Workspace, labels: Sequence[Label]) -> tuple[Label, ...]:
    count = count_new(labels)
    return numbered(labels, workspace.store.ids.take("label", count)) if count else ()


def _check_labels_of_project(found: Project | None, labels: Sequence[Label], *, project: str) -> None:
    if found is None:
        if not labels:
            raise InvalidInput("The label set is empty.", hint="Give names like: --labels car,person.")
        return
    known = {label.name for label in found.labels}
    if missing := [label.name for label in labels if label.name not in known]:
        raise InvalidInput(
            f"The project {project!r} has no label {missing[0]!r}.",
            hint=f"Leave --labels out; its labels are: {', '.join(sorted(known))}.",
        )


def _checked_name(name: str) -> str:
    title = " ".join(name.split())
    if not title:
        raise InvalidInput("The name is empty.")
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", title):
        raise InvalidInput(f"The name {title!r} has a character that no name can have.")
    if len(title) > MAX_NAME:
        raise InvalidInput(f"The name is longer than {MAX_NAME} characters.")
    return title


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
