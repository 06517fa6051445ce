"""The frames of tasks and jobs as CVAT's read models, and what is told of their chunks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from cvatcore import protocol as wire
from cvatcore.media.chunks import chunk_size
from cvatcore.schema import Job, JobStatus, Manifest, Task, included_frames

PLACEHOLDER_NAME = "placeholder.jpg"
"""What CVAT calls the frames of a range that are not in the job."""


Mode = Literal["", "annotation", "interpolation"]

MODES: tuple[str, ...] = get_args(Mode)
DIMENSIONS: tuple[str, ...] = ("2d", "3d")
STATUSES: tuple[str, ...] = get_args(JobStatus)
"""All values that lists are searched by."""


def task_mode(manifest: Manifest) -> Mode:
    """CVAT's word for what a task's frames come from; empty where there are none yet."""
    if not manifest.size:
        return ""
    return "interpolation" if manifest.video else "annotation"


def validation_mode(jobs: Iterable[Job]) -> str | None:
    """How a task is checked, as newer servers call it: against ground truth, or not."""
    return "gt" if any(job.type == "ground_truth" for job in jobs) else None


def media_type(manifest: Manifest) -> wire.MediaType:
    """What a task's frames are, as newer servers call it; pictures where there are none yet."""
    if manifest.dimension == "3d":
        return "point_cloud"
    return "video" if manifest.video else "image"


def task_meta(task: Task, manifest: Manifest, *, changed: str) -> wire.DataMetaRead:
    """The frames of a task; `changed` is when they last became others, in ISO 8601."""
    return _meta(task, manifest, start=0, stop=manifest.size - 1, included=None, changed=changed)


def job_meta(job: Job, task: Task, manifest: Manifest, *, changed: str) -> wire.DataMetaRead:
    """The frames of a job's range."""
    included, stop = included_frames(job), min(job.stop, manifest.size - 1)
    return _meta(task, manifest, start=job.start, stop=stop, included=included, changed=changed)


def _meta(
    task: Task, manifest: Manifest, *, start: int, stop: int, included: tuple[int, ...] | None, changed: str
) -> wire.DataMetaRead:
    """The frames from `start` to `stop`, counted in the task; the answer's own ends are counted in the media."""
    return wire.DataMetaRead(
        chunk_size=chunk_size(task.data, manifest),
        size=stop - start + 1 if included is None else len(included),
        image_quality=task.data.image_quality,
        start_frame=manifest.source_frame(start),
        stop_frame=manifest.source_frame(stop),
        frame_filter=f"step={manifest.step}" if manifest.step > 1 else "",
        frames=_frames(manifest, start=start, stop=stop, included=included),
        deleted_frames=[number for number in task.data.deleted_frames if start <= number <= stop],
        included_frames=None if included is None else list(included),
        chunks_updated_date=changed,
        storage="local",
        cloud_storage_id=None,
        chapters=None,
    )


def _frames(manifest: Manifest, *, start: int, stop: int, included: tuple[int, ...] | None) -> list[wire.FrameMeta]:
    if manifest.video:
        width, height = manifest.video.resolution
        return [_frame(width, height, manifest.video.name)]
    images = manifest.images[start : stop + 1]
    if included is None:
        return [_frame(image.width, image.height, image.path, related=len(image.related)) for image in images]
    shown = frozenset(included)
    return [
        _frame(image.width, image.height, image.path, related=len(image.related))
        if number in shown
        else _frame(image.width, image.height, PLACEHOLDER_NAME)
        for number, image in enumerate(images, start=start)
    ]


def _frame(width: int, height: int, name: str, *, related: int = 0) -> wire.FrameMeta:
    return wire.FrameMeta(width=width, height=height, name=name, related_files=related, has_related_context=related > 0)
