"""What the frames of a task or job are, and which of them are deleted."""

from __future__ import annotations

from cvatcore.protocol import DataMetaPatch, DataMetaRead
from cvatcore.schema import included_frames
from cvatcore.store.layout import manifest_path
from cvatcore.workspace import TaskView
from cvatd import data_reads
from cvatd.call import Call, Endpoint
from cvatd.reads import time_read
from cvatd.refusals import FieldErrors, Refused

NO_DATA = "Cannot find requested data"
"""CVAT's words for a task without frames."""


def task_meta(call: Call) -> DataMetaRead:
    """`GET /tasks/{id}/data/meta`."""
    task = with_data(call.workspace.tasks[call.number()])
    return data_reads.task_meta(task.document, task.manifest, changed=_changed(task))


def job_meta(call: Call) -> DataMetaRead:
    """`GET /jobs/{id}/data/meta`."""
    job = call.workspace.job(call.number())
    task = job.task
    return data_reads.job_meta(job.document, task.document, task.manifest, changed=_changed(task))


def patch_task_meta(call: Call) -> DataMetaRead:
    """`PATCH /tasks/{id}/data/meta`: these are the task's deleted frames now."""
    task = with_data(call.workspace.tasks[call.number()])
    deleted = _deleted(call)
    if deleted is not None:
        task.set_deleted_frames(deleted)
    return task_meta(call)


def patch_job_meta(call: Call) -> DataMetaRead:
    """`PATCH /jobs/{id}/data/meta`: these are the deleted frames of the job's range; what is beyond it is not heard."""
    job = call.workspace.job(call.number())
    deleted = _deleted(call)
    if deleted is not None:
        document = job.document
        if (included := included_frames(document)) is not None:
            own = frozenset(included)
            others = (frame for frame in job.task.document.data.deleted_frames if frame not in own)
            deleted = [*others, *(frame for frame in deleted if frame in own)]
        job.task.set_deleted_frames(deleted, within=range(document.start, document.stop + 1))
    return job_meta(call)


def with_data(task: TaskView) -> TaskView:
    """The task, if it has frames.

    Errors: Refused with 404.
    """
    if not task.size:
        raise Refused(404, NO_DATA)
    return task


def _changed(task: TaskView) -> str:
    """When a task's frames last became others on this disk."""
    return time_read(task.workspace.store.files.stamp(manifest_path(task.id))[0])


def _deleted(call: Call) -> list[int] | None:
    patch = call.decode(DataMetaPatch)
    if not isinstance(patch.deleted_frames, list):
        return None
    wrong = {
        str(place): ["Ensure this value is greater than or equal to 0."]
        for place, number in enumerate(patch.deleted_frames)
        if number < 0
    }
    if wrong:
        raise FieldErrors({"deleted_frames": wrong})
    return patch.deleted_frames


ENDPOINTS = (
    Endpoint("GET", "/api/tasks/{id}/data/meta", task_meta, "A task's frames", answers=DataMetaRead),
    Endpoint(
        "PATCH",
        "/api/tasks/{id}/data/meta",
        patch_task_meta,
        "Set a task's deleted frames",
        answers=DataMetaRead,
        takes=DataMetaPatch,
    ),
    Endpoint("GET", "/api/jobs/{id}/data/meta", job_meta, "A job's frames", answers=DataMetaRead),
    Endpoint(
        "PATCH",
        "/api/jobs/{id}/data/meta",
        patch_job_meta,
        "Set the deleted frames of a job's range",
        answers=DataMetaRead,
        takes=DataMetaPatch,
    ),
)
