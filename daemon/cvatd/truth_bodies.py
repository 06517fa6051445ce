"""What clients say of a job of ground truth that is to be made, in the words of CVAT's server."""

from __future__ import annotations

from cvatcore.errors import NotFound
from cvatcore.jobs import named_frames, random_frames, random_frames_per_job
from cvatcore.protocol.writes import JobWrite
from cvatcore.workspace import JobView, TaskView
from cvatcore.workspace.ground_truth import add_ground_truth, check_for_truth
from cvatd.body_parts import person
from cvatd.call import Call
from cvatd.refusals import FieldErrors

REQUIRED = "This field is required."


def make_ground_truth(call: Call, body: JobWrite) -> JobView:
    """Make a job of ground truth.

    Errors: FieldErrors, InvalidInput, StorageFailed; then nothing was made.
    """
    if body.type != "ground_truth":
        raise FieldErrors([f"Unexpected job type '{body.type}'"])
    try:
        task = call.workspace.tasks[body.task_id]
    except NotFound:
        raise FieldErrors({"task_id": [f'Invalid pk "{body.task_id}" - object does not exist.']}) from None
    check_for_truth(task)
    frames = _frames(task, body)
    assignee = "" if body.assignee is None else person(call, body.assignee, field="assignee")
    number = add_ground_truth(task, frames, stage=body.stage, state=body.state, assignee=assignee)
    return JobView(call.workspace, task, number)


def _frames(task: TaskView, body: JobWrite) -> tuple[int, ...]:
    method = body.frame_selection_method
    if method == "manual":
        if body.frames is None:
            raise FieldErrors({"frames": [REQUIRED]})
        return named_frames(body.frames, size=task.size)
    seed = body.seed if body.random_seed is None else body.random_seed
    if method == "random_uniform":
        count = _count(body.frame_count, body.frame_share, task.size, field="frame_count")
        return random_frames(task.size, count, seed=seed)
    if method == "random_per_job":
        runs = [(job.start, job.stop) for job in task.job_documents() if job.type == "annotation"]
        length = task.document.segment_size or max(stop - start + 1 for start, stop in runs)
        count = _count(body.frames_per_job_count, body.frames_per_job_share, length, field="frames_per_job_count")
        return random_frames_per_job(runs, count, seed=seed)
    raise FieldErrors([f"Unexpected frame selection method '{str(method)[:100]}'"])


def _count(count: int | None, share: float | None, size: int, *, field: str) -> int:
    """How many frames are asked for, of so many; a share gives one at the least."""
    if count is not None:
        return count
    if share is None:
        raise FieldErrors({field: [REQUIRED]})
    return max(1, int(share * size))
