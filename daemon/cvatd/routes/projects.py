"""Projects: tasks that share one list of labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cvatcore.protocol import ChangeEvent, PaginatedProjectReadList, ProjectRead, Summary
from cvatcore.protocol.writes import ProjectPatch, ProjectWrite
from cvatcore.schema import Project
from cvatcore.store.files import stamp
from cvatcore.store.layout import project_path
from cvatcore.workspace.labels import LabelSet
from cvatcore.workspace.unreadable import read_each
from cvatd.call import Call, Endpoint
from cvatd.guide_ids import guide_of_project
from cvatd.listing import Field, in_microseconds, list_query, page_of, select
from cvatd.project_bodies import change_project, make_project
from cvatd.reads import Reader, storage_read, time_read
from cvatd.routes.labels import publish_labels

if TYPE_CHECKING:
    from cvatcore.workspace import TaskView


def _fields(updated: Callable[[Project], int]) -> Mapping[str, Field]:
    return {
        "id": Field(lambda project: project.id, kind="number", simple=False),
        "name": Field(lambda project: project.name, search=True),
        "owner": Field(lambda project: project.owner, search=True),
        "assignee": Field(lambda project: project.assignee, search=True),
        "status": Field(lambda _: "annotation", search=True),
        "updated_date": Field(lambda project: in_microseconds(updated(project)), kind="time", simple=False),
    }


def many(call: Call) -> PaginatedProjectReadList:
    """`GET /projects`."""
    fields = _fields(lambda project: _updated(call, project))
    chosen, page = page_of(select(call.workspace.projects, call, fields), call)
    tasks = _tasks_by_project(call)
    return PaginatedProjectReadList(
        count=page.count,
        next=page.next,
        previous=page.previous,
        results=[_read(call, project, tasks.get(project.id, [])) for project in chosen],
    )


def one(call: Call) -> ProjectRead:
    """`GET /projects/{id}`."""
    project = call.workspace.project(call.number())
    return _read(call, project, _tasks_by_project(call).get(project.id, []))


def create(call: Call) -> ProjectRead:
    """`POST /projects`."""
    project = make_project(call, call.decode(ProjectWrite))
    call.context.feed.publish(ChangeEvent("tasks"))
    return _read(call, project, [])


def patch(call: Call) -> ProjectRead:
    """`PATCH /projects/{id}`: its labels too, with all objects of its tasks."""
    number = call.number()
    if change_project(call, number, call.decode(ProjectPatch)):
        publish_labels(call, LabelSet(call.workspace, project=number))
    call.context.feed.publish(ChangeEvent("tasks"))
    return one(call)


def delete(call: Call) -> None:
    """`DELETE /projects/{id}` with its tasks: one commit, which can be reverted."""
    number = call.number()
    tasks = [task.id for task in _tasks_by_project(call).get(number, [])]
    call.workspace.delete_project(number)
    for task in tasks:
        call.context.creations.forget_task(task)
        call.context.feed.publish(ChangeEvent("task", task_id=task))
    call.context.feed.publish(ChangeEvent("tasks"))


def _tasks_by_project(call: Call) -> dict[int, list[TaskView]]:
    found: dict[int, list[TaskView]] = {}
    owned, _ = read_each(call.workspace.tasks, lambda task: (task.document.project, task))
    for project, task in owned:
        found.setdefault(project, []).append(task)
    return found


def _read(call: Call, project: Project, tasks: list[TaskView]) -> ProjectRead:
    reader = Reader(call.workspace, call.base)
    dimensions, _ = read_each(tasks[:1], lambda task: task.manifest.dimension)
    subsets = dict.fromkeys(task.document.subset for task in tasks)
    return ProjectRead(
        url=f"{call.base}/api/projects/{project.id}",
        id=project.id,
        name=project.name,
        owner=reader.person(project.owner),
        assignee=reader.person(project.assignee),
        guide_id=guide_of_project(call.workspace, project.id),
        bug_tracker=project.bug_tracker,
        task_subsets=[subset for subset in subsets if subset],
        created_date=project.created,
        updated_date=time_read(_updated(call, project)),
        status="annotation",
        dimension=dimensions[0] if dimensions else None,
        organization=None,
        target_storage=storage_read(project.target_storage, number=4 * project.id),
        source_storage=storage_read(project.source_storage, number=4 * project.id + 1),
        tasks=Summary(count=len(tasks), url=f"{call.base}/api/tasks?project_id={project.id}"),
        labels=Summary(count=len(project.labels), url=f"{call.base}/api/labels?project_id={project.id}"),
        organization_id=None,
        assignee_updated_date=None,
    )


def _updated(call: Call, project: Project) -> int:
    return stamp(call.workspace.root / project_path(project.id))[0]


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/projects",
        many,
        "The projects",
        answers=PaginatedProjectReadList,
        query=list_query(_fields(lambda _: 0)),
    ),
    Endpoint("POST", "/api/projects", create, "Make a project", answers=ProjectRead, takes=ProjectWrite, status=201),
    Endpoint("GET", "/api/projects/{id}", one, "One project", answers=ProjectRead),
    Endpoint("PATCH", "/api/projects/{id}", patch, "Change a project", answers=ProjectRead, takes=ProjectPatch),
    Endpoint("DELETE", "/api/projects/{id}", delete, "Remove a project with its tasks; git can bring it back"),
)
