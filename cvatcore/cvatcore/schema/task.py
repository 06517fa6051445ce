"""The documents around annotations: projects, tasks, their media, and jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from cvatcore.schema.label import Label

SourceKind = Literal["folder", "archive", "video"]
JobType = Literal["annotation", "ground_truth"]
JobStage = Literal["annotation", "validation", "acceptance"]
JobState = Literal["new", "in progress", "completed", "rejected"]
JobStatus = Literal["annotation", "validation", "completed"]
StorageLocation = Literal["local", "cloud_storage"]

Sorting = Literal["lexicographical", "natural", "predefined", "random"]

DEFAULT_QUALITY = 70
"""CVAT's JPEG quality of compressed frames, in percent."""


class MediaSource(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where frames come from: a folder of pictures or point clouds, an archive of them, or one video.

    `path` has forward slashes; it is relative to the workspace where the media lie inside it, else absolute.
    """

    kind: SourceKind
    path: str
    prefix: str = ""
    """What the names of its frames begin with, before their path within it; empty unless a task has several sources."""


class DataSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a task's frames are made of its sources."""

    sources: tuple[MediaSource, ...] = ()
    image_quality: int = DEFAULT_QUALITY
    """Percent, of the JPEG frames that are made for people to look at."""
    sorting: Sorting = "lexicographical"
    """The order that the frames were put in when the task was made; the manifest has it."""
    chunk_size: int = 0
    """Frames of a chunk for API clients; 0: as many as fit."""
    zip_chunks: bool = False
    """Whether API clients get the chunks of a video as pictures too."""
    deleted_frames: tuple[int, ...] = ()


class StoragePlace(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where data sets are read from, or written to, unless a person says otherwise."""

    location: StorageLocation = "local"
    cloud_storage: int = 0
    """The number of the cloud storage; 0 for the machine of who asks."""


class Project(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`project.json`: tasks that share one list of labels."""

    id: int
    name: str
    created: str
    owner: str = ""
    assignee: str = ""
    labels: tuple[Label, ...] = ()
    bug_tracker: str = ""
    """An address, for people."""
    source_storage: StoragePlace | None = None
    target_storage: StoragePlace | None = None


class Task(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`task.json`: frames to annotate, and how they are cut into jobs.

    `segment_size` 0 means one job. People are named by username; `""` is nobody.
    """

    id: int
    name: str
    created: str
    """UTC, ISO 8601 with `Z`."""
    project: int = 0
    subset: str = ""
    owner: str = ""
    assignee: str = ""
    labels: tuple[Label, ...] = ()
    segment_size: int = 0
    overlap: int = 0
    data: DataSpec = DataSpec()
    bug_tracker: str = ""
    """An address, for people; that of a project is its tasks' where they have none."""
    source_storage: StoragePlace | None = None
    target_storage: StoragePlace | None = None


class Job(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`jobs/<id>.json`: a run of frames, both ends included, given to one person at a time."""

    id: int
    start: int
    stop: int
    type: JobType = "annotation"
    stage: JobStage = "annotation"
    state: JobState = "new"
    assignee: str = ""
    frames: tuple[int, ...] = ()
    """Of ground truth: those of the run that it has, sorted; empty for all of them."""


def included_frames(job: Job) -> tuple[int, ...] | None:
    """The frames of a job of ground truth, counted in the task; None for other jobs, which have all of their run."""
    if job.type != "ground_truth":
        return None
    return job.frames or tuple(range(job.start, job.stop + 1))


def frame_count(job: Job) -> int:
    """How many frames a job has."""
    return len(job.frames) if job.type == "ground_truth" and job.frames else job.stop - job.start + 1


def job_status(job: Job) -> JobStatus:
    """CVAT's one-word summary of stage and state."""
    if job.stage == "annotation":
        return "annotation"
    if job.stage == "acceptance" and job.state == "completed":
        return "completed"
    return "validation"


def task_status(jobs: Iterable[Job]) -> JobStatus:
    """CVAT's one word for a task: that of its job that is furthest behind; of a task without jobs, `annotation`."""
    statuses = {job_status(job) for job in jobs}
    if "annotation" in statuses or not statuses:
        return "annotation"
    return "validation" if "validation" in statuses else "completed"


def cut_segments(size: int, *, segment_size: int = 0, overlap: int = 0) -> list[tuple[int, int]]:
    """The frame runs (both ends included) that a task of `size` frames is cut into.

    Source: CVAT's segmentation; the overlap is at most half a segment, and a very short last run is possible.
    """
    if size <= 0:
        return []
    if segment_size <= 0 or segment_size >= size:
        return [(0, size - 1)]
    step = segment_size - min(overlap, segment_size // 2)
    return [(start, min(start + segment_size, size) - 1) for start in range(0, size, step)]
