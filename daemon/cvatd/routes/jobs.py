"""Jobs: who works on which frames, and how far they are."""

from __future__ import annotations

import msgspec

from cvatcore.errors import InvalidDocument, NotFound
from cvatcore.protocol import ChangeEvent, JobPatch, JobRead, PaginatedJobReadList
from cvatcore.protocol.writes import JobWrite
from cvatcore.workspace import JobView, TaskView
from cvatcore.workspace.unreadable import read_each
from cvatd.body_parts import given_person
from cvatd.call import Call, Endpoint
from cvatd.data_reads import media_type, task_mode
from cvatd.listing import Field, in_microseconds, list_query, page_of, select
from cvatd.reads import Reader, job_changed, project_name, unreadable_read
from cvatd.truth_bodies import make_ground_truth

_FIELDS = {
    "id": Field(lambda job: job.id, kind="number", simple=False),
    "task_id": Field(lambda job: job.task.id, kind="number"),
    "task_name": Field(lambda job: job.task.name, search=True),
    "project_id": Field(lambda job: job.task.document.project or None, kind="number"),
    "project_name": Field(lambda job: project_name(job.task), search=True),
    "assignee": Field(lambda job: job.assignee, search=True),
    "state": Field(lambda job: job.state, search=True),
    "stage": Field(lambda job: job.stage, search=True),
    "type": Field(lambda job: job.document.type),
    "dimension": Field(lambda job: job.task.manifest.dimension),
    "media_type": Field(lambda job: media_type(job.task.manifest)),
    "mode": Field(lambda job: task_mode(job.task.manifest)),
    "parent_job_id": Field(lambda _: None, kind="number"),
    "updated_date": Field(lambda job: in_microseconds(job_changed(job)), kind="time", simple=False),
}


def many(call: Call) -> PaginatedJobReadList:
    """`GET /jobs`."""
    reader = Reader(call.workspace, call.base)
    wanted = call.query_int("task_id")
    # Most clients ask for one task's jobs: the others are not even listed.
    tasks = call.context.tasks.all() if wanted is None else _task(call, wanted)
    jobs: list[JobView] = [job for task in tasks for job in task.jobs]
    chosen, page = page_of(select(jobs, call, _FIELDS), call)
    results, unreadable = read_each(chosen, reader.job)
    return PaginatedJobReadList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=results,
        unreadable=unreadable_read(unreadable),
    )


def _task(call: Call, number: int) -> list[TaskView]:
    try:
        return [call.workspace.tasks[number]]
    except NotFound:
        return []
    except InvalidDocument:
        return [TaskView(call.workspace, number)]  # Its jobs are told as what cannot be read.


def one(call: Call) -> JobRead:
    """`GET /jobs/{id}`."""
    return Reader(call.workspace, call.base).job(call.workspace.job(call.number()))


def create(call: Call) -> JobRead:
    """`POST /jobs`: a job of ground truth."""
    job = make_ground_truth(call, call.decode(JobWrite))
    call.context.feed.publish(ChangeEvent("task", task_id=job.task.id))
    return Reader(call.workspace, call.base).job(job)


def patch(call: Call) -> JobRead:
    """`PATCH /jobs/{id}`: state, stage, assignee."""
    job = call.workspace.job(call.number())
    body = call.decode(JobPatch)
    job.update(
        state=None if body.state is msgspec.UNSET else body.state,
        stage=None if body.stage is msgspec.UNSET else body.stage,
        assignee=given_person(call, body.assignee, field="assignee"),
    )
    for kind in ("job", "task"):
        call.context.feed.publish(ChangeEvent(kind, task_id=job.task.id, job_id=job.id if kind == "job" else 0))
    return Reader(call.workspace, call.base).job(job)


def delete(call: Call) -> None:
    """`DELETE /jobs/{id}`, of ground truth only, with its objects and issues: one commit, which can be reverted."""
    job = call.workspace.job(call.number())
    job.delete()
    call.context.feed.publish(ChangeEvent("task", task_id=job.task.id))


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/jobs",
        many,
        "The jobs",
        answers=PaginatedJobReadList,
        query=list_query(_FIELDS),
    ),
    Endpoint("POST", "/api/jobs", create, "Make a job of ground truth", answers=JobRead, takes=JobWrite, status=201),
    Endpoint("GET", "/api/jobs/{id}", one, "One job", answers=JobRead),
    Endpoint("PATCH", "/api/jobs/{id}", patch, "Change a job", answers=JobRead, takes=JobPatch),
    Endpoint("DELETE", "/api/jobs/{id}", delete, "Remove a job of ground truth; git can bring it back"),
)
