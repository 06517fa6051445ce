"""Tasks, jobs and formats as `--json` prints them; stable: fields are added, never renamed (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from cvatcore.schema import JobStage, JobState, JobStatus, JobType, frame_count, job_status, task_status
from cvattui.cli.output import printable

if TYPE_CHECKING:
    from cvatcore import JobView, TaskView, Workspace
    from cvatcore.workspace.unreadable import Unreadable


class JobCounts(msgspec.Struct, frozen=True):
    """How many jobs a task has, and how many of them are in validation or accepted."""

    count: int
    validation: int
    completed: int


class UnreadableFile(msgspec.Struct, frozen=True):
    """A file that cannot be read, so that the task or the job is left out."""

    task_id: int
    job_id: int
    """0 when it is the task."""
    path: str
    line: int
    """From 1; 0 where it is not known."""
    reason: str
    hint: str


class TaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `cvat task ls`."""

    id: int
    name: str
    project: str
    subset: str
    kind: Literal["images", "clouds", "video"]
    size: int
    """Frames."""
    status: JobStatus
    labels: tuple[str, ...]
    owner: str
    assignee: str
    created: str
    jobs: JobCounts
    unreadable: tuple[UnreadableFile, ...] = ()
    """Not empty where the task cannot be read: then only its id is known."""


class JobSummary(msgspec.Struct, frozen=True):
    """One line of `cvat job ls`; both frames are included."""

    id: int
    task_id: int
    task_name: str
    start_frame: int
    stop_frame: int
    type: JobType
    stage: JobStage
    state: JobState
    status: JobStatus
    assignee: str
    frame_count: int
    """Of ground truth fewer than lie between the two."""


class FormatSummary(msgspec.Struct, frozen=True):
    """One line of `cvat formats`."""

    id: str
    title: str
    """The name that `--format` takes."""
    dimension: Literal["2d", "3d"]
    can_export: bool
    can_import: bool


class JobDetail(JobSummary, frozen=True):
    """A job in `cvat task show`, with its objects counted, those that only deleted frames show left out."""

    tags: int
    shapes: int
    tracks: int


class TaskDetail(TaskSummary, frozen=True):
    """`cvat task show` and `cvat task create`. `jobs` counts them, `job_list` lists them."""

    sources: tuple[str, ...]
    job_list: tuple[JobDetail, ...]


def summarize_task(workspace: Workspace, task: TaskView) -> TaskSummary:
    """The summary of a task.

    Errors: InvalidDocument.
    """
    document, manifest, jobs = task.document, task.manifest, task.job_documents()
    statuses = [job_status(job) for job in jobs]
    return TaskSummary(
        id=task.id,
        name=document.name,
        project=workspace.project(document.project).name if document.project else "",
        subset=document.subset,
        kind="clouds" if manifest.dimension == "3d" else manifest.kind,
        size=manifest.size,
        status=task_status(jobs),
        labels=tuple(label.name for label in task.labels),
        owner=document.owner,
        assignee=document.assignee,
        created=document.created,
        jobs=JobCounts(
            count=len(jobs),
            validation=statuses.count("validation"),
            completed=statuses.count("completed"),
        ),
    )


def unreadable_file(one: Unreadable) -> UnreadableFile:
    """What cannot be read, as `--json` prints it."""
    return UnreadableFile(one.task, one.job, path=one.path, line=one.line, reason=one.reason, hint=one.hint)


def unreadable_task(one: Unreadable) -> TaskSummary:
    """The line of a task that cannot be read."""
    return TaskSummary(
        id=one.task,
        name="",
        project="",
        subset="",
        kind="images",
        size=0,
        status="annotation",
        labels=(),
        owner="",
        assignee="",
        created="",
        jobs=JobCounts(count=0, validation=0, completed=0),
        unreadable=(unreadable_file(one),),
    )


def describe_task(workspace: Workspace, task: TaskView) -> TaskDetail:
    """All about a task but its objects.

    Errors: InvalidDocument.
    """
    return TaskDetail(
        **msgspec.structs.asdict(summarize_task(workspace, task)),
        sources=tuple(source.path for source in task.document.data.sources),
        job_list=tuple(_describe_job(job) for job in task.jobs),
    )


_KINDS = {"images": "pictures", "clouds": "point clouds", "video": "a video"}


def task_heading(task: TaskDetail) -> str:
    """A task in one line: its id, its name, how many frames and jobs."""
    frames = counted_frames(task.size, kind=task.kind)
    jobs = f"{task.jobs.count} job{'' if task.jobs.count == 1 else 's'}"
    return f"task {task.id}: {printable(task.name)} ({frames}, {jobs})"


def counted_frames(count: int, *, kind: str) -> str:
    """A number of frames, and what they are of: `images`, `clouds` or `video`."""
    return f"{count} frame{'' if count == 1 else 's'} of {_KINDS[kind]}"


def frames_text(job: JobSummary) -> str:
    """The frames of a job: a run, both ends included; of ground truth how many."""
    run = f"{job.start_frame}–{job.stop_frame}"
    return run if job.type == "annotation" else f"{run}, {job.frame_count} of ground truth"


def summarize_job(job: JobView) -> JobSummary:
    """The summary of a job.

    Errors: InvalidDocument.
    """
    document = job.document
    return JobSummary(
        id=job.id,
        task_id=job.task.id,
        task_name=job.task.name,
        start_frame=document.start,
        stop_frame=document.stop,
        type=document.type,
        stage=document.stage,
        state=document.state,
        status=job_status(document),
        assignee=document.assignee,
        frame_count=frame_count(document),
    )


def _describe_job(job: JobView) -> JobDetail:
    from cvatcore.jobs.shown import shown

    objects = shown(job.annotations, deleted=job.task.document.data.deleted_frames, stop=job.stop)
    tags = len(objects.tags)
    return JobDetail(
        **msgspec.structs.asdict(summarize_job(job)),
        tags=tags,
        shapes=len(objects.shapes) - tags,
        tracks=len(objects.tracks),
    )
