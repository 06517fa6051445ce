"""Jobs of ground truth: frames of a task that are annotated once more, with care, to measure the others by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.jobs.truth_frames import named_frames
from cvatcore.schema import ConflictDocument, Issue, Job, JobStage, JobState
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import job_path, place_of, task_dir
from cvatcore.workspace.own_files import own_files
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.job import JobView
    from cvatcore.workspace.task import TaskView


def add_ground_truth(
    task: TaskView,
    frames: Iterable[int],
    *,
    stage: JobStage = "annotation",
    state: JobState = "new",
    assignee: str = "",
    author: Author | None = None,
) -> int:
    """Give a task its job of ground truth, in one commit. Returns the job's id.

    Errors: InvalidInput for frames that the task has not, for one without frames or of point clouds, and for one that
    has such a job; NotFound for an assignee who is no member; Busy, StorageFailed.
    """
    workspace = task.workspace
    asked = tuple(frames)

    def save(head: str) -> int:
        check_for_truth(task)
        chosen = named_frames(asked, size=task.size)
        if any(job.type == "ground_truth" for job in task.job_documents()):
            raise InvalidInput("A task can have only 1 ground truth job")
        if assignee:
            workspace.member(assignee)
        number = workspace.store.ids.take("job")
        job = Job(
            id=number,
            start=0,
            stop=task.size - 1,
            type="ground_truth",
            stage=stage,
            state=state,
            assignee=assignee,
            frames=chosen,
        )
        count = f"{len(chosen)} frame{'s' * (len(chosen) > 1)}"
        workspace.store.commit(
            {job_path(task.id, number): encode_json(job)},
            message=plain_message(f"{task.name}: Add ground truth of {count} (task {task.id}, job {number})"),
            author=author or workspace.author,
            onto=head,
        )
        return number

    return as_one_step(workspace, save)


def check_for_truth(task: TaskView) -> None:
    """Make sure that a task can have ground truth.

    Errors: InvalidInput.
    """
    if not task.size:
        raise InvalidInput("This task has no data attached yet. Please set up task data and try again")
    if task.manifest.dimension != "2d":
        raise InvalidInput("Ground Truth jobs can only be added in 2d tasks")


def delete_ground_truth(job: JobView, *, author: Author | None = None) -> str:
    """Remove a job of ground truth with its objects and issues, in one commit that can be reverted. Returns the commit.

    What was edited by hand and not committed goes into a commit of its own first.
    Errors: InvalidInput for any other job; NotFound, Busy, StorageFailed.
    """
    workspace, task = job.task.workspace, job.task

    def save(head: str) -> str:
        if job.document.type != "ground_truth":
            raise InvalidInput("Only ground truth jobs can be removed")
        files: dict[str, bytes | None] = dict.fromkeys(_files(job))
        writer = author or workspace.author
        with workspace.annotations_of(task.id, job.id).editing():
            kept = workspace.store.commit(
                {path: workspace.store.read(path) for path in files},
                message=plain_message(f"{task.name}: what was edited by hand (job {job.id})"),
                author=writer,
                onto=head,
            )
            return workspace.store.commit(
                files,
                message=plain_message(f"{task.name}: Delete the ground truth (task {task.id}, job {job.id})"),
                author=writer,
                onto=kept,
            )

    commit = as_one_step(workspace, save)
    workspace.forget_job(task.id, job.id)
    return commit


def truth_of(task: TaskView) -> JobView:
    """The job of ground truth of a task.

    Errors: NotFound.
    """
    for job in task.jobs:
        if job.document.type == "ground_truth":
            return job
    raise NotFound(f"The task {task.name} has no ground truth.", hint="See: cvat job ground-truth.")


def _files(job: JobView) -> Iterator[str]:
    """The files of a job: its document, its objects, its issues and conflicts."""
    workspace = job.task.workspace
    for path in own_files(workspace.root, task_dir(job.task.id)):
        place = place_of(path)
        document: Issue | ConflictDocument | None = None
        if place is not None and place.kind == "issue":
            document = workspace.store.document(path, Issue)
        elif place is not None and place.kind == "conflict":
            document = workspace.store.document(path, ConflictDocument)
        if job.id in {place.job if place else 0, document.job if document else 0}:
            yield path
