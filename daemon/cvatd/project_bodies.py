"""What clients say of a project that is to be made or changed, checked in the words of CVAT's server."""

from __future__ import annotations

from cvatcore.protocol.writes import ProjectPatch, ProjectWrite
from cvatcore.schema import Project
from cvatcore.workspace.labels import LabelSet
from cvatd.body_parts import asked_place, check_title, given_person, given_place, person, said
from cvatd.call import Call
from cvatd.label_bodies import apply_items, new_labels


def make_project(call: Call, body: ProjectWrite) -> Project:
    """Make a project.

    Errors: FieldErrors, InvalidInput, StorageFailed; then nothing was made.
    """
    check_title(body.name)
    return call.workspace.create_project(
        body.name,
        labels=new_labels(body.labels),
        assignee="" if body.assignee_id is None else person(call, body.assignee_id, field="assignee_id"),
        owner="" if body.owner_id is None else person(call, body.owner_id, field="owner_id"),
        bug_tracker=body.bug_tracker,
        source_storage=asked_place(body.source_storage, field="source_storage"),
        target_storage=asked_place(body.target_storage, field="target_storage"),
    )


def change_project(call: Call, number: int, body: ProjectPatch) -> bool:
    """Change what a request names of a project. Returns whether objects of its tasks may be others now.

    All of it is looked at before anything is changed; labels are one commit, and what else is said is another.
    Errors: FieldErrors, InvalidInput, NotFound, StorageFailed.
    """
    call.workspace.project(number)  # Says so when there is none.
    check_title(body.name)
    assignee = given_person(call, body.assignee_id, field="assignee_id")
    owner = given_person(call, body.owner_id, field="owner_id")
    source = given_place(body.source_storage, field="source_storage")
    target = given_place(body.target_storage, field="target_storage")
    relabeled = False
    if isinstance(body.labels, list) and body.labels:
        relabeled = apply_items(LabelSet(call.workspace, project=number), body.labels)
    call.workspace.update_project(
        number,
        name=said(body.name),
        assignee=assignee,
        owner=owner,
        bug_tracker=said(body.bug_tracker),
        source_storage=source,
        target_storage=target,
    )
    return relabeled
